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
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbgrader.coursedir import CourseDirectory
from packaging.requirements import Requirement

from nbjudge.doctor.check import Check
from nbjudge.doctor.configuration import configured, everywhere, not_loaded
from nbjudge.exchange.actions import INBOUND_MODE
from nbjudge.nbgrader_ext.configuration import ConfigurationError, read
from nbjudge.nbgrader_ext.soundness import unusable

# Below the course's folder in the exchange; nbgrader's own modes let students list or write more.
_FOLDERS = {".": 0o750, "inbound": INBOUND_MODE, "outbound": 0o755, "feedback": 0o711}
_TOLD = ("nbgrader", "jupyterlab", "notebook", "jupyter_server", "jupyterhub", "SQLAlchemy")
_FIRST_PERSON = 1000  # the lowest uid of a person, on Debian and others


def machine_checks() -> list[Check]:
    """Return the checks of every machine: versions that fit, and a kernel."""
    return [versions(), kernel()]


def course_checks(root: Path) -> list[Check]:
    """Return the checks of the configuration of the course in `root`, and of its exchange."""
    try:
        app = read(root)
    except ConfigurationError as error:
        return [not_loaded(error), everywhere()]
    config = app.config
    exchange = Path(config.Exchange.get("root", "") or os.devnull)
    checks = [*configured(app, root), everywhere(), gradebook(root, config)]
    checks += packages(root, config.Judge.get("packages", []))
    if not exchange.is_dir():
        found = f"{exchange} is not there" if "root" in config.Exchange else "none is configured"
        return [*checks, Check("exchange", False, found, needed=False)]
    return [
        *checks,
        exchange_root(exchange),
        *exchange_folders(exchange / config.CourseDirectory.get("course_id", "")),
        results_page(config.FeedbackOnSubmit.get("results_page", "")),
        homes(_homes()),
        readable([Path(sys.executable).resolve(), Path(sys.prefix)]),
    ]


def packages(root: Path, allowed: Iterable[str]) -> Iterator[Check]:
    """Say which modules of `c.Judge.packages` grading lacks, and which `environment.yml` does."""
    known = metadata.packages_distributions()
    modules = {one.split(".")[0] for one in allowed}
    named = {module: known.get(module, [module]) for module in sorted(modules)}
    if not named:
        return
    lacking = [one for one in named if find_spec(one) is None]
    mend = f"{sys.executable} -m pip install {' '.join(lacking)}"
    found = f"not installed: {', '.join(lacking)}" if lacking else ", ".join(named)
    yield Check("packages allowed", not lacking, found, mend)
    file = root / "environment.yml"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    untold = [names[0] for names in named.values() if not any(one in text for one in names)]
    yield Check(
        "packages of students",
        not untold or not text,
        f"environment.yml lacks {', '.join(untold)}" if untold and text else "in environment.yml",
        "Add them, so that students have what grading has.",
    )


def gradebook(root: Path, config: Any) -> Check:
    """Say whether the gradebook can be used."""
    coursedir = CourseDirectory(config=config)
    if "root" not in config.CourseDirectory:
        coursedir.root = str(root)
    wrong, _, mend = unusable(coursedir.db_url).partition(". ")
    return Check("gradebook", not wrong, wrong or "can be used", mend)


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


def results_page(address: str) -> Check:
    """Say whether the results page has a host name of its own, where its address is known."""
    if not address:
        mend = "c.FeedbackOnSubmit.results_page: its address, which feedback then names."
        return Check("results page", False, "feedback names none", mend, needed=False)
    # JupyterHub's rule for the host name of a service.
    own = (urlparse(address).hostname or "").partition(".")[0].endswith("--service")
    return Check(
        "results page",
        own,
        address
        if own
        else f"{address} shares the hub's host name: students' work is kept apart by the "
        "browser's sandbox alone",
        "Set c.JupyterHub.subdomain_host, with a wildcard record and certificate.",
        needed=False,
    )


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
