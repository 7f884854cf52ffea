"""A test that calls student code from a thread or process of its own is left to a person.

Student code apart answers one question at a time. Two at once took each other's answers, so what
such a test said of a right solution was luck.
"""

import pytest
from support.asserts import marked

SAME = "def f(x): return x"
STARTS = {
    "a thread": """
import threading
got = []
def ask():
    try:
        got.append(f(3))
    except TypeError:
        pass
thread = threading.Thread(target=ask)
thread.start()
thread.join()
assert got == [3]""",
    "a pool of threads": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    assert list(pool.map(f, range(20))) == list(range(20))""",
    "asyncio": """
import asyncio
async def g():
    return await asyncio.gather(*(asyncio.to_thread(f, n) for n in range(20)))
assert asyncio.run(g()) == list(range(20))""",
}


@pytest.mark.parametrize("name", STARTS)
def test_a_thread_of_the_test_is_named_to_the_instructor(zygote, course, name):
    points, judged = marked(zygote, SAME, STARTS[name], course)
    failure = judged.failures["test"]
    assert (points, failure.undecided) == (0, True)
    assert "from a thread or process of its own" in failure.said
    assert failure.text.startswith("The test could not decide whether your code is right.")


def test_a_process_of_the_test_gets_no_answer(zygote, course):
    test = """
import multiprocessing
fork = multiprocessing.get_context("fork")
queue = fork.SimpleQueue()
def ask():
    try:
        queue.put(f(3))
    except TypeError as error:
        queue.put(str(error))
process = fork.Process(target=ask)
process.start()
process.join()
got = queue.get()
assert f(3) == 3
assert "a thread or process of its own" in got"""
    assert marked(zygote, SAME, test, course)[0] == 2


def test_gradients_are_asked_for_from_where_they_are_needed(zygote, course):
    test = "import torch\nx = torch.ones(2, requires_grad=True)\nf(x * 2).sum().backward()\n"
    assert marked(zygote, SAME, test + "assert x.grad.tolist() == [2, 2]", course)[0] == 2
