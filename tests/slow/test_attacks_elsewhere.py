"""The attacks again: as in a pod, as an ordinary user, and on kernels with an older Landlock.

A pod takes from an ordinary user what is left to him, so he is tried in a thorough run only. So are
once more the attacks that take all there is of something: what stops them is the same everywhere.
"""

import errno
import os
import re
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest
from support.course import ROOT
from support.sampling import thorough

pytestmark = pytest.mark.slow
NOBODY = 65534
# Words in the names of attacks that Landlock stops, and of the honest work after them.
LANDLOCKED = ("kill", "socket", "send", "listen", "file", "folder", "outside", "link", "path",
              "read", "course", "honest")  # fmt: skip


def attack(python, root, abi, chosen="", **how):
    """Run the attacks with this Python (a command), in this checkout."""
    environment = {**os.environ, "NBJUDGE_TEST_LANDLOCK_ABI": abi, **how.pop("env", {})}
    mark = "" if thorough() else "not slow"
    which = ["tests/attacks/test_attacks.py", "-m", mark, "-k", chosen]
    done = subprocess.run(
        [*python, "-m", "pytest", *which, "-p", "no:cacheprovider"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        **how,
    )
    print(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-3000:]


def test_the_attacks_on_the_first_landlock():
    """It has no rules for TCP, truncation and moves."""
    attack([sys.executable], ROOT, "1")


def test_the_attacks_on_signals_and_sockets_on_the_last_landlock_without_them():
    chosen = "" if thorough() else " or ".join(LANDLOCKED)
    attack([sys.executable], ROOT, "5", chosen)


def open_to_all(path):
    """Say whether every user can enter the folders down to `path`."""
    real = Path(path).resolve()
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (real, *real.parents))


def public_python(folder):
    """Make an environment of a Python that all users can read, with the packages of this one."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    candidates = [sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"]
    base = next((one for one in candidates if os.path.exists(one) and open_to_all(one)), None)
    packages = site.getsitepackages()[0]
    if base is None or not open_to_all(packages):
        pytest.skip("There is no Python of this version that every user of this machine can read.")
    subprocess.run([base, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (target,) = (folder / "venv/lib").glob("python*/site-packages")
    (target / "packages.pth").write_text(f"{packages}\n{folder / 'checkout'}\n")
    (folder / "venv/share").symlink_to(Path(sys.prefix) / "share")
    return folder / "venv/bin/python"


@pytest.fixture(scope="module")
def elsewhere():
    """A checkout that every user can read, a Python to go with it, and a user's environment."""
    if os.getuid() != 0:
        pytest.skip("Only root can become another user.")
    folder = Path("/var/tmp") / f"nbjudge-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        python = public_python(folder)
        names = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for name in names:
            (folder / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "checkout" / name)
        for path in folder.rglob("*"):
            os.chmod(path, 0o755, follow_symlinks=False) if not path.is_symlink() else None
        home = folder / "home"
        home.mkdir()
        os.chown(home, NOBODY, NOBODY)
        env = {"HOME": str(home), "TMPDIR": str(home), "PATH": "/usr/bin:/bin", "USER": "nobody"}
        yield python, folder / "checkout", env
    finally:
        shutil.rmtree(folder)


@pytest.mark.thorough
def test_the_attacks_as_an_ordinary_user(elsewhere):
    python, checkout, env = elsewhere
    attack([python], checkout, "", user=NOBODY, group=NOBODY, extra_groups=[], env=env)


def pod(python):
    return [python, "tests/support/as_in_a_pod.py", str(NOBODY), python]


def in_a_pod(elsewhere, script, *arguments):
    python, checkout, env = elsewhere
    command = [*pod(python), "-c", script, *arguments]
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True).stdout


def test_a_pod_has_no_capability_and_makes_no_namespace(elsewhere):
    told = in_a_pod(
        elsewhere,
        "import ctypes; print(open('/proc/self/status').read()); "
        "libc = ctypes.CDLL(None, use_errno=True); "
        "print('unshare', libc.unshare(0x10000000), ctypes.get_errno())",
    )
    assert re.findall(r"^Cap\w+:\t(\w+)$", told, re.M) == ["0" * 16] * 5
    assert "NoNewPrivs:\t1\n" in told
    assert f"unshare -1 {errno.EPERM}\n" in told


def test_the_judge_confines_and_marks_in_a_pod(elsewhere):
    nbjudge = "from nbjudge.cli import main; main()"
    told = in_a_pod(elsewhere, nbjudge, "doctor")
    layers = [line for line in told.splitlines() if " sandbox: " in line]
    assert len(layers) == 6
    assert all(line.strip().startswith("✓") for line in layers), told
    judged = in_a_pod(elsewhere, nbjudge, "judge", "solutions/attention/attention.ipynb")
    assert "unconfined" not in judged
    points = re.findall(r"(\d+) of (\d+) points", judged)
    assert len(points) >= 4
    assert all(earned == possible for earned, possible in points), judged


def test_the_attacks_in_a_pod(elsewhere):
    python, checkout, env = elsewhere
    attack(pod(python), checkout, "", env=env)
