"""Unix accounts and the folders that they share, with the modes that keep them apart.

Each function that makes something can be called again, and then changes nothing: a set-up that
stopped half-way is run once more.
"""

import grp
import os
import pwd
import re
import shutil
import subprocess

from layout import COURSE, COURSE_ID, COURSES, EXCHANGE, GRADER, LAUNCHES, STATE, STUDENTS

NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class AccountError(Exception):
    """An account cannot be made, or is not one of this course."""


def make_student(name):
    """Make an account in the students' group, unless there is one.

    An account of that name that is not in the group is never taken over: it may be a system's or a
    person's. Raises `AccountError` then, and for a name that cannot be an account.
    """
    if not NAME.fullmatch(name):
        raise AccountError(
            f"{name!r} cannot be a Unix account: it takes small letters, digits, '_' and '-', "
            "at most 32. Let the hub take its names from another claim."
        )
    if not exists(pwd.getpwnam, name):
        add_account(name, "--groups", STUDENTS, "--shell", "/bin/bash")
    elif name not in grp.getgrnam(STUDENTS).gr_mem:
        raise AccountError(
            f"There is an account {name} already, and it is not in the group {STUDENTS}. "
            f"If it belongs to this person: usermod -a -G {STUDENTS} {name}"
        )


def make_places():
    """Make the grader's account, the students' group, and every folder of the hub."""
    if not exists(grp.getgrnam, STUDENTS):
        subprocess.run(["groupadd", STUDENTS], check=True)
    if not exists(pwd.getpwnam, GRADER):
        add_account(GRADER, "--shell", "/bin/bash")
    exchange = EXCHANGE / COURSE_ID
    for folder, owner, group, mode in (
        (STATE, "root", "root", 0o700),
        (COURSES.parent, "root", "root", 0o755),
        (COURSES, "root", "root", 0o755),
        (COURSE, GRADER, GRADER, 0o700),
        (EXCHANGE, "root", "root", 0o755),
        (exchange, GRADER, STUDENTS, 0o750),
        # 03733: students can make folders in it and cannot list it (-wx). The setgid bit gives what
        # they make the grader's group; the sticky bit lets nobody rename or remove another's.
        (exchange / "inbound", GRADER, GRADER, 0o3733),
        (exchange / "outbound", GRADER, GRADER, 0o755),
        (exchange / "feedback", GRADER, GRADER, 0o711),
        # The hub writes, the grader reads by the group that the setgid bit gives to each file.
        (LAUNCHES, "root", GRADER, 0o2750),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(folder, owner, group)
        os.chmod(folder, mode)


def add_account(name, *options):
    """Make an account with its own group, a home that is closed to others, and no password."""
    # HOME_MODE closes the home when it is made; a chmod afterwards would leave it open for a
    # moment.
    command = ["useradd", "--create-home", "--user-group", "--key", "HOME_MODE=0700"]
    subprocess.run([*command, *options, name], check=True)


def set_passwords(passwords):
    """Set the passwords of accounts."""
    # By standard input: every account can read the arguments of a process.
    lines = "".join(f"{name}:{password}\n" for name, password in passwords.items())
    subprocess.run(["chpasswd"], input=lines, text=True, check=True)


def remove_places():
    """Remove the course, its exchange, the hub's state, and the accounts of all who took part."""
    students = grp.getgrnam(STUDENTS).gr_mem if exists(grp.getgrnam, STUDENTS) else []
    for name in (*students, GRADER):
        if exists(pwd.getpwnam, name):
            remove_account(name)
    if exists(grp.getgrnam, STUDENTS):
        subprocess.run(["groupdel", STUDENTS], check=True)
    for folder in filter(os.path.exists, (COURSES.parent, STATE)):  # last: it says "demo"
        shutil.rmtree(folder)


def remove_account(name):
    """Remove an account and its home; raises `AccountError` while programs of it still run."""
    done = subprocess.run(["userdel", "--remove", name], capture_output=True, text=True)
    if done.returncode:
        raise AccountError(f"{done.stderr.strip()}. End its programs and run this again.")


def exists(look_up, name):
    """Return whether `pwd` or `grp` knows a name."""
    try:
        look_up(name)
    except KeyError:
        return False
    return True
