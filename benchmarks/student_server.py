"""What memory one student's server takes: the figure that a cluster is planned with.

    python benchmarks/student_server.py

In an empty folder, a JupyterLab server with nbgrader's extensions is started, then a kernel. The
kernel imports torch, and then runs the solution's cells. After each step the resident memory of
server and kernel is printed. Memory that both share is counted twice, so a pod needs no more than
the sum.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
from jupyter_client import BlockingKernelClient
from rich.console import Console
from rich.table import Table
from tornado.httpclient import HTTPClient

SOLUTION = Path(__file__).parents[1] / "solutions/attention/attention.ipynb"
TOKEN = "benchmark"


def main():
    """Print a row for each step."""
    table = Table(title="Memory of one student's server, MB")
    for heading in ("after", "server", "kernel", "both"):
        table.add_column(heading, justify="left" if heading == "after" else "right")
    with tempfile.TemporaryDirectory() as folder:
        server, url = started(folder)
        try:
            for step, *sizes in steps(server, url, Path(folder)):
                table.add_row(step, *(f"{size:.0f}" for size in (*sizes, sum(sizes))))
        finally:
            server.terminate()
            server.wait()
    Console().print(table)


def started(folder):
    """Start a server in an empty home; return it with its address when it answers."""
    environment = os.environ | {"HOME": folder, "JUPYTER_RUNTIME_DIR": folder}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    server = subprocess.Popen(
        [*command, f"--IdentityProvider.token={TOKEN}", "--ServerApp.root_dir=" + folder],
        cwd=folder, env=environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(1)
        for file in Path(folder).glob("jpserver-*.json"):
            return server, json.loads(file.read_text())["url"]
    server.kill()
    raise SystemExit("JupyterLab did not start within a minute. Start it by hand to see why.")


def steps(server, url, folder):
    """Yield what was done, and the memory of server and kernel after it."""
    ask(url + "lab")
    yield "JupyterLab is open", resident(server.pid), 0
    kernel_id = json.loads(ask(url + "api/kernels", method="POST", body="{}"))["id"]
    client = BlockingKernelClient(connection_file=str(folder / f"kernel-{kernel_id}.json"))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    (kernel,) = (p.pid for p in psutil.Process(server.pid).children() if "ipykernel" in cmd(p))
    yield "a kernel is idle", resident(server.pid), resident(kernel)
    client.execute_interactive("import torch", output_hook=lambda message: None, timeout=120)
    yield "it imported torch", resident(server.pid), resident(kernel)
    for cell in nbformat.read(SOLUTION, as_version=4).cells:
        if cell.cell_type == "code":
            client.execute_interactive(cell.source, output_hook=lambda message: None, timeout=120)
    yield "it ran the whole notebook", resident(server.pid), resident(kernel)
    client.stop_channels()


def ask(url, **how):
    """Return what the server answers."""
    headers = {"Authorization": f"token {TOKEN}"}
    return HTTPClient().fetch(url, headers=headers, request_timeout=60, **how).body


def cmd(process):
    """Return the command of a process as text."""
    return " ".join(process.cmdline())


def resident(pid):
    """Return the resident memory of a process, in MB."""
    return psutil.Process(pid).memory_info().rss / 1e6


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    main()
