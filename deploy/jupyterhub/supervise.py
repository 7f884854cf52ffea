"""Runs the demo's hub as a child: says when it is ready, and ends all of it within seconds.

    Ctrl-C, SIGTERM ──> this process ── SIGTERM ──> hub ── SIGINT ──> services and servers
                                     └─ SIGTERM ──> the watch

The hub ends its services one after the other, and the watch is the slowest: it is told at once.
A server is told by the hub alone, because a second signal comes into the end of the first one and
leaves a traceback in the log. What does not end in time is killed, with whatever else the demo's
accounts still run: these are the demo's own.
"""

import signal
import subprocess
import time
import urllib.request

READY_SECONDS = 120
STOP_SECONDS = 7  # then what is left is killed: the whole takes 10 seconds at the most
SLOWEST = "nbjudge watch"  # and it takes a second signal well
LAST_LINES = 20


def run(command, folder, variables, log, addresses, ready, accounts, lock):
    """Run the hub until it ends or a signal comes; return an exit status.

    Its output goes to the file `log`. `ready` is printed when all of `addresses` answer. `accounts`
    are those whose programs end with the hub. The hub keeps the open file `lock`.
    """
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    with log.open("w", encoding="utf-8") as output:
        hub = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C comes to this process only
            pass_fds=[lock.fileno()],
        )
    try:
        wait_for(addresses, hub)
        if hub.poll() is None:
            print(ready, flush=True)
        status = hub.wait()
    except KeyboardInterrupt:
        print("Stopping.", flush=True)
        end(hub, accounts)
        return 0
    end(hub, accounts)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
    print(
        "\n".join([*lines, f"The hub ended by itself; its last lines stand above, all in {log}."])
    )
    return status or 1


def stop(*_):
    """Interrupt the main program, once: a second Ctrl-C must not interrupt the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def wait_for(addresses, hub):
    """Wait until each address answers, or the hub has ended; warn where one takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    for address in addresses:
        while hub.poll() is None and not answers(address):
            if time.monotonic() > deadline:
                print(f"{address} does not answer yet.", flush=True)
                break
            time.sleep(0.5)


def answers(address):
    """Return whether a server answers well: the proxy says 404 or 503 before the hub is there."""
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def end(hub, accounts):
    """End the hub and all programs of its accounts."""
    if hub.poll() is None:
        hub.terminate()
    kill("-TERM", "-U", ",".join(accounts), "-f", SLOWEST)
    try:
        hub.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        kill("-KILL", "-P", str(hub.pid))  # its proxy, too
        hub.kill()
        hub.wait()
    kill("-KILL", "-U", ",".join(accounts))


def kill(*which):
    """Send a signal to processes; pkill(1) has status 1 where there are none."""
    subprocess.run(["pkill", *which])
