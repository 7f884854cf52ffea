"""Files that a submission brought, or that student code left: copied, counted, removed.

A name in a submission may be a link to the gradebook, a FIFO that blocks the process which opens
it, or a folder a thousand levels deep. Links are not followed, only regular files are copied, and a
folder of any shape can be removed.
"""

import contextlib
import os
import shutil
import stat
import subprocess
from filecmp import cmp
from pathlib import Path

from nbjudge.process.limits import MB, Limits


def copy_submitted(source: Path, target: Path, limits: Limits) -> list[str]:
    """Copy the regular files below `source`, but no notebooks; return what is left out, and why.

    Names that begin with a dot are no part of a submission, and are not copied. Notebooks stay
    behind because those in `autograded/` hold the hidden tests. Each text that is returned is for
    the student, and may hold a file's name in any characters.
    """
    refused: list[str] = []
    count, left = 0, limits.files_mb * MB
    for folder, folders, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in [one for one in folders if os.path.islink(os.path.join(folder, one))]:
            refused.append(f"{name} is a link")
        for name in sorted(names):
            if name.endswith(".ipynb") or name.startswith("."):
                continue
            count += 1
            reason = f"there are more than {limits.files} files"
            if count <= limits.files:
                reason = _copy(os.path.join(folder, name), place, min(left, limits.file_mb * MB))
            if reason:
                refused.append(f"{name}: {reason}")
            else:
                left -= os.stat(place / name).st_size
        if count > limits.files:
            break
    return refused


def written(folder: str, source: Path | None) -> frozenset[str]:
    """Return the names of the files in `folder` that are not as they are in `source`."""
    found = set()
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            before = None if source is None else source / path.relative_to(folder)
            with contextlib.suppress(OSError):
                if before is None or not before.is_file() or not cmp(before, path, shallow=False):
                    found.add(name)
    return frozenset(found)


def remove_tree(folder: str) -> None:
    """Remove a folder that student code wrote to, whatever its shape and its modes."""
    # Student code may have taken its own rights from a folder, so that it cannot be emptied; or
    # nested folders deeper than Python can recurse. First as they are, then with rights given back,
    # then by rm, which does not recurse.
    for _ in range(2):
        with contextlib.suppress(OSError, RecursionError):
            shutil.rmtree(folder)
            return
        for path, folders, _ in os.walk(folder):
            for name in folders:
                if not os.path.islink(os.path.join(path, name)):
                    with contextlib.suppress(OSError):  # a path may be too long to be named
                        os.chmod(os.path.join(path, name), 0o700)
    subprocess.run(["rm", "-rf", "--", folder], check=False, stderr=subprocess.DEVNULL)


def usage(folder: str, most: int) -> tuple[int, int]:
    """Return the number of files in `folder` and their bytes on the disk.

    Counting stops above `most`, so that a look is short. A folder that cannot be listed counts as
    too many files: student code may have closed it to hide them.
    """
    count = size = 0
    folders = [folder]
    while folders and count <= most:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > most:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        # Blocks that are taken, not st_size: a sparse file is large and takes
                        # little.
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:  # student code removed it meanwhile
            continue
        except OSError:
            return most + 1, size
    return count, size


def _copy(path: str, place: Path, most: int) -> str:
    """Copy one file; return why it is not copied, or an empty text."""
    # Opened once and judged by its descriptor: a name that was looked at may lead elsewhere when it
    # is opened. O_NONBLOCK, because opening a FIFO waits for a writer.
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return "it is a link" if os.path.islink(path) else f"it cannot be read ({error.strerror})"
    with open(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            return "it is no regular file"
        if about.st_size > most:
            return f"it is larger than the {most // MB} MB that it may have"
        place.mkdir(parents=True, exist_ok=True)
        with open(place / os.path.basename(path), "xb") as copy:
            shutil.copyfileobj(file, copy)
    return ""
