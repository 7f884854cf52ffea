"""What the hub runs, in /opt/nbjudge: owned by root, readable by all accounts.

The installation is made once, and again when something that it depends on has changed. The file
`installed` holds a digest of all of that, and is written last: a set-up that stopped leaves none.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from layout import PLACE, PROGRAMS

sys.path.append(str(Path(__file__).resolve().parents[2]))
from bootstrap import cpu_build

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
PROXY = "configurable-http-proxy@5.1.0"
# What the package is made of; the checkout itself may be closed to those who use the hub.
PACKAGE = ("nbjudge", "pyproject.toml", "README.md", "LICENSE")
CONFIGURATION = (
    "etc",
    "templates",
    "accounts.py",
    "layout.py",
    "jupyterhub_config.py",
    "production_config.py",
)


def install(python, cpu):
    """Make or renew the installation, unless it is the one that this checkout describes."""
    os.umask(0o022)  # every account must be able to read what is installed
    need(python)
    stamp, wanted = PLACE / "installed", fingerprint(python, cpu)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"Installing in {PLACE} (minutes the first time, mostly for torch).", flush=True)
    PLACE.mkdir(parents=True, exist_ok=True)
    if stamp.exists():
        stamp.unlink()
    install_packages(python, cpu)
    check(
        [
            "npm",
            "install",
            "--loglevel=error",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(PLACE),
            PROXY,
        ],
        "npm could not install the hub's proxy; its reason stands above. "
        "Check the connection to the npm registry, and run the same command again.",
    )
    copy(HERE, CONFIGURATION, PLACE)
    stamp.write_text(wanted, encoding="utf-8")


def need(python):
    """Stop where something is missing that pip and npm do not bring."""
    missing = [name for name in ("node", "npm", "prlimit") if shutil.which(name) is None]
    if missing:
        raise SystemExit(
            f"{', '.join(missing)} not found. On Debian: apt-get install nodejs npm util-linux"
        )
    closed = closed_folder(python)
    if closed:
        raise SystemExit(
            f"Other accounts may not enter {closed}, where {python} lies, and could not start "
            "their servers. Name a Python that all may read, such as --python /usr/bin/python3."
        )
    probe = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    if subprocess.call([python, "-c", probe]):
        raise SystemExit(
            f"{python} is older than 3.11, or cannot make environments. "
            "On Debian 12 or newer: apt-get install python3 python3-venv"
        )


def closed_folder(python):
    """Return the first folder above a Python, or its library, that other accounts may not enter.

    None where there is none. In a closed home a Python seems to work for root, and does not start
    for a student, or takes another library.
    """
    script = "import os, sys; print(os.path.realpath(sys.executable)); print(os.__file__)"
    try:
        told = subprocess.check_output([python, "-I", "-c", script], text=True)
    except OSError as error:
        raise SystemExit(f"{python} does not start: {error}") from error
    for file in map(Path, told.splitlines()):
        for folder in reversed(file.parents):
            if not folder.stat().st_mode & 0o001:
                return folder
    return None


def install_packages(python, cpu):
    """Install the package as a wheel, with everything that a hub needs, in pinned versions."""
    check([python, "-m", "venv", str(PLACE / "venv")], "The environment cannot be made.")
    command = [
        str(PROGRAMS / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    torch = cpu_build(str(PROGRAMS / "python")) if cpu else "torch"
    # From a copy, because building a wheel writes into the folder that it builds from.
    with tempfile.TemporaryDirectory() as folder:
        copy(CHECKOUT, PACKAGE, Path(folder))
        check(
            [
                *command,
                *("--constraint", str(CHECKOUT / "constraints.txt")),
                *(torch, folder + "[hub]"),
            ],
            "pip could not install the packages; its reason stands above. If it names a "
            "connection, no package registry can be reached: check the network or the proxy "
            "(HTTPS_PROXY), and run the same command again.",
        )


def copy(source, names, target):
    """Copy files and folders by name, in place of those of the same names in `target`."""
    for name in names:
        if (source / name).is_dir():
            shutil.rmtree(target / name, ignore_errors=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source / name, target / name, ignore=ignored)
        else:
            shutil.copy(source / name, target / name)


def fingerprint(python, cpu):
    """Return a digest of all that the installation depends on."""
    version = subprocess.check_output([python, "--version"])
    digest = hashlib.sha256(repr((python, cpu, version, PROXY)).encode())
    parts = [CHECKOUT / name for name in (*PACKAGE, "constraints.txt")]
    parts += [HERE / name for name in CONFIGURATION]
    for part in parts:
        for file in sorted(part.rglob("*")) if part.is_dir() else [part]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()


def check(command, failure):
    """Run a command; stop with an explanation when it fails."""
    if subprocess.call(command):
        raise SystemExit(failure)
