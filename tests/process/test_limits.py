"""Each limit holds, says which it was and what to do, and costs its own cell only."""

import time
from dataclasses import replace

import nbformat
import pytest
from support.judging import FULL, SMALL, answer, points, release, run, solution, text_of, with_cells

BREACHES = {
    "time": ("while True:\n    try:\n        while True: pass\n"
             "    except BaseException: pass",
             "Stopped after 2 seconds, the time that a cell has"),
    "sleep": ("import time\ntime.sleep(100)", "Stopped after 2 s"),
    "memory": ("kept = []\nwhile True:\n    try:\n        kept.append(bytearray(2**24))\n"
               "    except MemoryError:\n        pass", "Stopped"),
    "one large tensor": ("torch.ones(100_000, 100_000)", "can't allocate memory"),
    "output": ("while True:\n    print('x' * 1000)", "Stopped after 2 s"),
    "output of a cell": ("for _ in range(999):\n    print('x' * 999)",
                         "more than 256 KB of output"),
    "displays": ("from IPython.display import display\nfor n in range(200):\n    display(n)",
                 "more than 100 outputs"),
    "files": ("import time\nfor n in range(500):\n    open(str(n), 'w').close()\ntime.sleep(1)",
              "more than 200 files written"),
    "bytes": ("import time\nfor n in range(10):\n    open(str(n), 'wb').write(b'x' * 10_000_000)\n"
              "time.sleep(1)", "more than 64 MB of files written"),
    "one large file": ("open('x', 'wb').write(b'x' * 40_000_000)", "File too large"),
    "open files": ("kept = [open('/dev/null') for _ in range(500)]", "Too many open files"),
    "threads": ("import threading, time\nthreading.stack_size(2**16)\nfor _ in range(100):\n"
                "    threading.Thread(target=time.sleep, args=(9,)).start()\ntime.sleep(1)",
                "more than 32 threads"),
    "exit": ("import os\nos._exit(3)", "ended while it ran your code (exit status 3)"),
    "crash": ("import ctypes\nctypes.string_at(0)", "crashed while it ran your code (SIGSEGV)"),
}  # fmt: skip


@pytest.mark.parametrize("limit", BREACHES)
def test_a_breach_is_told_and_costs_its_own_cell_only(zygote, limit):
    code, told = BREACHES[limit]
    judged = run(zygote, with_cells(solution(), "kept_name = 41", code, "print(kept_name + 1)"))
    assert told in text_of(judged, 1)
    assert text_of(judged, 2) == "42\n"
    assert points(judged) == FULL


def test_an_endless_loop_in_one_exercise_costs_that_exercise(zygote):
    loop = "def scaled_dot_product_attention(query, keys, values, mask=None):\n    while True: pass"
    judged = run(zygote, answer(solution(), scaled=loop))
    assert points(judged) == {**FULL, "scaled": 0}
    messages = {mark.message for mark in judged.cards["scaled-marks"].marks}
    assert messages
    assert all("the time that a cell has" in message for message in messages)


def test_the_first_time_out_ends_an_exercise(zygote):
    slow = "def dot_product_attention(*_):\n    import time\n    time.sleep(100)"
    notebook = answer(release(), dot_product="# below")  # so only hidden tests call it
    notebook.cells.append(nbformat.v4.new_code_cell(slow, id="late"))
    limits = replace(SMALL, cell_seconds=4, total_seconds=60)
    begun = time.monotonic()
    judged = run(zygote, notebook, limits)
    # One time-out, and cells that run again; five criteria would take five.
    assert time.monotonic() - begun < 3 * limits.cell_seconds
    messages = [mark.message for mark in judged.cards["dot_product-marks"].marks]
    assert len(messages) == 5
    assert all("the time that a cell has" in message for message in messages)


def test_all_cells_together_have_a_time_limit_and_what_is_left_says_so(zygote):
    sleep = "import time\ntime.sleep(1.5)"
    judged = run(zygote, with_cells(release(), *[sleep] * 4), replace(SMALL, total_seconds=3))
    assert "used up the 3 seconds that it has in all" in text_of(judged, 3)
    assert len(judged.cards) == 5


def test_processor_time_is_limited(zygote):
    burn = "while True: pass"
    judged = run(zygote, with_cells(release(), burn), replace(SMALL, cpu_seconds=1, cell_seconds=9))
    assert "1 second of processor time" in text_of(judged)


@pytest.mark.parametrize(
    ("limit", "raised", "code"),
    [
        ("cell_seconds", 6, "import time\ntime.sleep(2.5)\nprint('done')"),
        ("output_kb", 2048, "print('x' * 400_000)\nprint('done')"),
        ("outputs", 300, "for n in range(200): display(n)\nprint('done')"),
        ("files", 600, "for n in range(500): open(str(n), 'w').close()\nprint('done')"),
        ("file_mb", 60, "open('x', 'wb').write(b'x' * 40_000_000)\nprint('done')"),
        ("open_files", 600, "kept = [open('/dev/null') for _ in range(500)]\nprint('done')"),
        ("memory_mb", 3000, "kept = torch.ones(300_000_000)\nprint('done')"),
    ],
)
def test_a_raised_limit_lets_the_same_cell_pass(zygote, limit, raised, code):
    # A gigabyte of new pages takes a slow machine more than the two seconds of SMALL.
    small = SMALL if limit == "cell_seconds" else replace(SMALL, cell_seconds=20)
    cell = "from IPython.display import display\n" + code
    assert "done" not in text_of(run(zygote, with_cells(release(), cell), small))
    judged = run(zygote, with_cells(release(), cell), replace(small, **{limit: raised}))
    assert text_of(judged).endswith("done\n")
