"""Marks name what is written, so they hold when the solution is moved or worded anew."""

import pytest
from support.weak import LARGER, mark

from nbjudge.course import RubricError
from nbjudge.mutation.equivalent import marks_of, readings
from nbjudge.mutation.mutants import mutants


def mutant(source, wanted):
    (one,) = [one for one in mutants(source) if wanted in one.text]
    return one


@pytest.mark.parametrize(
    ("code", "becomes"),
    [
        ("a > b", "a >= b"),
        ("a>b", "a  >=  b"),
        ("if a > b:  # equal ones are either", "if a >= b:  # equal ones are either"),
        ("    if a > b:", "    if a >= b:"),
    ],
)
def test_a_mark_is_any_part_of_the_difference(tmp_path, code, becomes):
    mark(tmp_path, "larger", (code, becomes))
    (found,) = marks_of(tmp_path, "weak/larger")
    assert found.fits(mutant(LARGER, "if a >= b:"))
    assert not found.fits(mutant(LARGER, "if a <= b:"))
    assert found.why == "Of two equal numbers either is the larger."


def test_a_mark_holds_where_the_solution_is_moved_and_worded_anew(tmp_path):
    mark(tmp_path, "larger", ("a > b", "a >= b"))
    (found,) = marks_of(tmp_path, "weak/larger")
    reworded = LARGER.replace("if a > b:", "# A comment\n\n    if   a>b and True:")
    assert found.fits(mutant(reworded, "a >= b"))
    renamed = LARGER.replace("a > b", "b < a")
    assert not any(map(found.fits, mutants(renamed)))


@pytest.mark.parametrize(
    ("source", "old", "new", "code", "becomes"),
    [
        ("y = f(x, dim=-1)", "dim=-1", "dim=0", "dim=-1", "dim=0"),
        ("y = x[1:3]", "1:3", "1:4", "1:3", "1:4"),
        ("x = f()\ny = x.sum(dim = 1)", ".sum(dim = 1)", "", "y = x.sum(dim=1)", "y = x"),
        ('y = f("a", x)', '"a", x', 'x, "a"', "f('a', x)", "f(x, 'a')"),
        ("f(x)", "f(x)", "pass", "f(x)", "pass"),
        ("for one in many:\n    f(one)", "many", "()", "for one in many:", "for one in ():"),
    ],
)
def test_each_kind_of_difference_can_be_marked(tmp_path, source, old, new, code, becomes):
    mark(tmp_path, "larger", (code, becomes))
    (found,) = marks_of(tmp_path, "weak/larger")
    (fitting,) = [one for one in mutants(source) if found.fits(one)]
    assert fitting.text == source.replace(old, new)


def test_a_constant_or_a_name_alone_says_too_little(tmp_path):
    mark(tmp_path, "larger", ("1", "2"), ("x", "y"))
    source = "y = 0\ny = x + f(1)"
    for found in marks_of(tmp_path, "weak/larger"):
        assert not any(map(found.fits, mutants(source)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[mutant]]\ncode = 'a'\nbecomes = 'b'", "needs three texts"),
        ("[[mutant]]\ncode = 'a'\nbecomes = 'b'\nwhy = ' '", "needs three texts"),
        ("[[mutant]]\ncode = 'a'\nbecomes = 'b'\nwhy = 'so'\nline = 3", "needs three texts"),
        ("[[mutant]]\ncode = 'a +'\nbecomes = 'b'\nwhy = 'so'", r"'a \+' is no Python"),
        ("[[mutant]]\ncode = 'a\nbecomes = 'b'", "is no TOML"),
        ("mutant = 3", "nothing but marks"),
        ("[[mutants]]\ncode = 'a'", "nothing but marks"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_mend(tmp_path, text, said):
    file = mark(tmp_path, "larger")
    file.write_text(text)
    with pytest.raises(RubricError, match=said) as raised:
        marks_of(tmp_path, "weak/larger")
    assert str(file) in str(raised.value)


def test_an_exercise_without_a_file_has_no_marks(tmp_path):
    assert marks_of(tmp_path, "weak/larger") == []
    assert readings("dim=1") == ("dim=1", "dim = 1")
