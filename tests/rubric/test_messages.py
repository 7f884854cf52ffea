"""Who raised an exception is told only where it is known."""

import pytest

from nbjudge.proxy.errors import raised
from nbjudge.rubric.criteria import Rubric
from nbjudge.rubric.messages import explain, is_students, verdict_of
from nbjudge.verdict import Verdict

ELSEWHERE = {
    "name": "KeyError",
    "text": "'W_q'",
    "line": "x = parts['W_q']",
    "lineage": {"names": [], "builtins": ["KeyError"]},
}
CHECK = """
def check(solution, random):
    return solution(2).shape
"""


def error_of(step, *args):
    with pytest.raises(Exception) as caught:  # noqa: PT011 (each kind has its own message)
        step(*args)
    error = caught.value
    return error.with_traceback(error.__traceback__.tb_next)  # without the line above


def ran(text, file):
    names = {}
    exec(compile(text, file, "exec"), names)
    return names


def test_what_student_code_raised_is_told_as_such():
    error = raised(ELSEWHERE, {})
    assert explain(error).startswith("Your code raised KeyError: 'W_q'. Look at this line")
    assert verdict_of(error) is Verdict.RAISED


@pytest.mark.parametrize("file", ["/course/rubrics/a/b.py", "<test cell of the master>"])
def test_what_a_test_raised_is_not_told_as_the_students(file):
    check = ran(CHECK, file)["check"]
    error = error_of(check, str, None)
    assert not is_students(error)
    assert explain(error) == (
        "The test stopped with AttributeError: 'str' object has no attribute 'shape'. Look whether "
        "your code gives what the exercise asks for. If it does, tell your instructor."
    )
    assert verdict_of(error) is Verdict.NOT_MET


def test_a_missing_package_of_the_judge_is_not_the_students():
    error = error_of(ran("def check(): import not_there", "<test cell of the master>")["check"])
    assert "Your code" not in explain(error)


@pytest.mark.parametrize("file", ["/tmp/ipykernel_7/1.py", "<a solution of f>"])
def test_a_students_line_in_the_traceback_makes_it_the_students(file):
    solution = ran("def solution(x): return [][x]", file)["solution"]
    error = error_of(ran(CHECK, "/course/rubrics/a/b.py")["check"], solution, None)
    assert explain(error).startswith("Your code raised IndexError")


def test_the_same_said_twice_blames_nobody_either():
    rubric = Rubric("Exercise", 2, "f", reference=lambda x: __import__("torch").ones(x))
    check = ran(CHECK, "/course/rubrics/a/b.py")["check"]
    for number in (1, 2):
        rubric.criterion(f"Number {number}", 1)(check)
    found, fault = rubric.mark(str, seed=0)
    assert fault == ""
    assert found[0].message.startswith("The test stopped with AttributeError")
    assert found[1].message == "The same as above."
