"""A course of plain nbgrader: what it would be here is told, and nothing of it changes unasked."""

import errno
import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import is_solution
from support.course import ROOT, nbgrader, nbjudge, run
from support.foreign import EVERY, NOTEBOOK, write

from nbjudge.authoring import adoption
from nbjudge.authoring.tried import build_and_try
from nbjudge.authoring.two_lines import with_lines
from nbjudge.nbgrader_ext.configuration import configuration

CASE = {case.name: case for case in EVERY}
PLAIN, BROKEN, OBJECT, MANUAL = (
    "value-int",
    "value-complex",
    "class-len-str",
    "build-manually-graded-code-cell-without-region",
)
LINES = "from nbjudge.nbgrader_ext.defaults import configure\nconfigure(c)\n"
# Delimiters, header, footer, and where the gradebook is: a course's own.
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "old"
c.CourseDirectory.db_url = "sqlite:///{folder}/elsewhere.db"
load_subconfig("markers.py")
c.IncludeHeaderFooter.header = "header.ipynb"
"""
MARKERS = 'c.ClearSolutions.begin_solution_delimeter = "BEGIN ANSWER"\n'
HEADER = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def make_course(folder, *names, config=CONFIG):
    """Lay down assignments of a course that never heard of nbjudge."""
    for name in names:
        write(folder / "source" / name, CASE[name].master())
    if BROKEN in names:
        edit(folder, BROKEN, without_an_end)
    (folder / "nbgrader_config.py").write_text(config.format(folder=folder), encoding="utf-8")
    (folder / "markers.py").write_text(MARKERS, encoding="utf-8")
    (folder / "header.ipynb").write_text(HEADER, encoding="utf-8")
    for name in ("release", "submitted/ada"):
        write(folder / name / PLAIN, CASE[PLAIN].master())
    (folder / "gradebook.db").write_bytes(b"not to be looked at")
    return folder


def edit(course, name, change):
    """Change the JSON of a master."""
    path = course / "source" / name / f"{NOTEBOOK}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def with_own_markers(notebook):
    for cell in notebook["cells"]:
        text = "".join(cell["source"]).replace("### BEGIN SOLUTION", "### BEGIN ANSWER")
        cell["source"] = text


def of_an_old_format(notebook):
    with_own_markers(notebook)
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]


def without_an_end(notebook):
    with_own_markers(notebook)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("### END SOLUTION", "")


def digest(folder, but=()):
    """Return a digest of all names and contents below a folder, byte for byte."""
    return hashlib.sha256(
        b"".join(
            str(one).encode() + (one.read_bytes() if one.is_file() else b"")
            for one in sorted(folder.rglob("*"))
            if one.relative_to(folder).parts[0] not in but
        )
    ).hexdigest()


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory):
    """A course that was looked at: its digest before, and what was told."""
    course = make_course(tmp_path_factory.mktemp("old"), BROKEN, MANUAL, OBJECT)
    edit(course, MANUAL, of_an_old_format)
    edit(course, OBJECT, with_own_markers)
    before = digest(course)
    return course, before, run("nbjudge", "adopt", cwd=course, check=False, COLUMNS="100")


def test_nothing_in_the_course_changes_byte_for_byte(looked_at):
    course, before, _ = looked_at
    assert digest(course) == before
    assert not (course / "elsewhere.db").exists()


def test_the_summary_comes_first_and_the_status_says_that_something_is_left(looked_at):
    _, _, done = looked_at
    assert done.returncode == 1
    head = done.stdout.split(f"\n{BROKEN}\n")[0].splitlines()
    rows = [" ".join(line.split()) for line in head if line.strip()]
    assert rows[0] == "3 assignments, 3 cells with points:"
    assert rows[3:7] == [
        "apart, by asserts 1 2",
        "by a person; beside with c.Judge.beside = True 1 2",
        "by a person 1 2",
        f"Cannot be built: {BROKEN}.",
    ]
    assert max(map(len, done.stdout.splitlines()[:12])) <= 100


def test_each_assignment_has_its_table_and_what_a_build_would_change(looked_at):
    _, _, done = looked_at
    told = " ".join(done.stdout.split(f"\n{MANUAL}\n")[1].split(OBJECT)[0].split())
    assert "test-2 2 apart, by asserts manual-3 2 by a person" in told
    changed = f"A build would change source/{MANUAL}/{NOTEBOOK}.ipynb:"
    assert f"{changed} format 4.4 is 4.5 now." in told
    assert f"{changed} in 3 of 3 cells, the id is new." in told


def test_what_cannot_be_built_is_named_as_it_stands_in_the_course(looked_at):
    course, _, done = looked_at
    part = " ".join(done.stdout.split(f"\n{BROKEN}\n")[1].split())
    assert f"It cannot be built. {course}/source/{BROKEN}/{NOTEBOOK}.ipynb, cell" in part
    assert "nbjudge-adopt-" not in done.stdout + done.stderr


def test_the_two_lines_are_told_and_then_written_once(tmp_path):
    course = make_course(tmp_path, BROKEN)
    told = nbjudge("adopt", BROKEN, cwd=course, check=False).stdout
    assert "lines 2 and 3 of nbgrader_config.py" in " ".join(told.split())
    others = digest(course, but=["nbgrader_config.py"])
    done = nbjudge("adopt", "--write", cwd=course, check=False)
    said = " ".join(done.stdout.split())
    assert "nbgrader_config.py: lines 2 and 3 are new." in said
    assert "Next: 'nbjudge build'" in said
    first, *rest = CONFIG.format(folder=course).splitlines(keepends=True)
    assert (course / "nbgrader_config.py").read_text() == "".join([first, LINES, *rest])
    assert digest(course, but=["nbgrader_config.py"]) == others
    assert configuration(course).ClearSolutions.begin_solution_delimeter == "BEGIN ANSWER"
    before = digest(course)
    again = nbjudge("adopt", "--write", cwd=course, check=False)
    assert "nbgrader_config.py: has both lines already." in again.stdout
    assert digest(course) == before


def test_a_course_without_a_configuration_gets_one_and_all_of_it_is_graded(tmp_path):
    write(tmp_path / "source" / PLAIN, CASE[PLAIN].master())
    nbjudge("adopt", "--write", cwd=tmp_path)
    assert (tmp_path / "nbgrader_config.py").read_text() == f"c = get_config()\n{LINES}"
    nbjudge("build", cwd=tmp_path)


def test_a_folder_that_is_no_course_is_named(tmp_path):
    done = nbjudge("adopt", cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"No nbgrader_config.py in {tmp_path} or above it." in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'c.Autograde.autograde_preprocessors = ["nbgrader.preprocessors.Execute"]',
            "runs notebooks without isolation",
        ),
        ("c.HTMLExporter.sanitize_html = False", "c.HTMLExporter.sanitize_html is False."),
        ('c.CourseDirectory.root = "/elsewhere"', "c.CourseDirectory.root is /elsewhere"),
        ('c.Judge.engine = "fast"', "engine"),
    ],
    ids=["steps", "pages", "root", "option"],
)
def test_a_line_that_undoes_ours_is_named_and_nothing_is_written(tmp_path, line, said):
    course = make_course(tmp_path, BROKEN, config=f"c = get_config()\n\n{line}\n")
    before = digest(course)
    done = nbjudge("adopt", "--write", cwd=course, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert f"nbgrader_config.py, line 3: {line}" in done.stderr
    assert digest(course) == before


def test_a_configuration_that_cannot_be_loaded_is_named(tmp_path):
    course = make_course(tmp_path, BROKEN, config="c = get_config()\nc.Judge = = 1\n")
    done = nbjudge("adopt", "--write", cwd=course, check=False)
    assert f"{course}/nbgrader_config.py, line 2: SyntaxError" in done.stderr


def test_a_fault_of_ours_is_told_and_hides_no_other_assignment(tmp_path, monkeypatch):
    course = make_course(tmp_path, BROKEN, PLAIN)

    def failing(root, assignment):
        if assignment == PLAIN:
            raise ValueError(f"{root} is odd")
        return build_and_try(root, assignment)

    monkeypatch.setattr(adoption, "build_and_try", failing)
    done = nbjudge("adopt", cwd=course, check=False)
    assert done.returncode == 1
    told = " ".join(done.stdout.split())
    assert f"Cannot be built: {BROKEN}, {PLAIN}." in told
    assert f"nbjudge itself failed (ValueError: {course} is odd). Please report it." in told
    assert "BEGIN SOLUTION is never closed" in told


def test_a_file_that_cannot_be_copied_is_named_with_the_mend(tmp_path):
    course = make_course(tmp_path, BROKEN)
    os.mkfifo(course / "pipe")
    done = nbjudge("adopt", cwd=course, check=False)
    assert done.returncode == 1
    assert f"{course}/pipe: " in done.stderr
    assert "Move them out of the course" in done.stderr


def test_a_configuration_that_cannot_be_written_is_named_with_the_mend(tmp_path, monkeypatch):
    course = make_course(tmp_path, BROKEN)
    write_bytes = Path.write_bytes

    def refused(path, content):
        if path == course / "nbgrader_config.py":
            raise PermissionError(errno.EACCES, "Permission denied")
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", refused)
    done = nbjudge("adopt", "--write", cwd=course, check=False)
    assert done.returncode == 1
    assert f"{course}/nbgrader_config.py cannot be written (Permission denied). Give" in done.stderr


NOTE = '"""Ours."""\n'
FUTURE = "from __future__ import annotations\n"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("", f"c = get_config()\n{LINES}", 2),
        (f"{NOTE}{FUTURE}c.A.b = 1\n", f"{NOTE}{FUTURE}{LINES}c.A.b = 1\n", 3),
        ("c.A.b = 1\n", f"{LINES}c.A.b = 1\n", 1),
        ("cfg = get_config()", f"cfg = get_config()\n{LINES.replace('(c)', '(cfg)')}", 2),
        (
            "import os\r\nc = get_config()\r\nc.A.b = 1",
            "import os\r\nc = get_config()\r\n{}c.A.b = 1".format(LINES.replace("\n", "\r\n")),
            3,
        ),
        (f"c = get_config()\nc.A.b = 1\n{LINES}", f"c = get_config()\nc.A.b = 1\n{LINES}", 0),
    ],
    ids=["empty", "docstring", "no-get-config", "other-name", "windows", "there"],
)
def test_the_lines_stand_above_the_courses_own(before, after, line):
    assert with_lines(before.encode()) == (after.encode(), line)


def test_the_encoding_of_a_configuration_stays():
    before = "# coding: latin-1\n# é\nc = get_config()\n".encode("latin-1")
    assert with_lines(before) == (before + LINES.encode(), 4)


def hand_in(course, student, text, when):
    """Put what was released into `submitted/`, with an answer."""
    folder = course / "submitted" / student / PLAIN
    shutil.copytree(course / "release" / PLAIN, folder, dirs_exist_ok=True)
    path = folder / f"{NOTEBOOK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (cell for cell in notebook.cells if is_solution(cell))
    cell.source = text
    nbformat.write(notebook, path)
    (folder / "timestamp.txt").write_text(f"{when} UTC\n", encoding="utf-8")


def scores(course):
    """Return the score of each student, as nbgrader has it."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "old") as book:
        return {one.student.id: one.score for one in book.assignment_submissions(PLAIN)}


def graded(course, *words):
    """Grade the course; return status and flags of each student."""
    done = nbjudge("autograde", PLAIN, "--workers", "1", "--json", *words, cwd=course)
    return {
        one["student"]: [one["status"], *one["flags"]]
        for one in json.loads(done.stdout)["submissions"]
    }


@pytest.mark.slow  # plain nbgrader grades in kernels, and the judge four times
def test_what_was_graded_before_stays_until_it_is_asked_for_or_handed_in_again(tmp_path):
    write(tmp_path / "source" / PLAIN, CASE[PLAIN].master())
    config = tmp_path / "nbgrader_config.py"
    config.write_text('c = get_config()\nc.CourseDirectory.course_id = "old"\n', encoding="utf-8")
    nbgrader("generate_assignment", PLAIN, cwd=tmp_path)
    right, wrong = (f"def f(x):\n    return x + {one}" for one in (1, 2))
    for student, text in (("ada", right), ("bob", wrong), ("eve", wrong)):
        hand_in(tmp_path, student, text, "2026-03-01 12:00:00")
    nbgrader("autograde", PLAIN, cwd=tmp_path)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "old") as book:
        (work,) = book.find_submission(PLAIN, "bob").notebooks
        next(one for one in work.grades if one.max_score).manual_score = 1.5
        book.db.commit()
    before = {"ada": 2.0, "bob": 1.5, "eve": 0.0}
    assert scores(tmp_path) == before
    # Handed in again before the course is adopted, and a new one.
    hand_in(tmp_path, "eve", right, "2026-03-02 12:00:00")
    hand_in(tmp_path, "new", right, "2026-03-02 12:00:00")
    told = " ".join(nbjudge("adopt", "--write", cwd=tmp_path).stdout.split())
    assert "Submissions graded before, and taken as graded: 2." in told
    assert f"Handed in again since, and graded by the next run: eve ({PLAIN})." in told
    assert scores(tmp_path) == before
    nbjudge("build", cwd=tmp_path)
    assert graded(tmp_path) == {
        "ada": ["unchanged", "graded before"],
        "bob": ["unchanged", "graded before"],
        "eve": ["graded"],
        "new": ["graded"],
    }
    assert scores(tmp_path) == {"ada": 2.0, "bob": 1.5, "eve": 2.0, "new": 2.0}
    nbgrader("generate_feedback", PLAIN, cwd=tmp_path)
    hand_in(tmp_path, "ada", wrong, "2026-03-03 12:00:00")
    assert graded(tmp_path)["ada"] == ["graded"]
    assert graded(tmp_path, "--force", "--student", "bob") == {
        "bob": ["graded", "needs manual grade"]
    }
    assert scores(tmp_path) == {"ada": 0.0, "bob": 1.5, "eve": 2.0, "new": 2.0}
    again = nbjudge("adopt", "--write", cwd=tmp_path).stdout
    assert "Submissions graded before, and taken as graded: 0." in again
    # And back.
    config.write_text(config.read_text().replace(LINES, ""))
    nbgrader("generate_assignment", PLAIN, "--force", cwd=tmp_path)
    assert "NotImplementedError" in (tmp_path / f"release/{PLAIN}/{NOTEBOOK}.ipynb").read_text()
    nbgrader("autograde", PLAIN, "--force", cwd=tmp_path)
    assert scores(tmp_path) == {"ada": 0.0, "bob": 1.5, "eve": 2.0, "new": 2.0}


def test_the_page_has_the_lines_and_the_table_that_are_printed(looked_at):
    _, _, done = looked_at
    page = (ROOT / "docs/adopt.md").read_text(encoding="utf-8")
    assert LINES in page
    summary = re.search(r"```text\n(.*?)```", page, re.S)[1].replace("week3", BROKEN)
    assert summary.split() == done.stdout.split()[: len(summary.split())]
