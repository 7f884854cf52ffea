"""What this machine and this course give to grading, what is missing, and the mend."""

import os
import platform
import shutil
import sys
from pathlib import Path

import psutil
import torch

from nbjudge.confined import landlock, syscalls
from nbjudge.course import RubricError, course_root
from nbjudge.doctor import hub
from nbjudge.doctor.check import Check
from nbjudge.doctor.grading import grading_checks
from nbjudge.process.launch import Executed
from nbjudge.process.zygote import Confinement, JudgeFault, Zygote
from nbjudge.rubric.loader import named

_MENDS = {
    "files": "Linux 5.13 or newer with Landlock; in a container, a seccomp profile that allows it.",
    "network": "See libseccomp below.",
    "processes": "See libseccomp below.",
    "other processes": "See libseccomp below.",
    "limits": "Raise the hard limits of the account that grades (ulimit -H).",
    "work": "Look at what failed: a path that Python needs may lie where it cannot be read.",
}


def examine() -> list[Check]:
    """Return all checks of this machine and of the course in the working directory."""
    return [
        _python(),
        _programs(),
        *_sandbox(),
        _libseccomp(),
        _gpu(),
        _memory(),
        _disk(),
        *hub.machine_checks(),
        *_course(),
    ]


def _python() -> Check:
    return Check(
        "Python",
        sys.version_info >= (3, 11),
        f"{platform.python_version()} on {platform.system()} {platform.release()}",
        "Install Python 3.11 or newer.",
    )


def _programs() -> Check:
    found = shutil.which("alembic")
    return Check(
        "alembic",
        found is not None and Path(found).parent == Path(sys.executable).parent,
        found or "not in PATH",
        f"nbgrader calls it: put {Path(sys.executable).parent} first in PATH.",
    )


def _sandbox() -> list[Check]:
    """Start a zygote, which tries its sandbox, and report each layer."""
    # Without modules, so that it starts soon; unconfined, so that missing layers are reported.
    try:
        zygote = Zygote(Confinement(unconfined=True), Executed(modules=()))
    except (JudgeFault, OSError) as error:
        return [Check("sandbox", False, "it cannot be started", str(error))]
    layers = zygote.layers
    zygote.close()
    return [
        Check(
            f"sandbox: {layer['name']}",
            layer["held"],
            f"{layer['what']}: " + ("held" if layer["held"] else layer["detail"]),
            _MENDS[layer["name"]],
        )
        for layer in layers
    ]


def _libseccomp() -> Check:
    reason = syscalls.available()
    found = f"Landlock ABI {landlock.abi()}, " + (reason or "libseccomp is there")
    return Check("kernel features", not reason and landlock.abi() > 0, found, reason)


def _gpu() -> Check:
    there = torch.cuda.is_available()
    found = torch.cuda.get_device_name(0) if there else "no GPU: everything runs on the CPU"
    return Check("GPU", there, found, needed=False)


def _memory() -> Check:
    free = psutil.virtual_memory().available / 2**30
    found = f"{free:.1f} GB free, {os.cpu_count()} cores"
    return Check("memory", free > 4, found, "A worker and a submission need 4 GB.")


def _disk() -> Check:
    free = shutil.disk_usage(os.environ.get("TMPDIR", "/tmp")).free / 2**30
    return Check("disk", free > 1, f"{free:.1f} GB free for temporary files", "Make 1 GB free.")


def _course() -> list[Check]:
    try:
        root = course_root(Path.cwd())
    except RubricError as error:
        return [Check("course", False, "none here", str(error), needed=False)]
    masters = sorted(root.glob("source/*/*.ipynb"))
    return [
        Check(
            "course",
            bool(masters),
            f"{root}: {len(masters)} master notebook(s)",
            "Put master notebooks into source/<assignment>/.",
        ),
        Check(
            "rubrics",
            not _lacking(root, masters),
            ", ".join(_lacking(root, masters)) or "there",
            "Put them there, or correct the names in the hidden tests.",
        ),
        Check(
            "privacy",
            not root.stat().st_mode & 0o007 or not _shared(),
            _mode(root),
            f"On a machine that students use: chmod o-rwx {root}",
        ),
        *hub.course_checks(root),
        *grading_checks(root, sorted({master.parent.name for master in masters})),
    ]


def _lacking(root: Path, masters: list[Path]) -> list[str]:
    asked = {name for file in masters for name in named(file.read_text(encoding="utf-8"))}
    files = [f"rubrics/{name}.py" for name in sorted(asked)]
    return [f"{file} is missing" for file in files if not (root / file).is_file()]


def _shared() -> bool:
    return "JUPYTERHUB_API_URL" in os.environ


def _mode(root: Path) -> str:
    return f"course folder has mode {root.stat().st_mode & 0o777:03o}"
