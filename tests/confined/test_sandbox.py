"""What student code must not do, tried in real confined processes; and what it must still do.

Every attempt is also made without the sandbox, where it has to succeed: so none is refused by a
mistake of its own. An attempt that fails in another way than by a refusal counts as broken.
"""

import functools
import json
import os
import platform
import shutil
import site
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "nbjudge"
NOBODY = 65534
ME = os.getuid()
USERS = [ME, NOBODY] if ME == 0 else [ME]
ABIS = [None, 1, 3, 5]  # 1: the first; 3: truncation; 5: the last without signals and sockets
KERNELS = [(ME, abi) for abi in ABIS] + [(user, abi) for user in USERS[1:] for abi in (None, 1)]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement is Linux's")

# Runs in a fresh interpreter of one thread, as pytest's own has several. For each attempt: a fork,
# confined or not, that says how it went.
RUNNER = r"""
import json, os, sys
job = json.loads(sys.argv[1])
sys.path[:0] = [job["package"]]
sys.path += job["packages"]
import contextlib, ctypes, errno, fcntl, resource, shutil, signal, socket, tempfile, traceback
exec(job["warm"])
from nbjudge.confined.allowlist import readable_paths
from nbjudge.confined.sandbox import Policy, SandboxError, confine

libc = ctypes.CDLL(None, use_errno=True)
readable, listable = readable_paths()
place = tempfile.mkdtemp(dir=job["place"])
outside, canary = place + "/outside", place + "/outside/canary"
parent = os.getpid()
sibling = os.fork()
if sibling == 0:
    libc.prctl(1, int(signal.SIGKILL), 0, 0, 0)
    signal.pause()
tcp = socket.create_server(("127.0.0.1", 0))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
listening = socket.socket(socket.AF_UNIX)
listening.bind("\0" + place)
listening.listen()
named = socket.socket(socket.AF_UNIX)
named.bind(place + "/socket")
named.listen()

def call(number, *arguments):
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = libc.syscall(ctypes.c_long(number), *wide)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result

def must(happened):
    if not happened:
        raise PermissionError("it had no effect")

def undo(function, *arguments):
    with contextlib.suppress(OSError):  # what counts is whether it could be done
        function(*arguments)

def attempt(code, pipe):
    scratch = tempfile.mkdtemp(dir=place)
    theirs, ours = socket.socketpair()
    given = {"scratch": scratch, "readable": tuple(readable), "listable": tuple(listable),
             "cpu_seconds": 60, "memory_bytes": 2**31, "file_bytes": 2**20, "open_files": 64}
    policy = Policy(**{**given, **job["policy"]}, keep_fds=(pipe, theirs.fileno()))
    try:
        confine(policy) if job["confined"] else os.chdir(scratch)
        exec(code, {**globals(), **locals()})
        return "done"
    except OSError as error:
        return "refused: " + errno.errorcode.get(error.errno, str(error))
    except MemoryError:
        return "refused: memory"
    except SandboxError as error:
        return f"SandboxError: {error}"
    except BaseException:
        return "broken: " + traceback.format_exc()

def result(code):
    shutil.rmtree(outside, ignore_errors=True)
    os.mkdir(outside)
    with open(canary, "w") as file:
        file.write("secret")
    os.chmod(canary, 0o600)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, attempt(code, writer).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        told = pipe.read()
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return "killed: " + signal.Signals(os.WTERMSIG(status)).name
    return told

print(json.dumps({name: result(code) for name, code in job["attempts"].items()}))
os.kill(sibling, signal.SIGKILL)
"""

ATTEMPTS = {
    # files
    "read_a_file_outside": "open(canary).read()",
    "write_a_file_outside": "open(canary, 'w')",
    "append_to_a_file_outside": "open(canary, 'a')",
    "make_a_file_outside": "open(canary + '2', 'w')",
    "make_a_folder_outside": "os.mkdir(canary + '2')",
    "remove_a_file_outside": "os.unlink(canary)",
    "rename_a_file_outside": "os.rename(canary, canary + '2')",
    "move_a_file_in": "os.rename(canary, 'mine')",
    "link_a_file_in": "os.link(canary, 'mine')",
    "read_through_a_link": "os.symlink(canary, 'mine'); open('mine').read()",
    "read_through_dots": "open('../outside/canary').read()",
    "list_a_folder_outside": "os.listdir(outside)",
    "empty_a_file_outside": "os.truncate(canary, 0)",
    "empty_a_file_while_reading": (
        "os.open(canary, os.O_RDONLY | os.O_TRUNC); must(not os.path.getsize(canary))"
    ),
    # Neither reading nor writing asks Landlock for nothing.
    "open_a_file_in_the_fourth_mode": "os.open(canary, os.O_ACCMODE)",
    "empty_a_file_in_the_fourth_mode": (
        "os.open(canary, os.O_ACCMODE | os.O_TRUNC); must(not os.path.getsize(canary))"
    ),
    "open_a_device_in_the_fourth_mode": "os.open('/dev/full', os.O_ACCMODE)",
    "open_other_devices": "os.open('/dev/full', os.O_RDWR)",
    "chmod_a_file_outside": "os.chmod(canary, 0o777); must(os.stat(canary).st_mode & 0o007)",
    "chmod_by_the_newest_call": (
        "call(452, -100, canary.encode(), 0o777, 0); must(os.stat(canary).st_mode & 0o007)"
    ),
    "date_a_file_outside": "os.utime(canary, (9, 9)); must(os.stat(canary).st_mtime == 9)",
    "name_an_attribute_outside": (
        "os.setxattr(canary, 'user.x', b'x'); must(os.listxattr(canary) == ['user.x'])"
    ),
    "read_passwd": "open('/etc/passwd').read()",
    "read_shared_memory_files": (
        "open('/dev/shm/' + os.path.basename(place), 'w')\n"
        "undo(os.unlink, '/dev/shm/' + os.path.basename(place))"
    ),
    "read_the_judge": "open(job['package'] + '/nbjudge/boundary/wire.py').read()",
    "import_the_judge": "import nbjudge.boundary.wire",
    "list_the_judge": "os.listdir(job['package'] + '/nbjudge/confined')",
    "make_a_socket_file": "os.mknod('socket', 0o140600)",
    "use_ioctls_of_file_systems": "fcntl.ioctl(os.open(os.__file__, 0), 0x80086601, bytearray(8))",
    "reserve_the_disk": "call(285, os.open('x', 66), 1, 0, 2**22)",  # FALLOC_FL_KEEP_SIZE
    "make_a_file_without_a_path": "os.memfd_create('x')",
    # network
    "connect_by_tcp": "socket.create_connection(tcp.getsockname(), 1)",
    "send_a_datagram": (
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', udp.getsockname())"
    ),
    "listen": "socket.create_server(('127.0.0.1', 0))",
    "connect_to_an_abstract_socket": "socket.socket(socket.AF_UNIX).connect('\\0' + place)",
    "connect_to_a_socket_with_a_path": "socket.socket(socket.AF_UNIX).connect(place + '/socket')",
    "have_a_pair_that_sends_anywhere": "socket.socketpair(type=socket.SOCK_DGRAM)",
    "hide_a_datagram_pair_in_high_bits": (
        "call(53, 1, 2 | 1 << 32, 0, ctypes.byref((ctypes.c_int * 2)()))"
    ),
    # processes
    "fork": "os.fork() or os._exit(0)",
    "clone": "call(56, signal.SIGCHLD, 0, 0, 0, 0) or os._exit(0)",
    "run_a_program": "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "become_a_program": (
        "os.set_inheritable(pipe, True)\nos.execv('/bin/sh', ['sh', '-c', f'printf done >&{pipe}'])"
    ),
    # other processes
    "signal_the_parent": "os.kill(parent, 0)",
    "signal_a_sibling": "os.kill(sibling, 0)",
    "signal_a_thread_of_the_parent": "call(234, parent, parent, 0)",
    "signal_by_thread_number": "call(200, parent, 0)",
    "signal_everybody": "os.kill(-1, 0)",
    "signal_its_group": "os.kill(0, 0)",
    "signal_in_high_bits": "call(62, parent | 1 << 32, 0)",
    "signal_by_pidfd": "signal.pidfd_send_signal(os.pidfd_open(parent), 0)",
    "be_notified_in_the_parents_name": "fcntl.fcntl(theirs, fcntl.F_SETOWN, parent)",
    "be_notified_in_a_siblings_name": "call(72, theirs.fileno(), 8 | 1 << 32, sibling)",
    "choose_the_signal_of_a_notice": "fcntl.fcntl(theirs, 10, int(signal.SIGKILL))",
    "own_a_socket_by_ioctl": "fcntl.ioctl(theirs, 0x8901, sibling.to_bytes(4, 'little'))",
    "own_a_pipe_by_lease": "fcntl.fcntl(os.open(canary, 0), fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "read_the_parents_environment": "open(f'/proc/{parent}/environ', 'rb').read()",
    "read_the_parents_command_line": "open(f'/proc/{parent}/cmdline', 'rb').read()",
    "list_the_processes": "os.listdir('/proc')",
    "lower_the_parents_priority": "os.setpriority(0, parent, os.getpriority(0, parent))",
    "bind_the_parent_to_a_core": "os.sched_setaffinity(parent, os.sched_getaffinity(0))",
    "limit_the_parent": (
        "resource.prlimit(parent, resource.RLIMIT_CORE, "
        "resource.prlimit(parent, resource.RLIMIT_CORE))"
    ),
    "outlive_the_parent": "call(157, 1, 0, 0, 0, 0)",
    "outlive_the_parent_in_high_bits": "call(157, 1 | 1 << 32, 0, 0, 0, 0)",
    "become_open_to_debuggers": "call(157, 4, 1, 0, 0, 0)",
    "adopt_orphans": "call(157, 36, 1, 0, 0, 0)",
    # memory of the kernel, and wide doors of it
    "make_shared_memory": "undo(call, 31, call(29, 0, 4096, 0o600), 0, 0)",
    "make_a_queue": "undo(call, 71, call(68, 0, 0o600), 0, 0)",
    "make_semaphores": "undo(call, 66, call(64, 0, 1, 0o600), 0, 0)",
    "watch_files": "call(294, 0)",
    "make_landlock_rules": "call(444, ctypes.byref((ctypes.c_uint64 * 3)(1, 0, 0)), 24, 0)",
    "submit_asynchronously": "call(206, 1, ctypes.byref(ctypes.c_ulong(0)))",
    "change_its_personality": "call(135, 0xFFFFFFFF)",
}
# What kernels and containers refuse by themselves now and then; no control for these.
NOT_FOR_ALL = {
    "use_io_uring": "call(425, 1, ctypes.byref((ctypes.c_char * 120)()))",
    "have_a_name_space": "call(272, 0x10000000)",
    "mount": "call(165, b'none', outside.encode(), b'tmpfs', 0, 0)",
    "change_root": "os.chroot(outside)",
    "debug_the_parent": "call(101, 16, parent, 0, 0)",
    "read_the_parents_memory": "open(f'/proc/{parent}/mem', 'rb')",
    "read_the_parents_memory_by_call": (
        "here, there = (ctypes.create_string_buffer(8) for _ in 'ab')\n"
        "vector = (ctypes.c_void_p * 2)(ctypes.addressof(here), 8)\n"
        "call(310, parent, ctypes.byref(vector), 1, ctypes.byref(vector), 1, 0)"
    ),
    "have_keys": "call(250, 0, -3, 1)",
    "trace_performance": "call(298, ctypes.byref((ctypes.c_char * 120)(1)), 0, -1, -1, 0)",
    "load_kernel_programs": "call(321, 0, ctypes.byref((ctypes.c_char * 120)()), 120)",
    "handle_page_faults": "call(323, 1)",
    "open_by_handle": "call(304, -100, ctypes.byref((ctypes.c_char * 64)()), 0)",
    "become_another_user": "os.setresuid(65533, 65533, 65533)",
    "lock_memory": "call(151, 1)",
    "take_a_core": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
    "lose_a_file_to_nobody": "os.chown(canary, 65533, -1); must(os.stat(canary).st_uid == 65533)",
    "use_calls_of_newer_kernels": "[call(number, 0, 0, 0, 0) for number in range(470, 512)]",
}


def python_for(user):
    """Return an interpreter of this version that `user` may run."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for one in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if os.path.exists(one) and (user == ME or open_to_all(one)):
            return one
    pytest.skip("There is no Python of this version that every user of this machine can read.")


def open_to_all(path):
    real = Path(path).resolve()
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (real, *real.parents))


@pytest.fixture(scope="module")
def place():
    """A folder that every user can enter, with a copy of what runs with the student."""
    folder = Path(tempfile.mkdtemp(prefix="nbjudge-test-"))
    folder.chmod(0o755)
    package = folder / "package/nbjudge"
    for part in ("boundary", "confined"):
        (package / part).mkdir(parents=True)
    for name in ("__init__.py", *(path.relative_to(PACKAGE) for path in modules_of_a_student())):
        shutil.copyfile(PACKAGE / name, package / name)
    for user in USERS:
        (folder / str(user)).mkdir()
        os.chown(folder / str(user), user, -1)
    yield folder
    shutil.rmtree(folder)


def modules_of_a_student():
    return [*PACKAGE.glob("boundary/*.py"), *PACKAGE.glob("confined/*.py")]


def start(place, user, attempts, confined=True, warm="", **policy):
    """Return a runner of `attempts` that has been started."""
    packages = [one for one in site.getsitepackages() if user == ME or open_to_all(one)]
    job = {"package": str(place / "package"), "packages": packages, "place": str(place / str(user)),
           "confined": confined, "attempts": attempts, "warm": warm, "policy": policy}  # fmt: skip
    other = {} if user == ME else {"user": user, "group": user, "extra_groups": []}
    return subprocess.Popen(
        [python_for(user), "-I", "-c", RUNNER, json.dumps(job)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        **other,
    )


def results(*arguments, **how):
    with start(*arguments, **how) as runner:
        out, errors = runner.communicate(timeout=60)
    assert runner.returncode == 0, errors
    return json.loads(out)


def result(place, code, user=ME, **how):
    return results(place, user, {"it": code}, **how)["it"]


@functools.cache
def all_results(place, user, abi, confined=True):
    """Make all attempts once for one user and one Landlock."""
    attempts = ATTEMPTS | NOT_FOR_ALL if confined else ATTEMPTS
    return results(place, user, attempts, confined=confined, landlock_abi=abi)


@pytest.mark.parametrize(("user", "abi"), KERNELS)
@pytest.mark.parametrize("attempt", ATTEMPTS | NOT_FOR_ALL)
def test_cant(place, attempt, user, abi):
    assert all_results(place, user, abi)[attempt].startswith("refused")


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_can_without_the_sandbox(place, attempt, user):
    assert all_results(place, user, None, confined=False)[attempt] == "done"


LIMITS = {
    "memory_bytes": (2**27, 2**30, "bytearray(2**28)", "refused: memory"),
    "file_bytes": (2**16, 2**20, "open('x', 'wb').write(bytes(2**18))", "refused: EFBIG"),
    "open_files": (32, 256, "kept = [open('/dev/null') for _ in range(99)]", "refused: EMFILE"),
    "cpu_seconds": (1, 60, "import time\nwhile time.process_time() < 1.3: pass", "killed: SIGXCPU"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_cant_use_more_than_the_limit(place, limit):
    low, _, code, refusal = LIMITS[limit]
    assert result(place, code, **{limit: low}) == refusal


@pytest.mark.parametrize("limit", LIMITS)
def test_a_raised_limit_lets_the_same_pass(place, limit):
    _, high, code, _ = LIMITS[limit]
    assert result(place, code, **{limit: high}) == "done"


def test_no_memory_limit_lets_the_same_pass(place):
    assert result(place, LIMITS["memory_bytes"][2], memory_bytes=0) == "done"


def test_a_gpu_takes_the_memory_limit_away_and_leaves_files_closed(place):
    attempts = {"memory": LIMITS["memory_bytes"][2]} | {
        name: ATTEMPTS[name]
        for name in ("read_a_file_outside", "use_ioctls_of_file_systems", "own_a_socket_by_ioctl")
    }
    told = results(place, ME, attempts, gpu=True, memory_bytes=2**27)
    assert told.pop("memory") == "done"
    assert all(text.startswith("refused") for text in told.values()), told


def test_cant_raise_a_limit_again(place):
    raised = "resource.setrlimit(resource.RLIMIT_{}, (2**40, 2**40))"
    names = ("CPU", "AS", "FSIZE", "NOFILE", "CORE", "RTPRIO", "NICE")
    code = "\n".join(
        f"try:\n    {raised.format(name)}\n    must(False)\nexcept (ValueError, OSError): pass"
        for name in names
    )
    told = result(place, f"{code}\nassert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == 2**20")
    assert told == "done"


def test_cant_use_calls_of_other_architectures(place):
    if platform.machine() != "x86_64":
        pytest.skip("x32 is x86_64's")
    assert result(place, "call(0x40000000 | 39)") == "killed: SIGSYS"


def test_cant_use_descriptors_that_were_open(place):
    # 900 lies above a limit that was lowered after it was opened.
    warm = (
        "import os, resource; os.dup2(os.open('/etc/passwd', os.O_RDONLY), 900)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE,"
        " (128, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))"
    )
    code = (
        "kept = [fd for fd in range(3, 1000) if os.path.lexists(f'/proc/self/fd/{fd}')]\n"
        "assert sorted(kept) == sorted([pipe, theirs.fileno()]), kept\n"
        "assert {os.fstat(fd).st_rdev for fd in (0, 1, 2)} == {os.stat('/dev/null').st_rdev}"
    )
    assert result(place, code, warm=warm) == "done"
    assert result(place, "os.read(900, 1)", warm=warm, confined=False) == "done"


def test_cant_be_confined_beside_a_thread_that_is_not(place):
    code = (
        "import threading\nstop = threading.Event()\n"
        "threading.Thread(target=stop.wait, daemon=True).start()\n"
        "try:\n    confine(policy)\nfinally:\n    stop.set()"
    )
    assert "2 threads run here" in result(place, code, confined=False)


@pytest.mark.parametrize("user", USERS)
def test_no_capability_is_left(place, user):
    code = (
        "lines = [line.split(':\\t') for line in open('/proc/self/status').read().splitlines()]\n"
        "held = [n for n, bits in lines if n in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb') "
        "if int(bits, 16)]\n"
        "assert not held, held\nassert ['NoNewPrivs', '1'] in lines"
    )
    assert result(place, code, user) == "done"


def running(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("user", USERS)
def test_cant_outlive_the_parent(place, user):
    code = (
        "try:\n    call(157, 1, 0, 0, 0, 0)\nexcept OSError: pass\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "open('number', 'w').write(str(os.getpid()))\nimport time\ntime.sleep(60)"
    )
    runner = start(place, user, {"it": code})
    numbers = []
    deadline = time.monotonic() + 30
    while not numbers and time.monotonic() < deadline:
        texts = [path.read_text() for path in (place / str(user)).glob("*/*/number")]
        numbers = [int(text) for text in texts if text]
        time.sleep(0.02)
    assert len(numbers) == 1
    assert running(numbers[0])
    runner.kill()
    runner.communicate()
    deadline = time.monotonic() + 10
    while running(numbers[0]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(numbers[0])


NEEDS = {
    "files": (
        "import shutil, tempfile, pathlib\ntempfile.tempdir = os.environ['TMPDIR'] = os.getcwd()\n"
        "pathlib.Path('a').write_text('x')\nshutil.copy('a', 'b')\nshutil.copytree('.', 'c')\n"
        "shutil.move('b', 'c/d')\nassert pathlib.Path('c/d').read_text() == 'x'\n"
        "tempfile.TemporaryFile().write(b'x')\nshutil.rmtree('c')\n"
        "assert os.listdir('.') == ['a'] and not os.isatty(0)"
    ),
    "space_set_aside": "os.posix_fallocate(os.open('x', 66), 0, 4096)",
    "threads": (
        "import threading\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool: assert list(pool.map(abs, [-1])) == [1]"
    ),
    "asyncio": "import asyncio\nassert asyncio.run(asyncio.sleep(0, 1)) == 1",
    "imports": "import colorsys, wave, sqlite3, zoneinfo, decimal, unittest.mock",
    "time_zones": "import zoneinfo\nzoneinfo.ZoneInfo('Europe/Paris')",
    "signals_to_itself": "os.kill(os.getpid(), 0); signal.alarm(9); signal.alarm(0)",
    "random": "os.urandom(8); open('/dev/urandom', 'rb').read(8)",
    "numpy": "import numpy\nassert numpy.linalg.inv(numpy.eye(3) * 2)[0, 0] == 0.5",
    "torch": (
        "import torch\nx = torch.ones(64, 64, requires_grad=True)\n(x @ x).sum().backward()\n"
        "assert x.grad[0, 0] == 128\ntorch.save(x, 'x')\ntorch.load('x')\n"
        "torch.nn.Linear(3, 3)(torch.ones(2, 3)).sum().backward()"
    ),
    "figures": (
        "os.environ['MPLCONFIGDIR'] = os.getcwd()\nimport matplotlib\nmatplotlib.use('Agg')\n"
        "from matplotlib import pyplot\npyplot.title('é √x $x^2$')\npyplot.imshow([[0, 1]])\n"
        "pyplot.savefig('x.png')\nassert os.path.getsize('x.png') > 1000"
    ),
}


@functools.cache
def needs(place, user, abi):
    warm = "import torch, numpy, warnings; torch.set_num_threads(1)"
    return results(place, user, NEEDS, warm=warm, landlock_abi=abi, memory_bytes=2**32,
                   file_bytes=2**24, open_files=256)  # fmt: skip


@pytest.mark.parametrize(("user", "abi"), [(ME, None), (USERS[-1], 1)])
@pytest.mark.parametrize("need", NEEDS)
def test_notebooks_still_have(place, need, user, abi):
    assert needs(place, user, abi)[need] == "done"


def test_our_packages_are_left_out_of_site_packages(place, tmp_path, monkeypatch):
    from nbjudge.confined.allowlist import readable_paths

    packages = tmp_path / "site-packages"
    ours = ("nbjudge", "nbjudge-1.0.dist-info", "__editable__.nbjudge-1.0.pth",
            "__editable___nbjudge_1_0_finder.py")  # fmt: skip
    for name in (*ours, "torch", "torch-2.0.dist-info"):
        (packages / name).mkdir(parents=True)
    monkeypatch.syspath_prepend(str(packages))
    readable, listable = readable_paths()
    granted = [path for path in readable if path.startswith(str(tmp_path))]
    assert sorted(os.path.basename(one) for one in granted) == ["torch", "torch-2.0.dist-info"]
    assert str(packages) in listable
    above = {str(parent) for parent in (*packages.parents, *ROOT.parents, ROOT)}
    assert not above & {*readable, *listable}
    assert not {"/etc", "/etc/passwd", "/home", "/root", "/proc", "/tmp"} & {*readable, *listable}


PROVE = """
from nbjudge.confined import syscalls
from nbjudge.confined import self_test
if not seccomp:
    syscalls.available = lambda: "libseccomp cannot be loaded"
layers = self_test.prove(policy)
missing = [(layer.name, layer.detail) for layer in layers if not layer.held]
assert bool(missing) == wanted, missing
"""


@pytest.mark.parametrize(("user", "abi"), KERNELS)
def test_the_sandbox_proves_itself(place, user, abi):
    code = f"seccomp, wanted = True, False\n{PROVE}"
    assert result(place, code, user, confined=False, landlock_abi=abi) == "done"


@pytest.mark.parametrize(("seccomp", "abi"), [(True, 0), (False, None), (False, 0)])
def test_the_self_test_names_a_missing_layer(place, seccomp, abi):
    code = f"seccomp, wanted = {seccomp}, True\n{PROVE}"
    assert result(place, code, confined=False, landlock_abi=abi) == "done"


def test_a_missing_landlock_is_told_with_its_mend(place):
    told = result(place, "", landlock_abi=0)
    assert told.startswith("SandboxError")
    assert "lsm=" in told


def test_a_missing_libseccomp_is_told_with_its_mend(place):
    hide = (
        "import ctypes.util, sys\nfind = ctypes.util.find_library\n"
        "ctypes.util.find_library = lambda name: None if name == 'seccomp' else find(name)"
    )
    told = result(place, "", warm=hide)
    assert told.startswith("SandboxError")
    assert "apt-get install libseccomp2" in told


def test_what_is_missing_is_returned_and_the_rest_holds_when_tolerated(place):
    code = "assert confine(policy, True)\nassert os.getcwd() == scratch\nos.kill(parent, 0)"
    assert result(place, code, confined=False, landlock_abi=0) == "refused: EPERM"
