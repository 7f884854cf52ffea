"""A JupyterHub for this course on one Debian machine, with nbgrader's exchange. Needs root.

    sudo python3 deploy/jupyterhub/hub.py demo       install, make accounts, start a hub to try
    sudo python3 deploy/jupyterhub/hub.py remove     remove the demo's accounts and folders
    sudo python3 deploy/jupyterhub/hub.py install    install, or bring up to date, for production
    sudo python3 deploy/jupyterhub/hub.py start      start the hub of production_config.py
    sudo python3 deploy/jupyterhub/hub.py grader nbgrader export
                                                     run a command as the course's grader

docs/jupyterhub.md says what is where.
"""

import argparse
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import accounts
import installation
import supervise
from layout import COURSE, COURSE_ID, GRADER, PLACE, PROGRAMS, RESULTS, STATE, environment

COURSE_PARTS = ("source", "rubrics", "nbgrader_config.py")
LOCK = Path("/run/nbjudge-hub.lock")
# The demo's passwords; it exists where a demo made the accounts, and so may remove them.
DEMO = STATE / "demo"
LOG = STATE / "log"
SECRETS = ("CONFIGPROXY_AUTH_TOKEN", "JPY_COOKIE_SECRET", "NBGRADER_DB_URL")


def main():
    """Do what the verb says; `demo` and `start` end with the hub."""
    arguments = parse()
    if os.geteuid():
        raise SystemExit("The hub makes accounts and becomes its users: run this with sudo.")
    if arguments.run is not grader:
        arguments.lock = held()
    try:
        arguments.run(arguments)
    except accounts.AccountError as error:
        raise SystemExit(str(error)) from error
    except KeyboardInterrupt:
        raise SystemExit("Stopped. The same command goes on.") from None


def parse():
    """Return the arguments, with the function of their verb in `run`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for verb in (demo, install, start, grader, remove):
        one = verbs.add_parser(verb.__name__, help=verb.__doc__)
        one.set_defaults(run=verb)
        if verb in (demo, install):
            one.add_argument("--python", default="/usr/bin/python3", help="one that all may read")
            one.add_argument("--cpu", action="store_true", help="take torch's CPU build")
        if verb is demo:
            one.add_argument("--students", type=int, default=3, help="how many (3)")
            one.add_argument("--port", type=int, default=8000, help="it and the next four (8000)")
        if verb is grader:
            one.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def demo(arguments):
    """Install, make students and an instructor, and start a hub that only this machine reaches."""
    if STATE.exists() and not DEMO.exists():
        raise SystemExit(f"{STATE} is not a demo's: this machine has a hub. Demos go elsewhere.")
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    DEMO.touch(mode=0o600)
    install(arguments)
    names = ["instructor", *(f"student{n + 1}" for n in range(arguments.students))]
    for name in names:
        accounts.make_student(name)
    accounts.set_passwords(demo_passwords(names))
    print("A DEMO: real accounts of this machine, over plain http. The hub starts.")
    print(
        "Ctrl-C ends it; the verb 'remove' then removes the accounts and their files.", flush=True
    )
    port = arguments.port
    hub = hub_command("jupyterhub_config.py")
    kept = {name: os.environ[name] for name in SECRETS if name in os.environ}
    addresses = [
        f"http://127.0.0.1:{port}/hub/health",
        f"http://127.0.0.1:{port + 3}/services/{COURSE_ID}/api",
        f"http://127.0.0.1:{port + 4}/services/{RESULTS}/static/results.css",
    ]
    ready = (
        f"Ready: http://hub.localhost:{port} in a browser of this machine. "
        f"Names and passwords: {DEMO}. Messages: {LOG}."
    )
    variables = hub_variables({**kept, "NBJUDGE_PORT": str(port)})
    raise SystemExit(
        supervise.run(
            hub, STATE, variables, LOG, addresses, ready, [*names, GRADER], arguments.lock
        )
    )


def demo_passwords(names):
    """Return the password of each account: what it has, or what the environment says, or a new one.

    They are kept in a file of root's, so that the next start does not change them.
    """
    kept = dict(line.split() for line in DEMO.read_text(encoding="utf-8").splitlines())
    given = os.environ.get("NBJUDGE_DEMO_PASSWORD")
    passwords = {name: given or kept.get(name) or secrets.token_urlsafe(9) for name in names}
    lines = (f"{name:12} {password}\n" for name, password in {**kept, **passwords}.items())
    DEMO.write_text("".join(lines), encoding="utf-8")
    return passwords


def install(arguments):
    """Install what the hub runs; make the grader's account, the course and the exchange."""
    installation.install(arguments.python, arguments.cpu)
    accounts.make_places()
    if (COURSE / "source").exists():
        return
    installation.copy(installation.CHECKOUT, COURSE_PARTS, COURSE)
    subprocess.run(["chown", "-R", f"{GRADER}:{GRADER}", str(COURSE)], check=True)
    if as_grader(["nbjudge", "build"]):
        shutil.rmtree(COURSE)
        raise SystemExit("The course could not be built; the reason stands above.")


def start(arguments):
    """Start the hub that production_config.py describes, from the variables that it reads."""
    if not (PLACE / "installed").exists():
        raise SystemExit("Nothing is installed yet. First: hub.py install")
    # Python closes descriptors on exec by default; the hub must keep the lock while it runs.
    os.set_inheritable(arguments.lock.fileno(), True)
    os.chdir(STATE)
    # A server that has a terminal asks there whether it may end; one that was started in the
    # background of a shell would not hear of its end at all.
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    command = hub_command("production_config.py")
    os.execve(command[0], command, hub_variables(os.environ))


def grader(arguments):
    """Run a command as the course's grader, in the course folder."""
    raise SystemExit(as_grader(arguments.command))


def remove(arguments):
    """Remove what the demo made: accounts, homes, course, exchange. The installation stays."""
    if not DEMO.exists():
        raise SystemExit("There is no demo here to remove.")
    accounts.remove_places()


def as_grader(command):
    """Run a command as the grader in the course folder; return its exit status."""
    # A clean environment: root's may hold settings and secrets that are not the grader's.
    home = pwd.getpwnam(GRADER).pw_dir
    kept = {
        name: os.environ[name]
        for name in ("NBGRADER_DB_URL", "NBJUDGE_RESULTS")
        if name in os.environ
    }
    return subprocess.call(
        ["runuser", "-u", GRADER, "--", *command],
        cwd=COURSE,
        env={**environment("grader"), **kept, "HOME": home, "USER": GRADER},
        umask=0o077,
    )


def hub_command(configuration):
    """Return the command that is the hub."""
    return [str(PROGRAMS / "jupyterhub"), "--config", str(PLACE / configuration)]


def hub_variables(variables):
    """Return the hub's environment."""
    return {**variables, "PATH": environment("hub")["PATH"], "LANG": "C.UTF-8"}


def held():
    """Return the lock of this machine's hub; stop where a running hub holds it."""
    # flock(2): the lock ends with the process that holds it, however that ends.
    lock = LOCK.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SystemExit("The hub is running. Stop it first.") from error
    return lock


if __name__ == "__main__":
    main()
