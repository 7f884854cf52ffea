"""Landlock, the kernel's file, TCP and signal rules for unprivileged processes, by ctypes.

Source: the kernel's Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h.
A later ABI knows more rights; a right that the kernel does not know is left out, never asked for.
"""

import ctypes
import os
import stat
import sys

_LIBC = ctypes.CDLL(None, use_errno=True)  # once: a rule each for some 300 paths
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION_FLAG, _RULE_PATH_BENEATH = 1, 1

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
_EXECUTE, _REFER, _TRUNCATE, _IOCTL_DEV = 1 << 0, 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract unix sockets, signals

READ = READ_FILE | READ_DIR
DEVICE = READ_FILE | WRITE_FILE | _IOCTL_DEV
# Neither programs, devices nor sockets are made or run in a scratch directory.
SCRATCH = (1 << 16) - 1 & ~(_EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_BLOCK | _IOCTL_DEV)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi() -> int:
    """Return the kernel's version of Landlock, 0 where there is none."""
    if sys.platform != "linux":  # these numbers are other calls elsewhere
        return 0
    try:
        return max(_call(_CREATE_RULESET, None, 0, _VERSION_FLAG), 0)
    except (OSError, AttributeError):
        return 0


def handled(version: int) -> tuple[int, int, int]:
    """Return the file rights, TCP rights and scopes that ABI `version` can take away."""
    files = (1 << 13) - 1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        if version >= since:
            files |= right
    return files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0


def restrict(rules: dict[str, int], version: int) -> None:
    """Take away every right but `rules`, {path: rights}, from this thread and what it starts.

    A path that does not exist is skipped. Raises OSError where the kernel refuses.
    """
    attributes = _Ruleset(*handled(version))
    ruleset = _call(_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
    try:
        for path, rights in rules.items():
            _allow(ruleset, path, rights & attributes.files)
        _call(_RESTRICT_SELF, ruleset, 0, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        rule = _PathBeneath(rights, descriptor)
        _call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = _LIBC.syscall(ctypes.c_long(number), *wide)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return int(result)
