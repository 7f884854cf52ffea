"""`nbjudge verify NAME --mutants`: an assignment with tests of every quality, from end to end."""

import json
import shutil
from contextlib import nullcontext
from dataclasses import replace

import pytest
from support.course import ROOT, nbjudge
from support.weak import mark, write_weak

from nbjudge.classrun.forkserver import Ancestors
from nbjudge.mutation import report
from nbjudge.mutation.survey import survey
from nbjudge.verdict import Verdict

EITHER = [("a > b", "a >= b")]


@pytest.fixture(scope="module")
def weak(tmp_path_factory):
    """All mutants of `weak` tried; of its marks one holds, one is stale, one is wrong."""
    course = tmp_path_factory.mktemp("weak")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    write_weak(course)
    mark(course, "larger", *EITHER, ("a > c", "a >= c"))
    mark(course, "double", ("2 * x", "2 / x"))
    mark(course, "nothing", *EITHER)
    with Ancestors() as ancestors:
        return survey(course, "weak", range(2), ancestors, lambda total: nullcontext(bool))


@pytest.fixture
def told(weak):
    """What `--json` says of it."""
    return json.loads(report.to_json(weak, 12.34))


def of(told, name):
    (found,) = [one for one in told["exercises"] if one["exercise"] == f"weak/{name}"]
    return found


def counts(found):
    numbers = [found[key] for key in ("mutants", "lose_points", "raise", "marked")]
    return [*numbers, len(found["pass"])]


def test_what_a_weak_test_accepts_is_listed_with_its_line(told):
    found = of(told, "larger")
    (survivor,) = found["pass"]
    assert (survivor["line"], found["cell"], found["points"]) == (4, "larger", 4)
    assert survivor["removed"] == ["    if a > b:  # equal ones are either"]
    assert survivor["added"] == ["    if True:  # equal ones are either"]
    assert (survivor["code"], survivor["becomes"]) == ("a > b", "True")
    assert survivor["verdicts"] == {"0": "met", "1": "met"}
    mutants, lost, raised, marked, passed = counts(found)
    assert (marked, passed) == (1, 1)
    assert mutants == lost + raised + marked + passed


def test_a_strong_test_accepts_none_and_loops_end(told):
    for name in ("double", "power"):
        mutants, lost, raised, marked, passed = counts(of(told, name))
        assert (mutants, marked, passed) == (lost + raised, 0, 0)
        assert lost >= 3
    assert of(told, "power")["raise"] > 1


def test_what_cannot_be_tried_is_named_with_the_reason(told):
    reasons = told["not_tried"]
    assert list(reasons) == ["weak/triple", "weak/why"]
    assert "judged apart: The test stopped with TypeError" in reasons["weak/triple"]
    assert reasons["weak/why"] == "a person grades it"


def test_a_mark_that_fits_nothing_and_one_that_is_wrong_are_named(told):
    assert of(told, "larger")["stale_marks"] == ["a > c -> a >= c"]
    assert told["marks_of_no_exercise"] == ["rubrics/weak/equivalent/nothing.toml"]
    (wrong,) = of(told, "double")["marked_but_lose_points"]
    assert wrong["added"] == ["    y = 2 / x"]
    assert "ZeroDivisionError" in wrong["why"]


@pytest.mark.parametrize("width", [80, 120])
def test_the_page_has_numbers_first_and_ends_with_what_to_do(weak, width, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    report.show(weak, 12.34)
    lines = capsys.readouterr().out.split("\n")
    assert max(map(len, lines)) <= min(width, 100)
    row = next(line.split() for line in lines if line.split()[:1] == ["weak/larger"])
    assert row[1:] == ["9", "7", "0", "1", "1"]
    begun = lines.index("weak/larger: 1 mutant has 4 of 4 points")
    assert lines[begun + 1 : begun + 5] == [
        "Lines of cell 'larger' in source/weak/weak.ipynb:",
        "",
        "     4 - if a > b:  # equal ones are either",
        "     4 + if True:  # equal ones are either",
    ]
    shown = "\n".join(lines[begun : begun + 5])
    assert f"```text\n{shown}\n```" in (ROOT / "docs/rubrics.md").read_text(encoding="utf-8")
    assert "weak/double: marked as right, and yet they lose points" in lines
    assert "     3 + y = 2 / x" in lines
    assert "  a > c -> a >= c" in lines
    assert "  weak/why: a person grades it." in lines
    assert lines.index("Not tried:") > begun
    assert lines[-7:-3] == [
        "      [[mutant]]",
        "      code = 'a > b'",
        "      becomes = 'True'",
        '      why = "…"',
    ]
    assert lines[-2] == "1 of 23 mutants passes. Tried in 12 s with seeds 0, 1."


def test_a_mutant_with_full_marks_by_chance_is_named_with_its_seeds(weak, capsys):
    found = weak.found[0]
    lucky = replace(found.tried[1], verdicts={0: Verdict.NOT_MET, 1: Verdict.MET})
    chance = replace(found, tried=[found.tried[0], lucky], marks=[])
    report.show(replace(weak, found=[chance]), 1)
    (line,) = [one for one in capsys.readouterr().out.split("\n") if "seed 1" in one]
    assert line.endswith("# full marks with seed 1 only")


def test_the_status_is_0_where_all_that_pass_are_marked(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    write_weak(tmp_path, "larger")
    mark(tmp_path, "larger", *EITHER, ("a > b", "True"))
    done = nbjudge("verify", "weak", "--mutants", "--seeds", "1", cwd=tmp_path)
    assert "0 of 9 mutants pass." in done.stdout
    assert "next" not in done.stdout


def test_an_assignment_that_is_not_there_is_refused(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    done = nbjudge("verify", "wek", "--mutants", cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "No notebook in source/wek has a solution cell." in done.stderr
