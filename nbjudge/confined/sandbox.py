"""Give up rights: after `confine` a process can read what it needs, write its scratch directory,
and reach nothing else; irrevocably, for itself and all its threads.

Each layer closes what the others leave open:

    Landlock       files by path, TCP; from Linux 6.12 on signals and abstract sockets too
    seccomp        processes, programs, sockets, and the metadata of files, of which Landlock
                   knows nothing
    rlimits        processor time, memory, size and number of files
    capabilities   none are left, also for root
"""

import contextlib
import ctypes
import os
import resource
import signal
from dataclasses import dataclass

from nbjudge.confined import landlock, syscalls

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24  # prctl(2)
_PR_SET_SECUREBITS, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 28, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_SECUREBITS = 0b11101111  # all of capabilities(7) and their locks, but for KEEP_CAPS
_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63


class SandboxError(Exception):
    """A layer cannot be set up here; the message names it, the cause and the mend."""


@dataclass(frozen=True)
class Policy:
    """What one student process may touch.

    `memory_bytes` bounds the address space that it adds to what it has after the fork; 0 leaves it
    unbounded, as CUDA needs. `landlock_abi` treats the kernel as an older one (tests).
    """

    scratch: str
    readable: tuple[str, ...]
    listable: tuple[str, ...]
    keep_fds: tuple[int, ...]
    cpu_seconds: int
    memory_bytes: int
    file_bytes: int
    open_files: int
    gpu: bool = False
    landlock_abi: int | None = None


def prepare(policy: Policy) -> None:
    """Do once, before a process forks, what takes time and is the same for all of its forks."""
    if not syscalls.available():
        syscalls.program(_version(policy) < 3, policy.gpu)


def confine(policy: Policy, tolerate_missing: bool = False) -> tuple[str, ...]:
    """Give up rights, in this order; raises `SandboxError` where a layer is missing.

    With `tolerate_missing` the rest is given up all the same, and what is missing is returned.
    """
    missing = [text for text in (_no_landlock(policy), syscalls.available()) if text]
    if missing and not tolerate_missing:
        raise SandboxError(". ".join(missing))
    be_alone()
    die_with_parent()
    close_descriptors(policy.keep_fds)
    enter(policy.scratch)
    set_limits(policy)
    drop_capabilities()
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    version = _version(policy)
    if version:
        landlock.restrict(rules(policy), version)
    if not syscalls.available():
        syscalls.deny(truncate_too=version < 3, devices=policy.gpu)
    return tuple(missing)


def be_alone() -> None:
    """Refuse a process with threads: Landlock and seccomp confine only the one that calls them."""
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise SandboxError(f"{threads} threads run here; confine a fork, before it starts any.")


def die_with_parent() -> None:
    """Lead a session of its own; be killed with the parent; be no target for debuggers."""
    parent = os.getppid()
    os.setsid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_DUMPABLE, 0)
    if os.getppid() != parent:  # it died before it could be said
        os._exit(1)


def close_descriptors(kept: tuple[int, ...]) -> None:
    """Close every descriptor but `kept`; 0, 1 and 2 lead to /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    # Not up to the limit: it may have been lowered below a descriptor that is open.
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in kept:
            with contextlib.suppress(OSError):  # the listing's own is closed already
                os.close(int(name))


def enter(scratch: str) -> None:
    """Work in the scratch directory; what is made there is for this user alone."""
    os.umask(0o077)
    os.chdir(scratch)


def set_limits(policy: Policy) -> None:
    """Bound time, memory, files; no core dumps."""
    # SIGXCPU at the soft limit tells a limit from other deaths; the hard one is SIGKILL.
    _limit(resource.RLIMIT_CPU, policy.cpu_seconds, policy.cpu_seconds + 2)
    _limit(resource.RLIMIT_FSIZE, policy.file_bytes)
    _limit(resource.RLIMIT_NOFILE, policy.open_files)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_MSGQUEUE, 0)
    _limit(resource.RLIMIT_RTPRIO, 0)  # else one thread could take a core from everybody
    _limit(resource.RLIMIT_NICE, 0)
    if policy.memory_bytes and not policy.gpu:
        _limit(resource.RLIMIT_AS, _address_space() + policy.memory_bytes)


def drop_capabilities() -> None:
    """Drop every capability for good, bounding and ambient sets included; root stays a name."""
    for capability in range(_LAST_CAPABILITY + 1):
        _prctl(_PR_CAPBSET_DROP, capability, must=False)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, must=False)
    _prctl(_PR_SET_SECUREBITS, _SECUREBITS, must=False)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    if _LIBC.capset(header, (ctypes.c_uint32 * 6)()):
        raise SandboxError(f"Capabilities cannot be dropped: {os.strerror(ctypes.get_errno())}")


def rules(policy: Policy) -> dict[str, int]:
    """Return the file rights that are left, {path: rights of Landlock}."""
    left = dict.fromkeys(policy.listable, landlock.READ_DIR)
    left |= dict.fromkeys(policy.readable, landlock.READ)
    # Not the whole folder: /proc/self/net shows every connection of the machine.
    left |= {f"/proc/self/{name}": landlock.READ for name in ("status", "stat", "statm", "maps")}
    left[os.devnull] = landlock.DEVICE
    left[policy.scratch] = landlock.SCRATCH
    if policy.gpu:
        devices = [f"/dev/{name}" for name in os.listdir("/dev") if name.startswith("nvidia")]
        left |= dict.fromkeys(devices, landlock.DEVICE)
        left |= dict.fromkeys(("/proc/driver/nvidia", "/sys/module/nvidia"), landlock.READ)
        left |= dict.fromkeys(("/sys/bus/pci", "/sys/devices"), landlock.READ)
    return left


def _version(policy: Policy) -> int:
    known = landlock.abi()
    return known if policy.landlock_abi is None else min(known, policy.landlock_abi)


def _no_landlock(policy: Policy) -> str:
    if _version(policy):
        return ""
    return (
        "the kernel has no Landlock: Linux 5.13 or newer is needed, with 'landlock' in the "
        "kernel's list of security modules (boot option lsm=)"
    )


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    most = resource.getrlimit(which)[1]
    wanted = [
        value if most == resource.RLIM_INFINITY else min(value, most)
        for value in (soft, soft if hard is None else hard)
    ]
    resource.setrlimit(which, (wanted[0], wanted[1]))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _prctl(option: int, value: int, must: bool = True) -> None:
    done = _LIBC.prctl(option, value, 0, 0, 0)
    if done < 0 and must:
        raise SandboxError(f"prctl {option} failed: {os.strerror(ctypes.get_errno())}")
