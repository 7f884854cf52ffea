"""Set up an environment in `.venv` and run the samples or the tests in it.

    python3 bootstrap.py demo      build the assignment, grade the sample submissions
    python3 bootstrap.py test      every test that needs neither root nor system packages
    python3 bootstrap.py slow      the slow tests: a browser, fresh environments
    python3 bootstrap.py thorough  the same, and all of what they take a sample of
    python3 bootstrap.py cuda      the tests that need a GPU

Needs Python 3.11 or newer and nothing else. On Windows: py bootstrap.py demo
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time

# No newer syntax than Python 3.6 in this file: an old Python must get as far as the message below.
ROOT = os.path.dirname(os.path.abspath(__file__))
CONSTRAINTS = os.path.join(ROOT, "constraints.txt")
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"  # torch's own index
INDEXES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX")
GIGABYTE = 1024**3
# Two processes: most tests wait for one program of one thread, and a second core is idle meanwhile.
TWO = ["-n", "2", "--no-loadscope-reorder"]
# A test that hangs would hold the whole suite, and nothing would say which one it is: its process
# prints where it stands and ends, and pytest names the test and goes on with a new process.
HANGS = ["-o", "faulthandler_timeout=600", "-o", "faulthandler_exit_on_timeout=true"]
TIMES = "build/times"  # a JUnit file of each suite: what every test took


def tests(suite, *options):
    """Return what Python is to run for a suite of tests."""
    return ["-m", "pytest", "--junitxml={}/{}.xml".format(TIMES, suite)] + list(options)


COMMANDS = {
    "demo": [["examples/demo.py"]],
    "test": [tests("test", "-m", "not slow", *TWO, *HANGS)],
    "cuda": [tests("cuda", "-m", "cuda", "-rs")],
    "slow": [tests("slow", "-m", "slow and not thorough", *TWO, *HANGS)],
    "thorough": [
        tests("alone", "-m", "alone", "-s"),
        tests("thorough", "-m", "slow and not alone", *TWO),
    ],
}


def main():
    """Set up once, then run; the exit status is 1 when anything that ran failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument(
        "--cpu", action="store_true", help="take torch's CPU build: 0.4 GB to download, not 3"
    )
    arguments = parser.parse_args()
    need_python(sys.version_info)
    environment = os.path.join(ROOT, ".venv")
    python = set_up(environment, arguments.cpu)
    begun = time.time()
    environ = programs_first(python)
    if arguments.command == "thorough":
        environ["NBJUDGE_THOROUGH"] = "1"
    # All of them, whether or not an earlier one failed.
    status = [
        subprocess.call([python] + command, cwd=ROOT, env=environ)
        for command in COMMANDS[arguments.command]
    ]
    minutes, seconds = divmod(round(time.time() - begun), 60)
    print("'{}' took {} min {:02} s.".format(arguments.command, minutes, seconds))
    return int(any(status))


def need_python(version):
    """Stop when Python is too old, or lacks what makes environments."""
    if version < (3, 11):
        raise SystemExit(
            "Python {}.{} is too old: 3.11 or newer is needed. "
            "Get it from https://www.python.org/downloads/ and run this with it.".format(*version)
        )
    if importlib.util.find_spec("ensurepip") is None:
        raise SystemExit(
            "This Python cannot make environments (ensurepip is missing). "
            "On Debian and Ubuntu: sudo apt install python3-venv"
        )


def set_up(environment, cpu):
    """Make the environment unless it is there already; return its Python."""
    folder = "Scripts" if os.name == "nt" else "bin"
    python = os.path.join(environment, folder, "python.exe" if os.name == "nt" else "python")
    stamp = os.path.join(environment, "set-up-done")
    wanted = fingerprint(cpu)
    if os.path.exists(stamp):
        with open(stamp, encoding="utf-8") as file:
            if file.read() == wanted:
                return python
    need_space(os.path.dirname(environment), cpu)
    print("Setting up {} (once; minutes, mostly for torch).".format(environment), flush=True)
    check([sys.executable, "-m", "venv", environment], "The environment cannot be made.")
    install = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    torch = cpu_build(python) if cpu else "torch"
    constraints = ["--constraint", CONSTRAINTS]
    check(
        install + constraints + [torch, "--editable", ROOT + "[test]"],
        "pip could not install the packages; its reason stands above. If it names a connection, "
        "no package registry can be reached: check the network or the proxy (HTTPS_PROXY), "
        "and run the same command again.",
    )
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(wanted)
    return python


def cpu_build(python):
    """Return what pip is to install as torch: its CPU build, by the address in torch's own index.

    Where that index gives none, say so and return "torch", which pip takes from where it takes all.
    """
    # No other index is asked: of two that have a name, pip takes the higher version, so each could
    # give a package of the other's name.
    environ = {name: value for name, value in os.environ.items() if name not in INDEXES}
    asked = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps"]
        + ["--retries", "0", "--timeout", "15", "--report", "-"]
        + ["--index-url", CPU_WHEELS, "--constraint", CONSTRAINTS, "torch"],
        env=dict(environ, PIP_CONFIG_FILE=os.devnull),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    if asked.returncode:
        print(
            "torch's own index, {}, cannot be reached or has no build for this Python, so torch "
            "comes from the registry that pip knows (on Linux with CUDA).".format(CPU_WHEELS),
            flush=True,
        )
        return "torch"
    return json.loads(asked.stdout.decode())["install"][0]["download_info"]["url"]


def programs_first(python):
    """Return the environment with this Python's programs first: nbgrader calls `alembic`."""
    path = os.pathsep.join([os.path.dirname(python), os.environ.get("PATH", "")])
    return dict(os.environ, PATH=path)


def fingerprint(cpu):
    """Return what the environment depends on, as a digest."""
    digest = hashlib.sha256(repr((ROOT, sys.version, cpu)).encode())
    # The last one is copied into the environment.
    for name in ("pyproject.toml", "constraints.txt", "nbjudge/nbgrader_ext/nbgrader_config.json"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def need_space(folder, cpu):
    """Stop when the disk is too full; only Linux gets torch's CUDA build by default."""
    needed = 8 if sys.platform == "linux" and not cpu else 3
    free = shutil.disk_usage(folder).free / GIGABYTE
    if free < needed:
        raise SystemExit(
            "Not enough disk: {:.1f} GB are free in {}, {} GB are needed.{}".format(
                free, folder, needed, "" if cpu else " With --cpu, 3 GB are enough."
            )
        )


def check(command, failure):
    """Run a command; stop with an explanation when it fails."""
    if subprocess.call(command):
        raise SystemExit(failure)


if __name__ == "__main__":
    raise SystemExit(main())
