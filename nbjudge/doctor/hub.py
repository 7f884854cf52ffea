"""What a machine that students share gives to a course: exchange, accounts, kernel, versions.

What only such a machine needs is checked only where the course's configuration names an exchange
that exists. So an instructor's laptop is not told to close the homes of students.
"""

import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from packaging.requirements import Requirement

from nbjudge.doctor.check import Check
from nbjudge.exchange.actions import INBOUND_MODE
from nbjudge.nbgrader_ext.configuration import configuration

CONFIGURE = (
    "In nbgrader_config.py: from nbjudge.nbgrader_ext.defaults import configure; configure(c)."
)
_EXCHANGE = (
    "list",
    "fetch_assignment",
    "fetch_feedback",
    "submit",
    "collect",
    "release_assignment",
    "release_feedback",
)
_LISTS = {
    "Autograde": ("sanitize_preprocessors", "autograde_preprocessors"),
    "GenerateAssignment": ("preprocessors",),
}
_PAGES = ("sanitize_html", "filters", "extra_template_basedirs")
# Below the course's folder in the exchange; nbgrader's own modes let students list or write more.
_FOLDERS = {".": 0o750, "inbound": INBOUND_MODE, "outbound": 0o755, "feedback": 0o711}
_TOLD = ("nbgrader", "jupyterlab", "notebook", "jupyter_server", "jupyterhub", "SQLAlchemy")
_FIRST_PERSON = 1000  # the lowest uid of a person, on Debian and others


def machine_checks() -> list[Check]:
    """Return the checks of every machine: versions that fit, and a kernel."""
    return [versions(), kernel()]


def course_checks(root: Path) -> list[Check]:
    """Return the checks of the configuration of the course in `root`, and of its exchange."""
    config = configuration(root)
    exchange = Path(config.Exchange.get("root", "") or os.devnull)
    checks = [judge_step(config), exchange_classes(config), whole_lists(config), safe_pages(config)]
    if not exchange.is_dir():
        found = f"{exchange} is not there" if "root" in config.Exchange else "none is configured"
        return [*checks, Check("exchange", False, found, needed=False)]
    return [
        *checks,
        exchange_root(exchange),
        *exchange_folders(exchange / config.CourseDirectory.get("course_id", "")),
        homes(_homes()),
        readable([Path(sys.executable).resolve(), Path(sys.prefix)]),
    ]


def versions() -> Check:
    """Say whether the installed versions are within the bounds of nbjudge and of nbgrader."""
    lacking = [*_out_of_bounds("nbjudge"), *_out_of_bounds("nbgrader")]
    installed = {found.name.lower(): found.version for found in metadata.distributions()}
    there = [f"{name} {installed[name.lower()]}" for name in _TOLD if name.lower() in installed]
    return Check(
        "versions",
        not lacking,
        ", ".join(lacking or there),
        "Install what was tested: pip install -c constraints.txt -e .",
    )


def kernel(name: str = "python3") -> Check:
    """Say whether notebooks' kernel is found, and whether its Python can start one."""
    mend = f"Install it into this environment: {sys.executable} -m pip install ipykernel"
    try:
        program = KernelSpecManager().get_kernel_spec(name).argv[0]
    except NoSuchKernel:
        return Check("kernel", False, f"no kernel named {name}", mend)
    # Jupyter's own rule: a bare name means the Python that asks.
    program = sys.executable if program in ("python", "python3") else program
    script = "import ipykernel_launcher, sys; print(sys.prefix)"
    try:
        done = subprocess.run([program, "-c", script], capture_output=True, text=True, timeout=60)
    except OSError as error:
        return Check("kernel", False, f"{program}: {error.strerror}", mend)
    if done.returncode:
        return Check("kernel", False, f"{program} has no ipykernel", mend)
    prefix = done.stdout.strip()
    ours = prefix == sys.prefix
    return Check(
        "kernel",
        ours,
        f"{name} runs in {prefix}" if not ours else f"{name}: {program}",
        f"Notebooks run in another environment than this one. {mend}",
    )


def judge_step(config: Any) -> Check:
    """Say whether nbgrader's commands and the formgrader's button grade through the judge."""
    steps = config.Autograde.get("autograde_preprocessors")
    names = [str(step) for step in steps] if isinstance(steps, list) else []
    ours = [name for name in names if name.startswith("nbjudge.") and name.endswith(".Judge")]
    return Check(
        "judge in nbgrader", bool(ours), ", ".join(ours) or "nbgrader's own Execute", CONFIGURE
    )


def exchange_classes(config: Any) -> Check:
    """Say which of nbgrader's own exchange classes are still in use."""
    named = config.ExchangeFactory
    theirs = [
        name for name in _EXCHANGE if not str(named.get(name, "")).startswith("nbjudge.exchange.")
    ]
    return Check(
        "exchange classes",
        not theirs,
        f"nbgrader's own: {', '.join(theirs)}" if theirs else "ours",
        f"{CONFIGURE} nbgrader's own collect what one student sends in another's name.",
    )


def whole_lists(config: Any) -> Check:
    """Say which lists lack our steps, or have one twice.

    nbgrader reads the configuration twice, so an `.insert` into a list is done twice.
    """
    bad = []
    for section, names in _LISTS.items():
        for name in names:
            steps = config[section].get(name)
            dotted = [str(step) for step in steps] if isinstance(steps, list) else []
            # By their last names: a step may stand there under its name of 0.1.0, too.
            ours = [step.split(".")[-1] for step in dotted if step.startswith("nbjudge.")]
            if not ours or len(ours) != len(set(ours)):
                bad.append(f"{section}.{name}")
    return Check(
        "lists of steps",
        not bad,
        f"not as they should be: {', '.join(bad)}" if bad else "assigned whole, ours among them",
        f"{CONFIGURE} Assign a list of your own whole; an .insert into it is done twice.",
    )


def safe_pages(config: Any) -> Check:
    """Say whether the formgrader's and feedback's pages clean what students wrote."""
    unset = [name for name in _PAGES if not config.HTMLExporter.get(name)]
    return Check(
        "students' text in pages",
        not unset,
        f"HTMLExporter.{', '.join(unset)} unset" if unset else "cleaned",
        f"{CONFIGURE} Else a student's script would run in the formgrader.",
    )


def exchange_root(root: Path) -> Check:
    """Say whether only its owner may put or rename courses in the exchange."""
    mode = _mode(root)
    return Check("exchange", not mode & 0o022, f"{root} has mode {mode:04o}", f"chmod go-w {root}")


def exchange_folders(course: Path) -> Iterator[Check]:
    """Compare the course's folders in the exchange with the modes that close it."""
    for name, wanted in _FOLDERS.items():
        folder = course / name
        label = f"exchange: {course.name}" + ("" if name == "." else f"/{name}")
        if not folder.is_dir():
            made = f"Make it: install -d -m {wanted:04o} -o <grader> -g <students> {folder}"
            later = "nbgrader release_assignment and release_feedback make it"
            yield Check(
                label, False, "not there yet", made if name == "." else later, needed=name == "."
            )
            continue
        yield _own_folder(label, folder, wanted)


def _own_folder(label: str, folder: Path, wanted: int) -> Check:
    owner, mode = folder.stat().st_uid, _mode(folder)
    if owner != os.geteuid():
        found = f"{folder} belongs to uid {owner}, and this is {os.geteuid()}"
        return Check(label, False, found, "Run this as the account that grades, or chown it.")
    # The mode of inbound has the setgid bit, which hands the grader's group on to submissions. The
    # other folders may have it too.
    well = mode in (wanted, wanted | stat.S_ISGID)
    return Check(label, well, f"mode {mode:04o}", f"chmod {wanted:04o} {folder}")


def homes(folders: Iterable[Path]) -> Check:
    """Say which homes others can enter: a student's answers and secrets lie there."""
    open_ = sorted({str(home) for home in folders if home.is_dir() and _mode(home) & 0o077})
    more = "" if len(open_) < 4 else f" and {len(open_) - 3} more"
    return Check(
        "homes",
        not open_,
        f"open to others: {', '.join(open_[:3])}{more}" if open_ else "closed",
        "chmod 0700 on each, and HOME_MODE 0700 in /etc/login.defs for new ones.",
    )


def readable(paths: list[Path]) -> Check:
    """Say whether every account can read this Python: a kernel runs as the student."""
    for path in paths:
        for part in (path, *path.parents):
            if _mode(part) & 0o005 != 0o005:
                return Check(
                    "Python for all",
                    False,
                    f"{part} has mode {_mode(part):04o}",
                    "Make the environment of the system's Python, in a folder that all "
                    "may read: /usr/bin/python3 -m venv /opt/nbjudge/venv",
                )
    return Check("Python for all", True, str(paths[-1]))


def _out_of_bounds(package: str) -> Iterator[str]:
    for line in metadata.requires(package) or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield f"{requirement.name} is missing"
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} {version}, and {package} wants {requirement.specifier}"


def _homes() -> list[Path]:
    import pwd  # Imported in this function: Windows has no such module, and no exchange either.

    return [Path(entry.pw_dir) for entry in pwd.getpwall() if entry.pw_uid >= _FIRST_PERSON]


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
