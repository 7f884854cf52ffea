# %% cant_change_a_file_outside
import os, shutil
for attempt in (
    lambda: open("<<canary>>", "w").write("x"),
    lambda: open("<<canary>>", "a").write("x"),
    lambda: os.truncate("<<canary>>", 0),
    lambda: os.open("<<canary>>", os.O_RDONLY | os.O_TRUNC),
    lambda: os.unlink("<<canary>>"),
    lambda: os.rename("<<canary>>", "mine"),
    lambda: os.link("<<canary>>", "mine"),
    lambda: shutil.rmtree(os.path.dirname("<<canary>>")),
):
    try:
        attempt()
    except BaseException as error:
        print(type(error).__name__)
# %% cant_change_what_a_file_outside_says_of_itself
import os
for attempt in (
    lambda: os.chmod("<<canary>>", 0o777),
    lambda: os.utime("<<canary>>", (0, 0)),
    lambda: os.chown("<<canary>>", 65534, 65534),
    lambda: os.setxattr("<<canary>>", "user.x", b"x"),
    lambda: os.chmod("<<folder>>", 0o777),
):
    try:
        attempt()
    except BaseException as error:
        print(type(error).__name__)
# %% cant_change_attributes_with_the_newest_calls
import ctypes
libc = ctypes.CDLL(None)
path = b"<<canary>>"
print(libc.syscall(452, -100, path, 0o777, 0))
print(libc.syscall(463, -100, path, 0, b"user.x", b"x", 1))
print(libc.syscall(469, -100, path, b"\0" * 64, 24, 0))
print(libc.syscall(468 + 30, -100, path, 0, 0, 0))
# %% cant_make_a_file_outside
# harmful
import os
for path in ("<<folder>>/new", "/tmp/<<token>>", "/var/tmp/<<token>>", "/dev/shm/<<token>>", os.path.expanduser("~root/<<token>>"), "/run/<<token>>"):
    for attempt in (lambda: open(path, "w"), lambda: os.mkdir(path), lambda: os.mkfifo(path), lambda: os.symlink("x", path)):
        try:
            attempt()
            print("MADE", path)
        except BaseException as error:
            print(type(error).__name__)
# %% cant_come_back_later
# harmful
import os, sys, site
for path in (os.path.join(os.path.dirname(torch.__file__), "x.py"), os.path.join(os.path.dirname(os.path.dirname(torch.__file__)), "x.pth"), "<<folder>>/.bashrc", os.__file__ + "x", "/etc/cron.d/x", "/var/spool/cron/x"):
    try:
        open(path, "w").write("import os")
        print("MADE", path)
    except BaseException as error:
        print(type(error).__name__)
# %% cant_start_a_process
import os, subprocess, multiprocessing
for attempt in (
    os.fork, lambda: os.system("touch <<canary>>.made"), lambda: subprocess.run(["true"]),
    lambda: os.posix_spawn("/bin/true", ["true"], {}), lambda: os.execv("/bin/true", ["true"]),
    lambda: multiprocessing.Process(target=print).start(), lambda: os.popen("true").read(),
):
    try:
        print(attempt())
    except BaseException as error:
        print(type(error).__name__)
# %% cant_start_a_process_by_magic
get_ipython().run_line_magic("sx", "touch <<canary>>.made")
# %% cant_start_a_shell_by_an_exclamation_mark
!touch <<canary>>.made
# %% cant_start_a_shell_by_cell_magic
get_ipython().run_cell_magic("bash", "", "touch <<canary>>.made")
# %% cant_leave_a_daemon_behind
# harmful
import os, time
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
except BaseException as error:
    print(type(error).__name__)
# %% cant_bomb_with_forks
# dangerous
import os
for _ in range(10_000):
    try:
        os.fork()
    except BaseException:
        pass
# %% cant_bomb_with_threads
# dangerous
import threading, time
threads = []
for _ in range(100_000):
    try:
        threads.append(threading.Thread(target=time.sleep, args=(100,)))
        threads[-1].start()
    except BaseException:
        pass
# %% cant_take_all_memory
# dangerous
kept = []
while True:
    try:
        kept.append(bytearray(50_000_000))
    except BaseException:
        pass
# %% cant_take_all_memory_in_one_tensor
# dangerous
huge = torch.ones(100_000, 100_000)
# %% cant_take_all_memory_in_a_call
# dangerous
def dot_product_attention(query, keys, values):
    return torch.ones(100_000, 100_000), query
# %% cant_fill_the_disk
# dangerous
index = 0
while True:
    try:
        with open(f"file{index}", "wb") as file:
            file.write(b"x" * 20_000_000)
    except BaseException:
        pass
    index += 1
# %% cant_fill_the_disk_with_empty_files
# dangerous
import os
for index in range(10_000_000):
    try:
        open(f"file{index}", "w").close()
    except BaseException:
        pass
# %% cant_fill_the_disk_behind_a_folder_that_nobody_can_list
# dangerous
import os
os.mkdir("blind", 0o300)
for index in range(10_000_000):
    try:
        with open(f"blind/{index}", "wb") as file:
            file.write(b"x" * 1_000_000)
    except BaseException:
        pass
# %% cant_leave_a_tree_that_cannot_be_removed
# harmful
import os
for _ in range(900):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
os.mkdir("closed", 0)
# %% cant_print_for_ever
# dangerous
while True:
    print("x" * 100_000)
# %% cant_print_for_ever_to_the_descriptor
# dangerous
import os
while True:
    os.write(1, b"x" * 100_000)
# %% cant_display_a_million_times
# dangerous
from IPython.display import display
for _ in range(1_000_000):
    display("x")
# %% cant_show_a_picture_that_unpacks_to_gigabytes
import struct, zlib
from IPython.display import Image, display
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = zlib.compress(b"\0" * 30_000_000)
bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
display(Image(bomb))
print("BOMB" if len(bomb) > 10**9 else "small")
# %% cant_run_for_ever
# dangerous
while True:
    pass
# %% cant_run_for_ever_though_it_catches_everything
# dangerous
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
# %% cant_run_for_ever_with_signals_ignored
# dangerous
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
# %% cant_hang_in_a_call
# dangerous
def dot_product_attention(query, keys, values):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
# %% cant_sleep_for_ever
# dangerous
import time
time.sleep(10_000)
# %% cant_hang_in_c
# dangerous
import re
re.match(r"(a+)+$", "a" * 60 + "b")
# %% cant_stop_itself_for_ever
# dangerous
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
# %% cant_crash_the_judge_by_crashing
import ctypes
ctypes.string_at(0)
# %% cant_crash_the_judge_by_endless_recursion
import sys
sys.setrecursionlimit(10**9)
def down(n):
    return down(n + 1)
down(0)
# %% cant_leave_a_core_dump
import os, resource
try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except BaseException as error:
    print(type(error).__name__)
os.abort()
# %% cant_kill_the_judge
# harmful
import os, signal
for pid in (os.getppid(), int("<<judge>>"), int("<<victim>>"), -1, 0, -os.getppid(), -int("<<victim>>")):
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(pid, number) if pid else None
        except BaseException as error:
            print(type(error).__name__)
# %% cant_kill_by_other_calls
# harmful
import ctypes, os, signal
libc = ctypes.CDLL(None)
for pid in (os.getppid(), int("<<victim>>")):
    print(libc.syscall(200, pid, 9), libc.syscall(234, pid, pid, 9), libc.syscall(129, pid, 9, b"\0" * 128))
    fd = libc.syscall(434, pid, 0)
    print(fd, libc.syscall(424, fd, 9, 0, 0))
# %% cant_kill_by_owning_a_descriptor
import fcntl, os, socket
one, two = socket.socketpair()
for command in (8, 8 | (1 << 32)):
    import ctypes
    print(ctypes.CDLL(None).fcntl(one.fileno(), ctypes.c_long(command), int("<<victim>>")))
    print(ctypes.CDLL(None).fcntl(one.fileno(), ctypes.c_long(10), 9))
    print(ctypes.CDLL(None).fcntl(one.fileno(), ctypes.c_long(4), 0o20000))
two.send(b"x")
# %% cant_slow_down_others
# harmful
import ctypes, os
for attempt in (
    lambda: os.setpriority(os.PRIO_PROCESS, int("<<victim>>"), 19),
    lambda: os.setpriority(os.PRIO_USER, 0, 19),
    lambda: os.sched_setaffinity(int("<<victim>>"), {0}),
    lambda: __import__("resource").prlimit(int("<<victim>>"), 7, (1, 1)),
    lambda: os.sched_setscheduler(int("<<victim>>"), os.SCHED_IDLE, os.sched_param(0)),
):
    try:
        attempt()
    except BaseException as error:
        print(type(error).__name__)
# %% cant_outlive_the_judge_by_clearing_the_death_signal
import ctypes
print(ctypes.CDLL(None).prctl(1, 0, 0, 0, 0))
print(ctypes.CDLL(None).syscall(157, ctypes.c_long(1 | (1 << 32)), 0, 0, 0, 0))
# %% cant_leave_shared_memory_behind
# harmful
import ctypes
from multiprocessing import shared_memory
libc = ctypes.CDLL(None)
print(libc.shmget(4242, 4096, 0o1777), libc.msgget(4242, 0o1777), libc.semget(4242, 1, 0o1777))
try:
    shared_memory.SharedMemory("<<token>>", create=True, size=10)
except BaseException as error:
    print(type(error).__name__)
# %% cant_gain_rights
# harmful
import ctypes, os
libc = ctypes.CDLL(None)
for attempt in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.chroot("/"), lambda: libc.unshare(0x10000000), lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, 0), lambda: libc.setns(3, 0)):
    try:
        print(attempt())
    except BaseException as error:
        print(type(error).__name__)
print(open("/proc/self/status").read().split("CapEff:")[1][:18])
assert int(open("/proc/self/status").read().split("CapEff:")[1].split()[0], 16) == 0 or print("CONNECTED")
# %% cant_change_the_clock_or_the_host_name
# harmful
import ctypes, socket, time
print(ctypes.CDLL(None).sethostname(b"x", 1))
for attempt in (lambda: time.clock_settime(time.CLOCK_REALTIME, 0), lambda: socket.sethostname("x")):
    try:
        attempt()
    except BaseException as error:
        print(type(error).__name__)
# %% cant_pass_descriptors_to_the_judge
import array, os, socket
for number in range(3, 64):
    try:
        end = socket.socket(fileno=os.dup(number))
        for _ in range(100):
            end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
    except OSError:
        pass
# %% cant_write_terminal_commands_into_a_message
class Evil(Exception):
    pass
Evil.__name__ = "\x1b]0;TITLE\x07\x1b[2J\u202e"
def dot_product_attention(query, keys, values):
    raise Evil("\x1b]0;TITLE\x07\x1b[2J \u202e <" + "img onerror=alert(1)>")
# %% cant_send_a_message_of_a_hundred_megabytes
def dot_product_attention(query, keys, values):
    raise ValueError("x" * 100_000_000)
# %% cant_show_a_script
from IPython.display import HTML, Javascript, SVG, display
display(HTML("<script>HIJACK</script>"), Javascript("HIJACK"), SVG("<svg onload='HIJACK'/>"))
# %% cant_ask_the_person_who_grades
print("HI" + "JACK", input("?"))
# %% cant_lift_the_limit_of_outputs_over_there
import gc
from IPython.display import Image, display
shell = get_ipython()
shell.recorder.most_outputs = shell.recorder.most_bytes = 10**12
import struct
for _ in range(60):
    display(Image(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 9, 9) + b"x" * 1_000_000))
