"""What student code may read: Python, the installed packages without ours, and system files.

Landlock only adds rights: a rule that grants a folder grants all below it, and no other rule takes
a part of that back. So `nbjudge` cannot be granted with its folder and then excepted. Instead each
other entry of the folder is granted by its own rule, some 300 in all. The folder itself may be
listed, because Python's import looks for names there.
"""

import os
import site
import sys
import sysconfig
from pathlib import Path

_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/cuda",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/mime.types",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/zoneinfo",
    "/usr/share/fontconfig",
    "/usr/share/locale",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
)


def readable_paths(hidden: tuple[str, ...] = ("nbjudge",)) -> tuple[list[str], list[str]]:
    """Return the paths that may be read, and the folders whose names may be listed.

    An entry of a folder of packages is left out where its name holds one of `hidden`. A system
    folder that holds a folder of packages is granted entry by entry, for the same reason.
    """
    packages = sorted(_package_folders())
    readable: list[str] = []
    listable = list(packages)
    for folder in (*_SYSTEM, *_interpreter()):
        _grant(Path(folder), [Path(one) for one in packages], readable, listable)
    for folder in packages:
        readable += [entry.path for entry in os.scandir(folder) if not _is_ours(entry, hidden)]
    return readable, listable


def _package_folders() -> set[str]:
    """Return the folders of installed packages that this interpreter imports from."""
    # Both: a virtual environment may also import from the system's folder, or from a user's.
    folders = {*site.getsitepackages(), *sys.path}
    real = {os.path.realpath(one) for one in folders if os.path.isdir(one)}
    return {one for one in real if Path(one).name in ("site-packages", "dist-packages")}


def _interpreter() -> set[str]:
    """Return the folders of the standard library and of what the interpreter links to."""
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}
    # In a virtual environment the standard library stays with the Python that made it.
    paths |= {
        os.path.join(sys.base_prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}")
    }
    # A conda environment keeps its shared libraries and fonts under its own prefix.
    if os.path.isdir(os.path.join(sys.base_prefix, "conda-meta")):
        paths |= {
            os.path.join(sys.base_prefix, name) for name in ("lib", "fonts", "share/zoneinfo")
        }
    return {os.path.realpath(path) for path in paths}


def _grant(folder: Path, packages: list[Path], readable: list[str], listable: list[str]) -> None:
    """Add `folder` to `readable`, without the folders `packages` that may lie below it."""
    # Real paths, because Landlock looks at files and not at the names of links to them.
    real = Path(os.path.realpath(folder))
    if real in packages or not real.exists():
        return
    if not any(real in package.parents for package in packages):
        readable.append(str(real))
        return
    listable.append(str(real))
    for entry in os.scandir(real):
        _grant(Path(entry.path), packages, readable, listable)


def _is_ours(entry: os.DirEntry, hidden: tuple[str, ...]) -> bool:
    """Say whether an entry of site-packages belongs to one of the `hidden` packages.

    A part of the name decides: `nbjudge-0.1.0.dist-info` and `__editable__.nbjudge-0.1.0.pth` lead
    to the package, too.
    """
    return any(name in entry.name for name in hidden)
