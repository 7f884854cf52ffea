"""The sandbox's policy for a machine with a GPU: a confined process computes there, and no more.

Each job runs in a fork of a fresh process of one thread, as a student process does; it makes its
CUDA context after it has given up its rights.
"""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]
RUNNER = """
import json, os, sys, tempfile
import torch
from nbjudge.confined.allowlist import readable_paths
from nbjudge.confined.sandbox import Policy, confine

torch.set_num_threads(1)
job = json.loads(sys.argv[1])
readable, listable = readable_paths()

def told(code):
    reader, writer = os.pipe()
    policy = Policy(tempfile.mkdtemp(dir=job["place"]), (*readable, job["torch"]), tuple(listable),
                    (writer,), cpu_seconds=100, memory_bytes=2**27, file_bytes=2**24,
                    open_files=256, gpu=True)
    if os.fork() == 0:
        said = {}
        try:
            said["missing"] = confine(policy, tolerate_missing=True)
            if not said["missing"]:
                names = {"torch": torch, "job": job}
                exec(code, names)
                said["value"] = names["value"]
        except BaseException as error:
            said["raised"] = f"{type(error).__name__}: {error}"
        os.write(writer, json.dumps(said).encode())
        os._exit(0)
    os.close(writer)
    return json.load(open(reader))

print(json.dumps({name: told(code) for name, code in job["codes"].items()}))
"""
COMPUTES = """
x = torch.arange(40000.0, device=job["device"]).reshape(200, 200).div(40000).requires_grad_()
(x @ x).softmax(-1).sum().backward()
value = [x.device.type, round(x.softmax(-1).sum().item()), bool(x.grad.isfinite().all())]
"""
TOUCHES = """
import os, socket
def tried(attempt):
    try:
        attempt()
    except OSError:
        return "refused"
    return "done"
torch.ones(2, device=job["device"]).sum().item()
value = {
    "read": tried(lambda: open(job["outside"]).close()),
    "write": tried(lambda: open(job["outside"], "r+").close()),
    "fork": tried(os.fork),
    "network": tried(lambda: socket.socket(socket.AF_INET)),
    "scratch": tried(lambda: open("mine", "w").close()),
}
"""
# More addresses than `memory_bytes` of the policy allow where there is no GPU.
RESERVES = "import mmap; value = len(mmap.mmap(-1, 2**33, flags=mmap.MAP_PRIVATE | 0x4000))"


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Return a function that tells what each code said on a device, in a confined process."""

    @functools.cache
    def said(device):
        place = tmp_path_factory.mktemp("place")
        (place / "outside").write_text("secret")
        job = {
            "place": str(place),
            "outside": str(place / "outside"),
            "torch": str(Path(torch.__file__).parent),
            "device": device,
            "codes": {"computes": COMPUTES, "touches": TOUCHES, "reserves": RESERVES},
        }
        done = subprocess.run(
            [sys.executable, "-c", RUNNER, json.dumps(job)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return said


@pytest.fixture
def confined(said, device):
    """Return a function that gives the value of a code."""

    def confined(name):
        told = said(str(device))[name]
        if told["missing"]:
            pytest.skip(f"needs the sandbox, of which is missing: {'; '.join(told['missing'])}")
        assert "raised" not in told, told
        return told["value"]

    return confined


def test_a_confined_process_computes_and_goes_back(confined, device):
    assert confined("computes") == [device.type, 200, True]


def test_what_else_is_there_stays_closed(confined):
    refused = dict.fromkeys(("read", "write", "fork", "network"), "refused")
    assert confined("touches") == {**refused, "scratch": "done"}


def test_the_address_space_is_not_bounded(confined):
    assert confined("reserves") == 2**33
