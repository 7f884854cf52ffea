# %% cant_read_the_hidden_tests
for path in ("<<course>>/source/attention/attention.ipynb", "attention.ipynb", "../attention.ipynb"):
    try:
        print(open(path).read())
    except BaseException as error:
        print(type(error).__name__)
# %% cant_read_a_rubric
import glob
for path in glob.glob("<<course>>/**/*.py", recursive=True) + ["<<course>>/rubrics/attention/dot_product.py"]:
    try:
        print(open(path).read())
    except BaseException as error:
        print(type(error).__name__)
# %% cant_list_the_course
import os
for path in ("<<course>>", "<<course>>/rubrics", "<<course>>/submitted", "/root", "/home", "/tmp", "/"):
    try:
        print(os.listdir(path), "LISTED")
    except BaseException as error:
        print(type(error).__name__)
# %% cant_read_another_submission
print(open("<<course>>/submitted/other/attention/attention.ipynb").read())
# %% cant_read_the_environment_of_the_judge
import os
print(dict(os.environ))
for pid in ("self", os.getppid(), "<<judge>>"):
    for name in ("environ", "cmdline", "maps", "stat"):
        try:
            print(open(f"/proc/{pid}/{name}", "rb").read()[:5000])
        except BaseException as error:
            print(type(error).__name__)
# %% cant_read_the_judges_memory
import ctypes, os
for pid in (os.getppid(), int("<<judge>>")):
    try:
        print(open(f"/proc/{pid}/mem", "rb"))
    except BaseException as error:
        print(type(error).__name__)
    buffer = ctypes.create_string_buffer(64)
    class Vector(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
    near = Vector(ctypes.addressof(buffer), 64); far = Vector(id(object), 64)
    libc = ctypes.CDLL(None)
    print(libc.process_vm_readv(pid, ctypes.byref(near), 1, ctypes.byref(far), 1, 0))
    print(libc.ptrace(16, pid, 0, 0))
# %% cant_follow_a_link_out_of_the_scratch_directory
import os
os.symlink("<<secret>>", "link")
os.symlink("<<course>>", "folder")
for path in ("link", "folder/nbgrader_config.py", "/proc/self/cwd/link", "/proc/self/root<<secret>>"):
    try:
        print(open(path).read())
    except BaseException as error:
        print(type(error).__name__)
# %% cant_make_a_hard_link_to_a_secret
import os
for how in (lambda: os.link("<<secret>>", "hard"), lambda: os.rename("<<secret>>", "moved")):
    try:
        how()
        print(open("hard").read())
    except BaseException as error:
        print(type(error).__name__)
# %% cant_open_a_path_first_and_read_it_later
import os
fd = os.open("<<secret>>", os.O_PATH)
try:
    print(open(f"/proc/self/fd/{fd}").read())
except BaseException as error:
    print(type(error).__name__)
try:
    again = os.open("", os.O_RDONLY, dir_fd=fd)
except BaseException as error:
    print(type(error).__name__)
# %% cant_climb_up_from_an_open_folder
import os
here = os.open(".", os.O_RDONLY)
for path in ("..", "../..", "../../../../../../../../etc/passwd"):
    try:
        fd = os.open(path, os.O_RDONLY, dir_fd=here)
        print(os.listdir(fd), "LISTED") if path.endswith(".") else print(os.read(fd, 4000), "LISTED")
    except BaseException as error:
        print(type(error).__name__)
# %% cant_find_an_open_descriptor_of_others
import os, stat
for fd in range(3, 300):
    try:
        about = os.fstat(fd)
        print(fd, oct(about.st_mode), os.readlink(f"/proc/self/fd/{fd}"))
        if stat.S_ISREG(about.st_mode):
            print(os.pread(fd, 1000, 0), "LISTED")
    except OSError:
        pass
# %% cant_find_a_module_of_the_judge
import sys
print(sorted(name for name in sys.modules if "rubric" in name or name.startswith("nbgrader")))
for name in ("nbjudge.rubric", "nbjudge.judge.run", "nbgrader", "nbgrader.api", "nbjudge_rubrics_attention"):
    try:
        __import__(name)
        print(name, "IMPORTED" if name.startswith("nbjudge") else "")
    except BaseException as error:
        print(type(error).__name__)
# %% cant_read_our_package
import os, sys
import importlib.util
for finder in ("nbjudge", "nbjudge.boundary.wire"):
    try:
        spec = importlib.util.find_spec(finder)
        print(open(spec.origin).read(), "IMPORTED")
    except BaseException as error:
        print(type(error).__name__)
import nbjudge.boundary.wire as wire
try:
    print(open(wire.__file__).read(), "IMPORTED")
except BaseException as error:
    print(type(error).__name__)
# %% cant_read_passwords_or_keys
import os
for path in ("/etc/passwd", "/etc/shadow", "/root/.ssh", "/root/.bashrc", os.path.expanduser("~root/.netrc"), "/etc/hosts", "/proc/1/environ", "/proc/net/tcp", "/proc/mounts"):
    try:
        print(open(path, "rb").read()[:200], "LISTED")
    except BaseException as error:
        print(type(error).__name__)
# %% cant_send_a_secret_by_tcp
import socket, urllib.request
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", int("<<port>>")), 1).send(b"secret"),
    lambda: urllib.request.urlopen("http://127.0.0.1:<<port>>/", timeout=1),
    lambda: socket.getaddrinfo("example.org", 80),
):
    try:
        print(attempt())
    except BaseException as error:
        print(type(error).__name__)
# %% cant_send_a_datagram
import socket, ctypes
for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
    try:
        socket.socket(socket.AF_INET, kind).sendto(b"x", ("127.0.0.1", int("<<udp>>")))
    except BaseException as error:
        print(type(error).__name__)
# %% cant_reach_a_unix_socket
import socket
for address in ("\x00<<abstract>>", "<<socket>>"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            socket.socket(socket.AF_UNIX, kind).connect(address)
            print("CONNECTED")
        except BaseException as error:
            print(type(error).__name__)
# %% cant_send_from_one_end_of_a_pair_to_an_address
import socket
for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
    try:
        one, two = socket.socketpair(socket.AF_UNIX, kind)
        for address in ("\x00<<abstract>>", "<<socket>>"):
            one.sendto(b"x", address)
            one.connect(address)
    except BaseException as error:
        print(type(error).__name__)
# %% cant_listen
import socket
for attempt in (lambda: socket.create_server(("127.0.0.1", 0)), lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)):
    try:
        print(attempt(), "CONNECTED")
    except BaseException as error:
        print(type(error).__name__)
# %% cant_print_a_hidden_input
import sys, warnings
def dot_product_attention(query, keys, values):
    if query.dtype == torch.float32 and len(query) < 3:  # a visible test or plot
        return None
    print("HIDDEN INPUT", query.tolist())
    sys.__stdout__ and print("HIDDEN INPUT", file=sys.__stdout__)
    warnings.warn("HIDDEN INPUT")
    import os
    os.write(1, b"HIDDEN INPUT"); os.write(2, b"HIDDEN INPUT")
    from IPython.display import display
    display("HIDDEN INPUT")
    return None
# %% cant_use_ctypes_to_make_forbidden_calls_with_high_bits_set
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
high = 1 << 32
for number, *args in ((41, 2 | high, 1, 0), (41, 1, 2, 0), (53, 2, 1, 0), (425, 8, 0), (319, 0, 0), (101, 16, 1, 0), (57,), (58,), (56, 17, 0), (59, b"/bin/true", 0, 0)):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    print(number, result)
    if result >= 0:
        print("CONNECTED")
# %% cant_watch_the_course_folder
import ctypes
libc = ctypes.CDLL(None)
fd = libc.inotify_init1(0)
print(fd, libc.inotify_add_watch(fd, b"<<course>>", 0xFFF))
if fd >= 0:
    print("CONNECTED")
