"""Environments made anew, which need not unpack torch each time."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path


def make_environment(folder, shared_torch=False):
    """Make an environment of this Python; return the folder of its programs.

    With the torch of this environment, for pip it is installed there already, and nothing else of
    this one can be seen.
    """
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    if shared_torch:
        (packages,) = folder.glob("lib/python*/site-packages")
        # Not links in `packages` itself: through them pip could remove what they lead to.
        (packages / "torch.pth").write_text(f"{only_torch(folder / 'only_torch')}\n")
    return folder / "bin"


def only_torch(folder):
    """Make a folder of links to torch and to what says its version."""
    folder.mkdir()
    torch = metadata.distribution("torch")
    for name in {Path(file).parts[0] for file in torch.files or ()} - {"..", "__pycache__"}:
        (folder / name).symlink_to(torch.locate_file(name))
    return folder
