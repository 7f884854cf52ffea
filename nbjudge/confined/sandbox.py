"""Give up rights, for good: `confine` turns a fresh fork of the zygote into a student process.

After `confine` the process can read what `Policy` lists and write its scratch directory. It can
reach nothing else. No call takes that back, neither for the process nor for its threads.

Theory of operation. Only the process itself can give up its rights, so `confine` runs in the fork,
before any student code. It is one function of named steps:

    be_alone             a thread that exists already would stay unconfined
    die_with_parent      no process outlives the zygote
    close_descriptors    an open descriptor works, whatever Landlock says of its path
    enter                the scratch directory becomes the working directory
    set_limits           processor time, address space, files
    drop_capabilities    the bounding set first, since dropping from it needs a capability
    no new privileges    the two layers below ask for it: landlock_restrict_self(2), seccomp(2)
    Landlock             before seccomp, whose filter denies Landlock's own system calls
    seccomp              last, because steps above it make calls that it denies

Each layer closes what the others leave open:

    Landlock       files by path, TCP; from Linux 6.12 on signals and abstract sockets too
    seccomp        processes, programs, sockets, and the metadata of files, of which Landlock
                   knows nothing
    rlimits        processor time, memory, size and number of files
    capabilities   none are left, also for root

Namespaces (unshare, bubblewrap) are not used: an ordinary account in a container may not make them
(EPERM), and nbjudge must work in a JupyterHub container without added rights.
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
    """A layer cannot be set up on this machine; the message names it, the cause and the mend."""


@dataclass(frozen=True)
class Policy:
    """What one student process may touch.

    `scratch` is the directory that it may write to. `readable` paths may be read with all below
    them; of `listable` folders only the names may be read. `keep_fds` stay open.

    `memory_bytes` bounds the address space that student code adds to that of the fork; 0 is no
    bound, which CUDA needs. `file_bytes` bounds each file. `landlock_abi` treats the kernel as an
    older one, for tests.
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
    """Compile the filter of system calls in the zygote: it is the same for all of its forks."""
    if not syscalls.available():
        syscalls.program(_version(policy) < 3, policy.gpu)


def confine(policy: Policy, tolerate_missing: bool = False) -> tuple[str, ...]:
    """Give up all rights that `policy` does not grant. The module's docstring explains the order.

    Raises `SandboxError` where Landlock or seccomp is missing. With `tolerate_missing` the other
    rights are given up all the same; the return value says in words what is missing.
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
    """Refuse a process with threads: Landlock and seccomp confine only the thread that asks."""
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise SandboxError(f"{threads} threads run here; confine a fork, before it starts any.")


def die_with_parent() -> None:
    """Lead a new session, be killed when the parent ends, and refuse debuggers."""
    parent = os.getppid()
    os.setsid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_DUMPABLE, 0)
    # The kernel sends the signal for a death that comes later. A parent that died before prctl
    # sends none, and this process would live on without it.
    if os.getppid() != parent:
        os._exit(1)


def close_descriptors(kept: tuple[int, ...]) -> None:
    """Close every descriptor but `kept`; let 0, 1 and 2 lead to /dev/null.

    They are not closed: the next file that student code opens would take the number 1 or 2, and
    what C libraries print would be written into it.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    # A loop up to RLIMIT_NOFILE would miss some: the limit may have been lowered below the number
    # of a descriptor that is open.
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in kept:
            with contextlib.suppress(OSError):  # the descriptor of the listing is closed already
                os.close(int(name))


def enter(scratch: str) -> None:
    """Make the scratch directory the working directory; files made in it are for this user only."""
    os.umask(0o077)
    os.chdir(scratch)


def set_limits(policy: Policy) -> None:
    """Bound processor time, address space and files; forbid core dumps.

    RLIMIT_NPROC is not used: the kernel ignores it for root, and counts all processes of the user,
    those of other submissions too. seccomp denies processes, and the judge process counts threads.
    """
    # The kernel sends SIGXCPU at the soft limit, and SIGKILL at the hard one. SIGXCPU lets the
    # judge process tell this limit from other deaths; student code that ignores it is killed 2 s
    # later.
    _limit(resource.RLIMIT_CPU, policy.cpu_seconds, policy.cpu_seconds + 2)
    _limit(resource.RLIMIT_FSIZE, policy.file_bytes)
    _limit(resource.RLIMIT_NOFILE, policy.open_files)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_MSGQUEUE, 0)
    _limit(resource.RLIMIT_RTPRIO, 0)  # a thread of real-time priority takes a whole core
    _limit(resource.RLIMIT_NICE, 0)
    # CUDA reserves far more addresses than it uses, so with a GPU the judge process watches
    # resident memory alone. The zygote's own mappings are not the student's: they are added.
    if policy.memory_bytes and not policy.gpu:
        _limit(resource.RLIMIT_AS, _address_space() + policy.memory_bytes)


def drop_capabilities() -> None:
    """Drop every capability, also from the bounding and the ambient set, and lock that.

    A process of root keeps the user id 0, which then gives no rights besides those of file modes.
    """
    # Calls for capabilities that this kernel lacks fail, as do those of an ordinary user, who has
    # nothing to drop. What must succeed is capset, below.
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
    # Single files of /proc/self. The whole folder would grant /proc/self/net, which shows every
    # connection of the machine.
    left |= {f"/proc/self/{name}": landlock.READ for name in ("status", "stat", "statm", "maps")}
    left[os.devnull] = landlock.DEVICE
    left[policy.scratch] = landlock.SCRATCH
    if policy.gpu:
        # What CUDA opens: the driver's devices, and where it looks up which cards there are.
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
    # An ordinary user may lower a hard limit and never raise it, so a limit that is lower already
    # stays as it is.
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
