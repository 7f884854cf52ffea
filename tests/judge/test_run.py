"""The judge from outside: what student processes can see, proxies, late names, faults of ours."""

import os
import shutil
import signal
import threading
from dataclasses import asdict, replace

import nbformat
import pytest
import torch
from support.course import make_course
from support.judging import (
    FULL,
    MASTER,
    SMALL,
    answer,
    points,
    release,
    run,
    solution,
    text_of,
    with_cells,
)
from torch import nn

from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.prefetch import Conversation
from nbjudge.judge.run import judge_again
from nbjudge.notebook import repair
from nbjudge.notebook.submission import Submission
from nbjudge.process import zygote
from nbjudge.process.session import Session
from nbjudge.process.zygote import Confinement, JudgeFault
from nbjudge.proxy.errors import RemoteError
from nbjudge.proxy.objects import Objects

CONFINED = (
    "allowlist calls cells figures landlock sandbox self_test student syscalls warm_up zygote"
)
OURS = {"nbjudge", "nbjudge.boundary", "nbjudge.confined"} | {
    *(f"nbjudge.boundary.{name}" for name in ("channel", "invoke", "wire")),
    *(f"nbjudge.confined.{name}" for name in CONFINED.split()),
}


def test_living_proof_of_the_boundary(zygote):
    """A real student process lists what it has loaded, has open and can read."""
    look = (
        "import os, sys\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in "
        "('nbjudge', 'nbgrader', 'nbformat', 'nbconvert', 'sqlalchemy', 'click', 'rich')))\n"
        "print([fd for fd in range(1000) if _open(fd)])"
    )
    helper = (
        "def _open(fd):\n    import os\n    try:\n        os.fstat(fd)\n        return True\n"
        "    except OSError:\n        return False"
    )
    readable = (
        "found = []\nfor path in ('/', '/home', '/root', '/tmp', '/etc', '/etc/passwd', '/proc', "
        "'/proc/1', '/proc/self/net/tcp', '/dev/shm', '/var', '/run', '/usr/lib', os.__file__, "
        "torch.__file__, sys.modules['nbjudge.boundary.wire'].__file__, '..', '.'):\n"
        "    try:\n        os.close(os.open(path, os.O_RDONLY))\n        found.append(path)\n"
        "    except OSError:\n        pass\nprint(len(found), found)"
    )
    judged = run(zygote, with_cells(release(), helper, look, readable))
    modules, descriptors = text_of(judged, 1).strip().splitlines()
    assert set(eval(modules)) == OURS
    assert (
        len(eval(descriptors)) == 4
    )  # the standard three, which lead to /dev/null, and one socket
    assert text_of(judged, 2).startswith("4 ['/usr/lib'")
    assert text_of(judged, 2).strip().endswith("'.']")


@pytest.fixture
def connect(zygote):
    """Return a function that runs a cell over there and gives the proxies of its names."""
    sessions = []

    def connect(source, *names):
        session = Session(zygote, SMALL)
        sessions.append(session)
        ran = session.run("import torch, collections\nfrom torch import nn\n" + source)
        assert ran.breach is None
        objects = Objects(lambda do, **request: Conversation(session, 5).ask(do, **request))
        found = objects.bind(list(names))
        return found[names[0]] if len(names) == 1 else found

    yield connect
    for session in sessions:
        session.close()


def test_gradients_cross_the_border_and_equal_the_local_ones(connect):
    source = "def f(x, y, y2):\n    return torch.tanh(x @ y), (x * y2.T).sum(), x.shape[0]"
    remote = connect(source, "f")
    names = {"torch": torch}
    exec(source, names)
    x, y = (torch.randn(3, 3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    grads = []
    for function in (remote, names["f"]):
        one, two, size = function(x, y, y)
        assert size == 3
        total = (one * torch.arange(9.0).reshape(3, 3)).sum() + two**2
        grads.append(torch.autograd.grad(total, [x, y]))
        one, two, _ = function(2 * x, y, y)  # not a leaf
        grads.append(torch.autograd.grad(one.sum() + two, [x, y]))
    for here, there in zip(grads[:2], grads[2:], strict=True):
        assert all(torch.allclose(a, b) for a, b in zip(here, there, strict=True))


def test_what_is_cut_off_from_the_graph_is_seen(connect):
    remote = connect("def f(x):\n    return x.detach() * 2, x * 3", "f")
    cut, kept = remote(torch.ones(2, requires_grad=True))
    assert (cut.requires_grad, kept.requires_grad) == (False, True)
    with torch.no_grad():
        assert not remote(torch.ones(2, requires_grad=True))[1].requires_grad


def test_an_argument_that_was_written_into_is_written_into_here_too(connect):
    remote = connect("def f(x, y):\n    y += 1\n    x.data.mul_(5)\n    return x", "f")
    x, y = torch.ones(2), torch.zeros(3)
    remote(x, y)
    assert (x.tolist(), y.tolist()) == ([5, 5], [1, 1, 1])


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("None", type(None)), ("[1, 'a', 2.5, True]", list), ("{'a': x, 'b': (x,)}", dict),
        ("collections.namedtuple('P', 'a b')(x, x)", tuple), ("(i for i in (x, x))", tuple),
        ("x.half()", torch.Tensor), ("x.to(torch.bfloat16)", torch.Tensor), ("x > 0", torch.Tensor),
        ("x.t()[::2]", torch.Tensor), ("x.sum()", torch.Tensor), ("x[:0]", torch.Tensor),
        ("nn.Parameter(x)", torch.Tensor), ("x / 0", torch.Tensor), ("x.int()", torch.Tensor),
    ],
)  # fmt: skip
def test_results_of_every_kind_arrive_as_plain_data(connect, expression, kind):
    x = torch.arange(6.0).reshape(2, 3)
    result = connect(f"def f(x):\n    return {expression}", "f")(x)
    assert type(result) is kind
    if kind is torch.Tensor:
        expected = eval(expression, {"x": x, "torch": torch, "nn": nn})
        assert (result.dtype, result.shape) == (expected.dtype, expected.shape)
        assert torch.equal(result.nan_to_num(), expected.nan_to_num())


@pytest.mark.parametrize("expression", ["object()", "open", "x.to_sparse()", "10**30", "iter"])
def test_what_cannot_travel_arrives_as_a_name(connect, expression):
    result = connect(f"def f(x):\n    return {expression}", "f")(torch.eye(2))
    assert type(result).__mro__[1].__name__ == "Opaque"


def test_an_exception_arrives_with_its_name_and_the_students_line(connect):
    remote = connect("def f(x):\n    y = x @ x.T @ x.T\n    return y", "f")
    with pytest.raises(RemoteError) as caught:
        remote(torch.ones(2, 3))
    assert type(caught.value).__name__ == "RuntimeError"
    assert "shapes cannot be multiplied" in str(caught.value)
    assert caught.value.line == "y = x @ x.T @ x.T"
    assert caught.value.__notes__ == ["Look at this line of yours: y = x @ x.T @ x.T"]


MODULE = """
class Layer(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.one = nn.Linear(size, size, bias=False)
        self.two = nn.Parameter(torch.ones(size))
        self.tied = self.one
        self.norm = nn.BatchNorm1d(size)
        self.plain = torch.ones(2)
        self.size = size
    def forward(self, x):
        return self.norm(self.one(x)) * self.two, self.training
"""


def test_a_module_is_used_as_if_it_were_here(connect):
    made = connect(MODULE, "Layer")(4)
    names = {"torch": torch, "nn": nn}
    exec(MODULE, names)
    local = names["Layer"](4)
    assert isinstance(made, nn.Module)
    assert [n for n, _ in made.named_parameters()] == [n for n, _ in local.named_parameters()]
    assert made.one.weight is made.tied.weight
    assert (type(made).__name__, type(made.one).__name__, made.size) == ("Layer", "Linear", 4)
    assert made.plain.tolist() == [1, 1]
    made.load_state_dict(local.state_dict())
    x = torch.randn(5, 4, requires_grad=True)
    for mode in (True, False):
        made.train(mode)
        local.train(mode)
        (here, training), (there, _) = made(x), local(x)
        assert training is mode
        assert torch.allclose(here, there, atol=1e-5)
        assert torch.allclose(made.norm.running_mean, local.norm.running_mean, atol=1e-5)
        of = ("one.weight", "two")
        gradients = []
        for module, output in ((made, here), (local, there)):
            parameters = dict(module.named_parameters())
            wanted = [x, *(parameters[name] for name in of)]
            gradients.append(torch.autograd.grad((output**3).sum(), wanted))
        assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(*gradients, strict=True))
    made.double()
    assert made(x.double())[0].dtype == torch.float64


def test_an_object_that_is_no_module_gives_its_attributes(connect):
    made = connect(
        "class Thing:\n    value = 3\n    def __call__(self, x): return x + 1", "Thing"
    )()
    assert (made.value, made(1), type(made).__name__) == (3, 2, "Thing")
    with pytest.raises(RemoteError):
        _ = made.missing


def test_an_exercise_whose_name_comes_later_is_judged_later(zygote):
    notebook = solution()
    late = next(cell for cell in notebook.cells if cell.id == "dot_product")
    source, late.source = late.source, "# below"
    notebook.cells.append(nbformat.v4.new_code_cell(source, id="late"))
    judged = run(zygote, notebook)
    assert points(judged) == FULL
    (cell,) = [cell for cell in judged.notebook.cells if cell.id == "dot_product-marks"]
    assert "Judged after a later cell of the notebook, which defines 'dot_product" in str(
        cell.outputs
    )


def test_one_seed_gives_one_report_to_the_letter(zygote):
    wrong = answer(
        solution(), dot_product="def dot_product_attention(q, k, v):\n    return v[:, 0], k[..., 0]"
    )
    reports = [{n: asdict(c) for n, c in run(zygote, wrong, seed=7).cards.items()} for _ in "12"]
    assert len(reports[0]) == len(FULL)
    assert reports[0] == reports[1]


WRONG = "def dot_product_attention(q, k, v):\n    return v[:, 0], k[..., 0]"


def graded_in(course, notebook, seed=1):
    master = nbformat.read(course / "source/attention/attention.ipynb", as_version=4)
    return judge_again(
        JudgeSettings(course, master, SMALL), Submission(notebook, seed), Confinement()
    )


@pytest.fixture
def own_zygotes():
    yield
    zygote.close_zygotes()


def test_a_zygote_that_is_lost_in_the_middle_is_replaced_and_nobody_notices(course, own_zygotes):
    repaired, _ = repair.repair(MASTER, with_cells(solution(), "import time; time.sleep(1)"))
    lost = zygote.running(Confinement()).pid
    killer = threading.Timer(0.5, os.kill, (lost, signal.SIGKILL))
    killer.start()
    assert points(graded_in(course, repaired)) == FULL
    killer.join()
    assert zygote.running(Confinement()).pid != lost


def test_a_rubric_that_raises_is_not_graded_and_the_others_stand(course, zygote):
    file = course / "rubrics/attention/scaled.py"
    file.write_text(file.read_text().replace("HINT =", "raise RuntimeError('rubric')\nHINT ="))
    judged = run(zygote, solution(), course=course)
    assert "The rubric cannot be used" in judged.cards["scaled-marks"].fault
    assert points(judged) == {**FULL, "scaled": 0}


def test_a_missing_layer_is_refused_with_its_name_and_recorded_when_allowed(course, own_zygotes):
    old = Confinement(landlock_abi=0)  # a kernel without Landlock
    with pytest.raises(
        JudgeFault, match=r"cannot be confined .* files \(the kernel has no Landlock"
    ):
        zygote.running(old)
    started = zygote.running(replace(old, unconfined=True))
    judged = run(started, solution(), course=course)
    assert {card.confined for card in judged.cards.values()} == {False}
    assert points(judged) == FULL


def test_plain_assertions_work_as_hidden_tests_and_use_the_masters_imports(zygote, course):
    master = nbformat.from_dict(MASTER)
    for cell in master.cells:
        if cell.id == "dot_product-marks":
            cell.source = (
                "### BEGIN HIDDEN TESTS\nq = torch.ones(1, 2)\n"
                "out, w = dot_product_attention(q, torch.ones(1, 3, 2), torch.ones(1, 3, 2))\n"
                "assert torch.allclose(w, torch.full((1, 3), 1 / 3)), 'Weights should be equal.'\n"
                "### END HIDDEN TESTS"
            )
    assert run(zygote, solution(), master=master).scores["dot_product-marks"] == 20
    wrong = answer(
        solution(), dot_product="def dot_product_attention(q, k, v):\n    return v, k[..., 0]"
    )
    judged = run(zygote, wrong, master=master)
    assert judged.scores["dot_product-marks"] == 0
    (cell,) = [cell for cell in judged.notebook.cells if cell.id == "dot_product-marks"]
    assert "Weights should be equal." in str(cell.outputs)
    assert "HIDDEN" not in str(cell.outputs)


def test_the_courses_own_folder_is_found_without_the_working_directory(
    tmp_path, zygote, monkeypatch
):
    course = make_course(tmp_path / "course")
    monkeypatch.chdir("/")
    assert points(run(zygote, solution(), course=course)) == FULL
    shutil.rmtree(course)
