"""Tests that two known notebooks contradict mark nobody; some of them run beside student code."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from support.course import ROOT
from support.judging import SMALL
from support.one_test import LENGTH, OF_LENGTH, found, judged

from nbjudge.judge import measured
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.job import JobResult
from nbjudge.judge.judged import Judged, Unproven
from nbjudge.judge.unproven import left_to_a_person
from nbjudge.notebook.head import BESIDE, NEEDS_A_PERSON, lines_on_top
from nbjudge.notebook.master import read_master
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.limits import Limits
from nbjudge.process.zygote import JudgeFault
from nbjudge.verdict import Verdict

DOUBLE = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
OF_DOUBLE = "assert f(1) == 2"


def shown(judged):
    return repr([cell.get("outputs") for cell in judged.notebook.cells])


@pytest.mark.parametrize("assignment", ["attention", "encoder"])
def test_of_the_courses_own_masters_nothing_is_amiss(assignment):
    source = ROOT / "source" / assignment
    master = read_master(source / f"{assignment}.ipynb")
    assert found(JudgeSettings(ROOT, master, Limits(), source=source)) == {}


def test_a_bonus_that_the_solution_loses_is_named_although_its_cell_gives_no_points():
    source = ROOT / "source/attention"
    master = deepcopy(read_master(source / "attention.ipynb"))
    (bonus,) = (cell for cell in master.cells if cell.id == "causal_mask")
    bonus.source = bonus.source.replace("torch.tril(torch", "torch.triu(torch")
    (cell,) = found(JudgeSettings(ROOT, master, Limits(), source=source))
    assert cell == "causal_mask-marks"


@pytest.mark.parametrize(("way", "beside"), [("beside", True), ("person", False)])
def test_what_was_not_decided_apart_when_it_was_built_is_not_decided_apart(settings, way, beside):
    of_double = settings(DOUBLE, OF_DOUBLE)
    of_double.master.cells[1].metadata["nbjudge"] = {"way": way}
    (amiss,) = found(of_double).values()
    assert amiss.beside is beside
    assert "when it was built, it could not be decided apart" in amiss.cause
    assert judged(of_double, "def f(x): return x + x").cards["solve-test"].fault
    with_beside = judged(replace(of_double, beside=True), "def f(x): return x + x")
    assert with_beside.scores == {"solve-test": 2 if beside else 0}
    assert bool(lines_on_top(with_beside.notebook, BESIDE)) is beside


@pytest.mark.parametrize("way", ["asserts", "rubric"])
def test_what_was_decided_apart_when_it_was_built_is_not_decided_beside(settings, way):
    of_length = settings(LENGTH, OF_LENGTH, beside=True)
    of_length.master.cells[1].metadata["nbjudge"] = {"way": way}
    (amiss,) = found(of_length).values()
    assert not amiss.beside
    assert str(amiss).endswith("it was decided apart. Run 'nbjudge build', which decides anew.")
    assert judged(of_length, "class A:\n    def __len__(self): return 3").cards["solve-test"].fault


@pytest.mark.parametrize("way", ["asserts", "rubric", "", "other", 3])
def test_any_other_note_of_a_master_decides_nothing(settings, way):
    of_double = settings(DOUBLE, OF_DOUBLE)
    of_double.master.cells[1].metadata["nbjudge"] = {"way": way}
    assert found(of_double) == {}


def test_a_test_that_a_placeholder_passes_is_not_right_beside_either(settings):
    nothing = "def f(x):\n    ### BEGIN SOLUTION\n    return None\n    ### END SOLUTION"
    (amiss,) = found(settings(nothing, "assert f(1) is None and len(In) > 0")).values()
    assert (amiss.beside, amiss.placeholder) == (False, True)


def test_a_test_that_is_right_is_used(settings):
    of_double = settings(DOUBLE, OF_DOUBLE)
    assert found(of_double) == {}
    assert judged(of_double, "def f(x): return x + x").scores == {"solve-test": 2}
    assert judged(of_double, "def f(x): return x").scores == {"solve-test": 0}


@pytest.mark.parametrize("answer", ["class A:\n    def __len__(self): return 3", "A = None", "1 +"])
def test_nobody_is_marked_by_a_test_that_the_solution_loses(settings, answer):
    result = judged(settings(LENGTH, OF_LENGTH), answer)
    card = result.cards["solve-test"]
    assert (card.verdict, card.title, card.marks) == (Verdict.FAULT, "solve-test", ())
    assert "Your instructor" in card.fault or "your instructor" in card.fault
    assert "Your code raised" not in shown(result)
    assert "secret" not in shown(result)


def test_the_instructor_reads_the_line_what_it_raised_and_what_would_help(settings):
    told = str(found(settings(LENGTH, OF_LENGTH))["solve-test"])
    assert told.startswith("solve-test: the master's own solution has 0 of 2 points. In the line ")
    assert "`assert len(A()) == secret`" in told
    assert found(settings(LENGTH, OF_LENGTH))["solve-test"].beside


def test_a_solution_that_is_wrong_in_one_process_too_is_told_so(settings):
    (amiss,) = found(settings(DOUBLE, "assert f(1) == 3\nopen('gone.txt')")).values()
    assert not amiss.beside
    assert "In one process with the test it fails, too: AssertionError" in amiss.cause


@pytest.mark.parametrize(("value", "shown"), [("-1", "-1"), ("float('nan')", "nan")])
def test_a_solution_that_ends_in_no_score_is_told_so(settings, value, shown):
    (amiss,) = found(settings(DOUBLE, f"{OF_DOUBLE}\n{value}")).values()
    assert not amiss.beside
    assert f"In one process with the test it ends in {shown}, too." in amiss.cause


def test_a_test_that_gives_its_points_to_everybody_is_used_and_named(settings):
    everybody = settings(DOUBLE, "assert callable(f)")
    (amiss,) = found(everybody).values()
    assert amiss.used
    assert "the notebook as handed out has 2 of 2 points" in str(amiss)
    assert judged(everybody, "def f(x): return x").scores == {"solve-test": 2}


def test_a_test_that_a_placeholder_passes_is_named_as_one_that_the_stub_mends(settings):
    nothing = "def f(x):\n    ### BEGIN SOLUTION\n    x.append(1)\n    ### END SOLUTION"
    (amiss,) = found(settings(nothing, "assert f([]) is None")).values()
    assert (amiss.used, amiss.beside, amiss.placeholder) == (False, False, True)
    assert "The placeholder of its solution cell passes" in amiss.cause
    with_stub = settings(nothing, "assert f([]) is None")
    with_stub.master.cells[0].metadata["nbjudge"] = {"stub": True}
    assert found(with_stub) == {}


@pytest.mark.parametrize(
    ("mend", "told"),
    [("Run it.", "Run it."), ("", "'nbjudge build' says what would help.")],
    ids=["known", "asked"],
)
def test_a_cause_is_told_once_for_all_its_tests_with_one_mend(settings, mend, told):
    cell = settings(DOUBLE, OF_DOUBLE).master.cells[1]
    amiss = {name: Unproven(name, "it is old.", mend=mend) for name in ("f", "g")}
    test = TestCell.of(cell, settings(DOUBLE, OF_DOUBLE).master)
    cards = {
        name: left_to_a_person(one, test, seed=0, confined=True).cards[0]
        for name, one in amiss.items()
    }
    result = JobResult("ada", {"n": Judged(cell, cards=cards, unproven=amiss)})
    assert result.faults == [f"f, g: left to a person. It is old. {told}"]


@pytest.mark.parametrize("line", ["### AUTOTEST f(1)", "### HASHED AUTOTEST f(1)"])
def test_a_line_that_nbgrader_makes_a_test_of_gives_no_points(settings, line):
    of_autotest = settings(DOUBLE, line, beside=True)
    (amiss,) = found(of_autotest).values()
    assert "AUTOTEST" in str(amiss)
    assert judged(of_autotest, "def f(x): return x").cards["solve-test"].fault


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("class A:\n    def __len__(self): return 3", 2.0),
        ("class A:\n    def __len__(self): return 4", 0.0),
        ("class B: pass", 0.0),
        ("class A:\n    def __len__(self):\n        while True: pass", 0.0),
    ],
    ids=["right", "wrong", "missing", "endless"],
)
def test_beside_the_students_code_a_test_gives_what_plain_nbgrader_gives(settings, answer, score):
    beside = settings(LENGTH, OF_LENGTH, beside=True, limits=replace(SMALL, cell_seconds=1))
    result = judged(beside, answer)
    assert result.scores == {"solve-test": score}
    assert not result.cards
    (line,) = lines_on_top(result.notebook, BESIDE)
    assert line.startswith("solve-test: tests and code ran in one process")
    assert "secret" not in shown(result)
    assert ("Stopped" in shown(result)) == ("while" in answer)


def test_beside_an_exception_that_is_not_shown_is_one(settings):
    code = "get_ipython().showtraceback = print\nclass A:\n    def __len__(self): return 0"
    assert judged(settings(LENGTH, OF_LENGTH, beside=True), code).scores == {"solve-test": 0}


@pytest.mark.parametrize(
    ("value", "score"), [("1.5", 1.5), ("7", 2.0), ("-1", 0.0), ("True", 2.0), ("float('nan')", 0)]
)
def test_beside_what_comes_back_is_a_number_within_the_points(settings, value, score):
    """The code that is tested can lie about the number, and still has no more than all points."""
    test = f"{OF_LENGTH}\ngiven = 2.0\ngiven"
    lying = (
        "class A:\n    def __len__(self):\n        globals()['lie'] = 1\n        return 3\nlie = 0"
    )
    beside = settings(LENGTH, f"{OF_LENGTH}\n{value} if 'lie' in globals() else 2", beside=True)
    assert judged(beside, lying).scores == {"solve-test": score}
    assert test


def test_beside_a_number_has_too_few_digits_to_tell_of_a_test(settings):
    code = (
        "class A:\n    def __len__(self):\n        globals()['score'] = 1.2345678\n        return 3"
    )
    beside = settings(LENGTH, f"score = 2\n{OF_LENGTH}\nscore", beside=True)
    assert judged(beside, code).scores == {"solve-test": 1.23}


# Keeps the hidden test that calls it in every place that it can think of.
READS = """import inspect
class A:
    def __len__(self):
        global kept
        caller = inspect.currentframe().f_back
        kept = repr(caller.f_globals.get('In')) + repr(caller.f_code.co_names)
        print(kept)
        open('told.txt', 'w').write(kept)
        return 3
kept = ''"""


def test_no_cell_runs_in_a_process_that_has_read_a_hidden_test(settings):
    behind = "import os; print('kept', [kept], os.listdir(), ['secr' + 'et' in one for one in In])"
    result = judged(settings(LENGTH, OF_LENGTH, beside=True), READS, behind)
    assert result.scores == {"solve-test": 2}
    assert "kept [''] [] [False, False, False" in shown(result)
    assert "secret" not in shown(result)


def test_cells_behind_a_test_go_on_in_the_process_before_it(settings):
    beside = settings(LENGTH, OF_LENGTH, beside=True)
    result = judged(beside, "class A:\n    def __len__(self): return 3\nn = 1", "n += 1\nprint(n)")
    assert "'text': '2\\n'" in shown(result)
    assert result.processes == 1


def test_a_master_that_was_stopped_by_chance_is_judged_again(settings, monkeypatch):
    tries, judge = [], measured.judge

    def stopped_once(*given):
        tries.append(given[1].ours)
        result = judge(*given)
        if len(tries) == 1:
            return replace(result, scores={}, verdicts={"solve": Verdict.OUT_OF_TIME})
        return result

    monkeypatch.setattr(measured, "judge", stopped_once)
    assert found(settings(DOUBLE, OF_DOUBLE)) == {}
    assert tries == [True, True, False]


def test_a_master_that_cannot_be_judged_marks_nobody_and_is_tried_again(settings, monkeypatch):
    judge, of_double = measured.judge, settings(DOUBLE, OF_DOUBLE)

    def fails(*_) -> Judged:
        raise JudgeFault("no zygote")

    monkeypatch.setattr(measured, "judge", fails)
    with pytest.raises(JudgeFault):
        judged(of_double, "def f(x): return 2 * x")
    monkeypatch.setattr(measured, "judge", judge)
    assert judged(of_double, "def f(x): return 2 * x").scores == {"solve-test": 2}


def test_an_answer_that_only_the_students_code_can_compare_needs_a_person(settings):
    result = judged(settings(DOUBLE, OF_DOUBLE), "class Two:\n    def __eq__(self, other): return "
                    "True\ndef f(x): return Two()")  # fmt: skip
    assert result.scores == {"solve-test": 0}
    (line,) = lines_on_top(result.notebook, NEEDS_A_PERSON)
    assert line.startswith("solve-test has no points: == of an object of class Two is answered by")


def test_what_an_assertion_of_a_library_prints_is_shown_to_no_student(settings):
    numpy = "import numpy as np\n### BEGIN HIDDEN TESTS\nnp.testing.assert_allclose({}, 31337)\n"
    hidden = numpy.format("f(15668.5)") + "### END HIDDEN TESTS"
    of_numpy = settings(DOUBLE, hidden)
    assert found(of_numpy) == {}
    result = judged(of_numpy, "def f(x): return x")
    assert result.scores == {"solve-test": 0}
    assert "A test is not met." in shown(result)
    assert "31337" not in shown(result)
    assert "15668" not in shown(result)
    told = judged(settings(DOUBLE, "assert f(1) == 2, 'Twice the number.'"), "def f(x): return x")
    assert "Twice the number." in shown(told)


@pytest.mark.parametrize(
    "test",
    [
        "from unittest.mock import patch\nwith patch('math.sqrt'):\n    assert f(1) == 2",
        "import numpy as np\nnp.mean = None\nassert f(1) == 2",
        "import numpy as np\nnp.linalg.solve = None\nassert f(1) == 2",
        "import numpy as np\nsetattr(np.linalg, 'solve', None)\nassert f(1) == 2",
        "import os\nassert f(1) == 2 and not os.path.exists('log.txt')",
        "import os\nos.environ['KEY'] = 'x'\nassert f(1) == 2",
        "import sys\nsys.setrecursionlimit(10_000)\nassert f(1) == 2",
        "import warnings\nwarnings.simplefilter('error')\nassert f(1) == 2",
        "import numpy as np\nwith np.errstate(divide='raise'):\n    assert f(1) == 2",
        "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n"
        "    got = f(1)\nassert got == 2 and out.getvalue() == ''",
        "def sum(x):\n    raise AssertionError('add')\nassert f(1) == 2",
        "sum = None\nassert f(1) == 2",
    ],
    ids=[
        "patch",
        "module",
        "submodule",
        "setattr",
        "no file",
        "environment",
        "recursion",
        "warnings",
        "division",
        "nothing printed",
        "def sum",
        "no sum",
    ],
)
def test_a_test_that_means_the_students_process_is_not_decided_apart(settings, test):
    (amiss,) = found(settings(DOUBLE, test)).values()
    assert amiss.beside
    assert "means the process of the student's code" in amiss.cause
    right = judged(settings(DOUBLE, test, beside=True), "def f(x): return 2 * x")
    assert right.scores == {"solve-test": 2}


@pytest.mark.parametrize(
    "change",
    ["np.linalg.solve = None", "setattr(np.linalg, 'solve', None)", "eval('setattr')(np, 'x', 1)"],
)
def test_what_a_test_sets_in_its_process_is_set_in_no_judge_process(settings, monkeypatch, change):
    """A right solution of the next submission, or assignment, would call None there."""
    solve, ran = np.linalg.solve, []
    monkeypatch.setattr(
        measured, "judge", lambda *given, run=measured.judge: ran.append(given) or run(*given)
    )
    broken = settings(DOUBLE, f"import numpy as np\n{change}\nassert f(1) == 2")
    (amiss,) = found(broken).values()
    assert amiss.beside
    assert len(ran) == 2  # the solution, and the notebook as handed out; neither again
    assert np.linalg.solve is solve
    assert not hasattr(np, "x")


def test_a_test_that_fails_in_one_process_too_says_so_with_its_first_cause(settings):
    test = "import numpy as np\nnp.mean = None\nassert f(1) == 2 and open('absent.txt')"
    (amiss,) = found(settings(DOUBLE, test)).values()
    assert not amiss.beside
    assert "`np.mean` means the process of the student's code" in amiss.cause
    assert "In one process with the test it fails, too: FileNotFoundError" in amiss.cause


def test_a_file_that_the_solution_writes_is_not_one_that_lies_beside_the_master(settings, tmp_path):
    """Plain nbgrader leaves one there: a test apart would find it, whatever a student wrote."""
    (tmp_path / "out.txt").write_text("an earlier run")
    (tmp_path / "in.txt").write_text("2")
    save = "def save(n):\n    ### BEGIN SOLUTION\n    open('out.txt', 'w').write(n)\n"
    test = (
        "from pathlib import Path\nsave(Path('in.txt').read_text())\n"
        "assert Path('./out.txt').read_text()"
    )
    of_file = settings(save + "    ### END SOLUTION", test)
    (amiss,) = found(of_file).values()
    assert "`out.txt` is written by the student's code" in amiss.cause
    assert amiss.placeholder
    wrong = judged(replace(of_file, beside=True), "def save(n): pass")
    assert wrong.cards["solve-test"].fault


def test_a_file_that_is_only_read_decides_apart(settings, tmp_path):
    (tmp_path / "in.txt").write_text("2")
    read = "def f(n):\n    ### BEGIN SOLUTION\n    return open('in.txt').read()\n"
    test = "from pathlib import Path\nassert f(1) == Path('in.txt').read_text()"
    of_file = settings(f"{read}    ### END SOLUTION", test)
    assert found(of_file) == {}
    assert judged(of_file, "def f(n): return ''").scores == {"solve-test": 0}


def test_a_text_of_the_students_is_evaluated_in_the_students_process_alone(settings):
    """What it prints is where the test runs: a name of the judge process would be found there."""
    test = "assert eval(str(f(1))) == 2"
    (amiss,) = found(settings(DOUBLE, test)).values()
    assert "`eval` may run a text of the student's" in amiss.cause
    inside = 'def f(x): return \'2 if "nbjudge.judge.run" in __import__("sys").modules else 0\''
    assert judged(settings(DOUBLE, test), inside).scores == {"solve-test": 0}
    assert judged(settings(DOUBLE, test, beside=True), inside).scores == {"solve-test": 0}
    assert judged(settings(DOUBLE, test, beside=True), "def f(x): return 2").scores == {
        "solve-test": 2
    }


@pytest.mark.parametrize(
    "test",
    [
        "import warnings\nwarnings.filterwarnings('ignore')\nassert f(1) == 2",
        "patch = f(1)\nassert patch == 2 and 'exists' != 'patch'",
        "import random\nrandom.seed(1)\nassert f(1) == 2",
        "assert f(1) == 2\nassert f(1).real == 2",
        "input = [1]\nassert f(*input) == 2",
    ],
    ids=["quiet warnings", "names", "seed", "attribute", "a list named input"],
)
def test_an_ordinary_test_does_not_mean_it(settings, test):
    assert found(settings(DOUBLE, test)) == {}


def test_a_test_has_files_and_modules_of_the_course_and_writes_into_neither(
    settings, tmp_path, monkeypatch
):
    (tmp_path / "data.txt").write_text("2")
    (tmp_path / "helping.py").write_text("def check(f):\n    assert f(1) == 2")
    monkeypatch.chdir(tmp_path)
    test = (
        "from pathlib import Path\nfrom helping import check\ncheck(f)\n"
        "assert f(1) == int(Path('data.txt').read_text())\n"
        "### BEGIN HIDDEN TESTS\n"
        "Path('data.txt').write_text('3')\nPath('grades.csv').write_text('mine')\nNone\n"
        "### END HIDDEN TESTS"
    )
    assert found(settings(DOUBLE, test)) == {}
    assert (tmp_path / "data.txt").read_text() == "2"
    assert not (tmp_path / "grades.csv").exists()
    (tmp_path / "helping.py").write_text("def check(f):\n    assert f(1) == 3")
    monkeypatch.setattr(measured, "_KNOWN", {})
    assert "AssertionError" in found(settings(DOUBLE, test))["solve-test"].cause


def test_an_object_of_a_class_of_the_notebook_is_no_list_to_a_test(settings):
    listed = "def f(x):\n    ### BEGIN SOLUTION\n    return [x]\n    ### END SOLUTION"
    of_list = settings(listed, "assert type(f(2)) is list")
    assert judged(of_list, "def f(x): return [x]").scores == {"solve-test": 2}
    own = "class Own(list): pass\ndef f(x): return Own([x])"
    assert judged(of_list, own).scores == {"solve-test": 0}
    of_equal = settings(listed, "assert f(2) == [2]")
    result = judged(of_equal, own)
    assert result.scores == {"solve-test": 0}
    assert "of class Own" in lines_on_top(result.notebook, NEEDS_A_PERSON)[0]
