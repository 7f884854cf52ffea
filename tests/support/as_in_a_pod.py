"""Runs a command as in the grader's pod: `python as_in_a_pod.py UID COMMAND…`, as root.

No capability, no new privileges, and what the runtime's default seccomp profile (containerd's and
Docker's) refuses to a container without capabilities. Theirs is a list of what is allowed; here
stands what of the rest a judge, a zygote or student code could try.
"""

import os
import sys
from errno import ENOSYS, EPERM

import pyseccomp as seccomp

REFUSED = [
    "acct", "add_key", "bpf", "clock_settime", "delete_module", "finit_module", "fsconfig",
    "fsmount", "fsopen", "fspick", "init_module", "io_uring_enter", "io_uring_register",
    "io_uring_setup", "kcmp", "kexec_load", "keyctl", "mount", "mount_setattr",
    "move_mount", "move_pages", "name_to_handle_at", "open_by_handle_at", "open_tree",
    "perf_event_open", "pidfd_getfd", "pivot_root", "process_madvise", "quotactl", "reboot",
    "request_key", "setdomainname", "sethostname", "setns", "swapoff", "swapon", "umount2",
    "unshare", "userfaultfd", "vhangup",
]  # fmt: skip
CLONE_NEW = 0x7E020000  # every flag of clone that makes a namespace


def main(uid, *command):
    """Give up what a pod does not have, and become the command."""
    if os.geteuid() == 0:
        account = ["--reuid", uid, "--regid", uid, "--clear-groups", "--no-new-privs"]
        none = ["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"]
        again = [sys.executable, __file__, uid, *command]
        os.execvp("setpriv", ["setpriv", *account, *none, *again])
    profile = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in REFUSED:
        profile.add_rule(seccomp.ERRNO(EPERM), name)
    flag = 1
    while flag <= CLONE_NEW:
        if flag & CLONE_NEW:
            profile.add_rule(
                seccomp.ERRNO(EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag)
            )
        flag <<= 1
    profile.add_rule(seccomp.ERRNO(ENOSYS), "clone3")
    profile.load()
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
