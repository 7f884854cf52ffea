"""System calls that student code may not make, and why; seccomp through libseccomp.

How it works. seccomp(2) runs a small program (a filter) before each system call. The filter sees
the number of the call and its six arguments as numbers. It cannot follow a pointer, so a call whose
arguments lie in memory (clone3, openat2) cannot be looked at.

A student process loads two filters. Both are run, and the stricter answer holds:

    signals     kill and its kin, but to the process itself; differs in each process
    the rest    the same for every process, so the zygote compiles it once (`program`)

The answers:

    EPERM         refused, as for a user without the right
    0             success, though nothing is done, for what libraries call as a matter of course
    ENOSYS        "this kernel has no such call": the C library then makes an older call, which
                  the filter can look at
    EOPNOTSUPP    "not for this file": programs that copy files then read and write instead

Arguments that the kernel takes as 32 bits are compared in their low 32 bits. A comparison of all 64
could be passed by setting a high bit, which the kernel then ignores.
"""

import ctypes
import errno
import functools
import os
import socket
from typing import Any

# Imported at the top, so that the zygote searches for the library, which takes some 80 ms, and its
# forks do not.
try:
    import pyseccomp as seccomp
except (ImportError, RuntimeError, OSError, AttributeError) as error:
    seccomp = None
    _PROBLEM = str(error)

# By reason. A name that this architecture does not have is skipped. tkill is denied without a look
# at its arguments: unlike tgkill it names a thread only, of whatever process.
_DENIED = {
    "new processes and programs": "fork vfork execve execveat",
    "other processes": """ptrace process_vm_readv process_vm_writev process_madvise kcmp
        process_mrelease pidfd_open pidfd_getfd pidfd_send_signal tkill get_robust_list
        migrate_pages ioprio_set sched_setattr""",
    "the network, and sockets that have an address": """socket connect bind listen accept accept4
        sendmmsg""",
    "memory and messages shared with others": """shmget shmat shmctl shmdt msgget msgsnd msgrcv
        msgctl semget semop semctl semtimedop mq_open mq_unlink mq_timedsend mq_timedreceive
        mq_notify mq_getsetattr""",
    "files without a path, which no file rule sees": """memfd_create memfd_secret
        open_by_handle_at name_to_handle_at""",
    "other views of the file system": """mount umount umount2 pivot_root chroot move_mount fsopen
        fsconfig fsmount fspick open_tree open_tree_attr mount_setattr statmount listmount unshare
        setns quotactl quotactl_fd""",
    "what others do to their files": "inotify_init inotify_init1 fanotify_init fanotify_mark",
    "wide doors of the kernel": """io_uring_setup io_uring_enter io_uring_register bpf
        perf_event_open userfaultfd add_key request_key keyctl lookup_dcookie nfsservctl uselib
        ustat sysfs modify_ldt ioperm iopl personality vmsplice io_setup io_destroy io_submit
        io_cancel io_getevents io_pgetevents""",
    "memory of the kernel that no limit counts": """landlock_create_ruleset landlock_add_rule
        landlock_restrict_self seccomp""",
    "the machine itself": """reboot swapon swapoff init_module finit_module delete_module
        create_module kexec_load kexec_file_load settimeofday clock_settime clock_adjtime adjtimex
        stime sethostname setdomainname acct syslog vhangup mlockall mlock mlock2""",
}
# Landlock has no right for the metadata of a file. These calls answer success and do nothing: an
# error would break shutil.copy and the like, which set mode and times of what they have written.
_WITHOUT_EFFECT = """chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes
    futimesat utimensat setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr
    fremovexattr removexattrat file_setattr sync syncfs"""
# Their flags lie in memory, where no filter sees them. On ENOSYS glibc calls clone and openat.
_UNKNOWN = "clone3 openat2"

# Calls that are newer than some libseccomp in use, which would not know their names. Numbers from
# 424 on are the same on every architecture.
_NUMBERS = {
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_open": 434,
    "clone3": 435,
    "openat2": 437,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
    "memfd_secret": 447,
    "process_mrelease": 448,
    "fchmodat2": 452,
    "statmount": 457,
    "listmount": 458,
    "setxattrat": 463,
    "removexattrat": 466,
    "open_tree_attr": 467,
    "file_setattr": 469,
}
# What newer kernels add. Nobody has looked at these calls yet, so they are not there.
_NOT_YET = range(470, 512)

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_INSTRUCTION = 8  # bytes
_LOW = 0xFFFFFFFF
_CLONE_THREAD = 0x00010000
_FCNTL = (8, 10, 15, 1024, 1026)  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY
_IOCTL = (0x8901, 0x8902, 0x5412, 0x541C, 0x5452)  # FIOSETOWN SIOCSPGRP TIOCSTI TIOCLINUX FIOASYNC
_TERMINAL = 0x54  # the kind that FIONREAD, FIONBIO, FIOCLEX and isatty are of
# File systems and pidfds. A file's owner may change its attributes (chattr, fs-verity) or reserve
# the whole disk with a descriptor that was opened for reading only.
_FILE_KINDS = (0x12, 0x58, 0x66, 0x76, 0x94, 0xF5, 0xFF)
# PR_SET_PDEATHSIG, _DUMPABLE, _MM, _CHILD_SUBREAPER, _IO_FLUSHER, PR_SCHED_CORE, PR_SET_PTRACER
_PRCTL = (1, 4, 35, 36, 57, 62, 0x59616D61)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def available() -> str:
    """Return why seccomp cannot be used on this machine, or an empty text if it can."""
    if seccomp is not None:
        return ""
    return (
        f"libseccomp cannot be loaded ({_PROBLEM}); 'apt-get install libseccomp2' or "
        "'conda install libseccomp' brings it, 'pip install pyseccomp' its binding"
    )


def deny(truncate_too: bool, devices: bool = False) -> None:
    """Load both filters into this thread and what it starts. They cannot be unloaded.

    `truncate_too` denies truncation by path, for a Landlock (ABI below 3) that does not know it.
    `devices` allows the ioctl calls of drivers, which CUDA needs. Raises `OSError` where the kernel
    refuses.
    """
    instructions = program(truncate_too, devices)
    # First, because libseccomp loads it by seccomp(2), which the other filter denies.
    _deny_signals_to_others()
    # By prctl, because libseccomp's own load would compile the filter once more.
    compiled = _Program(len(instructions) // _INSTRUCTION, instructions)
    if _LIBC.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(compiled), 0, 0):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


@functools.cache
def program(truncate_too: bool, devices: bool = False) -> bytes:
    """Return the compiled filter that is the same for every student process.

    It is an array of `struct sock_filter`, as seccomp(2) takes it. The zygote calls this before it
    forks, so that each fork finds the answer in the cache.
    """
    rules = _Rules()
    denied = " ".join(_DENIED.values()).split() + (["truncate", "truncate64"] * truncate_too)
    for name in denied:
        rules.add(name, errno.EPERM)
    for name in _WITHOUT_EFFECT.split():
        rules.add(name, 0)
    for name in _UNKNOWN.split():
        rules.add(name, errno.ENOSYS)
    for number in _NOT_YET:
        rules.add(number, errno.ENOSYS)
    _deny_by_argument(rules)
    _deny_ioctl(rules, devices)
    # libseccomp exports to a descriptor only; a file without a path leaves nothing to remove.
    with open(os.memfd_create("filter"), "r+b") as file:
        rules.filter.export_bpf(file)
        file.seek(0)
        return file.read()


def _deny_signals_to_others() -> None:
    rules = _Rules()
    for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        rules.add(name, errno.EPERM, rules.other_than(0, os.getpid()))
    rules.filter.load()


def _deny_by_argument(rules: "_Rules") -> None:
    # Threads are allowed, processes are not: clone must say CLONE_THREAD.
    rules.add("clone", errno.EPERM, rules.masked(0, _CLONE_THREAD, 0))
    # The first argument names a process or a thread; 0 is the caller itself.
    for name in (
        "prlimit64",
        "sched_setaffinity",
        "sched_setscheduler",
        "sched_setparam",
        "move_pages",
        "setpriority",
    ):
        rules.add(name, errno.EPERM, rules.other_than(0, 0))
    rules.add("setpriority", errno.EPERM, rules.other_than(1, 0))
    # send(2) is sendto without an address, and stays; with an address it could reach others.
    rules.add("sendto", errno.EPERM, rules.other_than(4, 0))
    # Pairs of connected stream sockets stay, because asyncio needs one. A pair of datagram sockets
    # could send to any address by sendmsg, whose argument lies in memory. The kind stands in the
    # low four bits. libseccomp compares masked bits for equality only, so each other kind has a
    # rule.
    rules.add("socketpair", errno.EPERM, rules.other_than(0, int(socket.AF_UNIX)))
    for kind in set(range(16)) - {int(socket.SOCK_STREAM)}:
        rules.add("socketpair", errno.EPERM, rules.masked(1, 0xF, kind))
    for name, position, values in (
        ("fcntl", 1, _FCNTL),
        ("ioctl", 1, _IOCTL),
        ("prctl", 0, _PRCTL),
    ):
        for value in values:
            rules.add(name, errno.EPERM, rules.masked(position, _LOW, value))
    # Two ways around Landlock. O_RDONLY with O_TRUNC empties a file that may only be read. The
    # fourth access mode, neither reading nor writing, asks nothing of Landlock: it opens any file,
    # and on old kernels empties it.
    for name, position in (("open", 1), ("openat", 2)):
        flags = os.O_ACCMODE | os.O_TRUNC
        rules.add(name, errno.EPERM, rules.masked(position, flags, os.O_RDONLY | os.O_TRUNC))
        rules.add(name, errno.EPERM, rules.masked(position, os.O_ACCMODE, os.O_ACCMODE))
    # With FALLOC_FL_KEEP_SIZE a file takes room on the disk without growing, and RLIMIT_FSIZE looks
    # at the size only.
    rules.add("fallocate", errno.EOPNOTSUPP, rules.other_than(1, 0))


def _deny_ioctl(rules: "_Rules", devices: bool) -> None:
    # The second byte of a request is its kind, one for each driver or file system. With a GPU all
    # kinds are allowed but those of file systems. Else one kind is allowed: each of eight rules
    # denies the requests whose kind differs from it in one bit.
    if devices:
        for kind in _FILE_KINDS:
            rules.add("ioctl", errno.EOPNOTSUPP, rules.masked(1, 0xFF00, kind << 8))
        return
    for bit in range(8, 16):
        differs = ~(_TERMINAL << 8) & 1 << bit
        rules.add("ioctl", errno.EOPNOTSUPP, rules.masked(1, 1 << bit, differs))


class _Rules:
    def __init__(self) -> None:
        self.filter = seccomp.SyscallFilter(seccomp.ALLOW)
        # Calls of another architecture (32 bits on a 64-bit kernel) have other numbers, which no
        # rule names: a process that makes one is killed.
        self.filter.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)

    def add(self, name: str | int, answer: int, *arguments: Any) -> None:
        number = name if isinstance(name, int) else self._number(name)
        if number >= 0:  # else this architecture has no such call
            self.filter.add_rule(seccomp.ERRNO(answer), number, *arguments)

    def _number(self, name: str) -> int:
        if name in _NUMBERS:
            return _NUMBERS[name]
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        return ctypes.c_int(number).value

    def masked(self, position: int, mask: int, value: int) -> Any:
        return seccomp.Arg(position, seccomp.MASKED_EQ, mask, value)

    def other_than(self, position: int, value: int) -> Any:
        return seccomp.Arg(position, seccomp.NE, value)
