"""Landlock: the kernel's rules on files, TCP and signals for processes without privileges.

Sources: the kernel's Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h;
landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2).

How it works. A ruleset names the rights that it *handles*: all of them are denied. Each rule gives
some of them back for one path and everything below it. Rules only ever add: no rule takes away a
right below a path that another rule grants. So `allowlist` grants entries of a folder one by one
where one entry must stay closed.

A later version of the kernel's interface (its ABI) knows more rights. The kernel refuses a ruleset
with a right that it does not know (EINVAL), so `handled` names those of the ABI that is there. What
an older ABI leaves open is closed by `syscalls`, or named in `docs/threat_model.md`.
"""

import ctypes
import os
import stat
import sys

# By ctypes, because the C library has no functions for these calls. Loaded once for the module: a
# student process adds a rule for each of some 300 paths.
_LIBC = ctypes.CDLL(None, use_errno=True)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION_FLAG, _RULE_PATH_BENEATH = 1, 1

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
_EXECUTE, _REFER, _TRUNCATE, _IOCTL_DEV = 1 << 0, 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract unix sockets, signals

# Without _EXECUTE: libraries are read, and no program is to be started.
READ = READ_FILE | READ_DIR
DEVICE = READ_FILE | WRITE_FILE | _IOCTL_DEV
# All rights, but for running programs, making devices and sockets, and talking to devices.
SCRATCH = (1 << 16) - 1 & ~(_EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_BLOCK | _IOCTL_DEV)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi() -> int:
    """Return the version of the kernel's Landlock interface, 0 where there is no Landlock."""
    if sys.platform != "linux":  # elsewhere these numbers are other system calls
        return 0
    try:
        return max(_call(_CREATE_RULESET, None, 0, _VERSION_FLAG), 0)
    except (OSError, AttributeError):
        return 0


def handled(version: int) -> tuple[int, int, int]:
    """Return the bits of the file rights, the TCP rights and the scopes that ABI `version` knows.

    The version of each right is that of the kernel's landlock.rst, "Previous limitations".
    """
    files = (1 << 13) - 1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        if version >= since:
            files |= right
    return files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0


def restrict(rules: dict[str, int], version: int) -> None:
    """Take away every right but `rules`, {path: rights}, from this thread and from its children.

    A path that does not exist is skipped. Raises `OSError` where the kernel refuses.
    """
    # The structure has its newest size on every kernel: an older one accepts the fields that it
    # does not know as long as they are 0, as `handled` leaves them.
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
        # Lists of paths are made for many machines: most have some path less.
        return
    try:
        # The kernel refuses a right on folders, such as READ_DIR, for a path that is a file.
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        rule = _PathBeneath(rights, descriptor)
        _call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    # ctypes passes a Python int as a C int; syscall(2) takes longs.
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = _LIBC.syscall(ctypes.c_long(number), *wide)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return int(result)
