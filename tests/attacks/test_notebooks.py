"""Edited structure and broken files: nothing is gained, honest work counts, one run grades all."""

import json
import os
import shutil
from copy import deepcopy

import nbformat
import pytest
from attacks.world import World
from nbgrader.api import Gradebook, MissingEntry
from support.course import run
from support.judging import FULL, points, release, solution
from support.judging import run as judge_run


def marks(notebook, name="dot_product-marks"):
    return next(cell for cell in notebook.cells if cell.id == name)


def more_points(notebook):
    for cell in notebook.cells:
        cell.metadata.get("nbgrader", {}).update(points=1000)


def unlocked(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(locked=False, grade=False, checksum="x", schema_version=2)


def forged_outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "20.0"})]


def tags(notebook):
    for cell in notebook.cells:
        cell.metadata.tags = ["skip-execution", "raises-exception", "hide-output", "parameters"]


def a_test_cell_of_its_own(notebook):
    for cell in notebook.cells:
        if cell.id.endswith("-marks"):
            cell.source = "20.0"


def a_copy_of_the_test_cell_that_decides_itself(notebook):
    copy = nbformat.from_dict(json.loads(json.dumps(marks(notebook))))
    copy.source = "20.0"
    notebook.cells.append(copy)


def a_student_cell_with_the_mark_of_a_test(notebook):
    extra = nbformat.v4.new_code_cell("20.0", metadata=marks(notebook).metadata)
    notebook.cells.insert(0, extra)


def a_solution_that_is_graded(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata.nbgrader.update(grade=True, points=50)


def test_cells_as_markdown(notebook):
    for cell in notebook.cells:
        if cell.id.endswith("-marks"):
            cell.cell_type = "markdown"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)


def a_kernel_that_runs_a_command(notebook):
    notebook.metadata.kernelspec = {"name": "evil", "display_name": "x", "language": "bash"}
    notebook.metadata.language_info = {"name": "bash"}


def no_test_cells(notebook):
    notebook.cells = [cell for cell in notebook.cells if not cell.id.endswith("-marks")]


def extra_credit_of_its_own(notebook):
    for cell in notebook.cells:
        cell.metadata.nbjudge = {"extra_credit": 1000}


def everything_reversed(notebook):
    notebook.cells.reverse()


def no_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata = {}
        cell.pop("id")
    notebook.metadata = {}


def merged_solutions(notebook):
    solved = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]
    solved[0].source = "\n\n".join(cell.source for cell in solved)
    for cell in solved[1:]:
        notebook.cells.remove(cell)


EDITS = [
    more_points, unlocked, forged_outputs, tags, a_test_cell_of_its_own,
    a_copy_of_the_test_cell_that_decides_itself, a_student_cell_with_the_mark_of_a_test,
    a_solution_that_is_graded, test_cells_as_markdown, a_kernel_that_runs_a_command, no_test_cells,
    extra_credit_of_its_own,
]  # fmt: skip
HONEST = [*EDITS, no_metadata, merged_solutions]


def edited(notebook, edit):
    before = deepcopy(notebook)
    edit(notebook)
    assert notebook != before
    return notebook


@pytest.mark.parametrize("edit", [*EDITS, everything_reversed], ids=lambda edit: edit.__name__)
def test_an_edit_gains_nothing(zygote, edit):
    judged = judge_run(zygote, edited(release(), edit))
    assert set(points(judged).values()) == {0}
    assert set(judged.scores.values()) == {0}
    assert len(judged.cards) == len(FULL)


@pytest.mark.parametrize("edit", HONEST, ids=lambda edit: edit.__name__)
def test_honest_work_counts_whatever_happened_to_the_notebook(zygote, edit):
    assert points(judge_run(zygote, edited(solution(), edit))) == FULL


del test_cells_as_markdown  # an edit, no test


def text(notebook):
    return nbformat.writes(notebook).encode()


def with_metadata(**metadata):
    notebook = solution()
    notebook.metadata.update(metadata)
    return text(notebook)


def deep(levels):
    value = "x"
    for _ in range(levels):
        value = [value]
    return json.dumps(
        {"cells": [], "metadata": {"x": value}, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


def with_cell(**fields):
    notebook = json.loads(text(solution()))
    notebook["cells"].append({"id": "odd", "metadata": {}, **fields})
    return json.dumps(notebook).encode()


def old_format():
    return nbformat.writes(nbformat.convert(solution(), 3), version=3).encode()


def with_code(source):
    return with_cell(cell_type="code", source=source, outputs=[], execution_count=None)


def with_thousands_of_cells():
    notebook = solution()
    notebook.cells += [nbformat.v4.new_markdown_cell("x", id=f"m{n}") for n in range(3000)]
    return text(notebook)


ENVELOPE = '{"cells": %s, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
# What is not graded, and what is worth its honest points.
REFUSED = {
    "empty_file": b"", "not_json": b"hello", "half_a_file": text(release())[:5000],
    "a_list": b"[]", "a_number": b"3", "null": b"null", "nested": deep(500),
    "no_cells": b'{"metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "cells_that_are_none": (ENVELOPE % "3").encode(), "a_million_brackets": b"[" * 1_000_000,
    "nul_bytes": b"\0" * 1000, "latin_1": "é".encode("latin-1") * 100,
    "a_picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a_source_that_is_a_number": with_cell(cell_type="code", source=7, outputs=3),
    "from_the_future": text(solution()).replace(b'"nbformat": 4', b'"nbformat": 99'),
}  # fmt: skip
GRADED = {
    "byte_order_mark": b"\xef\xbb\xbf" + text(solution()),
    "aa_first": text(solution()), "zz_last": text(solution()), "old_format": old_format(),
    "a_cell_of_unknown_type": with_cell(cell_type="virus", source="x"),
    "a_cell_without_source": with_cell(cell_type="code"),
    "a_lonely_surrogate": with_code("print('\ud800')"), "nul_in_source": with_code("x = 1\0"),
    "thousands_of_cells": with_thousands_of_cells(),
    "strange_metadata": with_metadata(kernelspec=None, language_info=[], widgets={}, nbgrader=3),
}  # fmt: skip
BESIDE = ("beside_link", "beside_fifo", "beside_folder_link")


@pytest.fixture(scope="module")
def broken(built, tmp_path_factory):
    """One real run of nbgrader over every broken file, between two honest submissions."""
    folder = tmp_path_factory.mktemp("broken")
    course = folder / "course"
    shutil.copytree(built, course)
    with World(folder / "world", course) as world:
        submit_all(course, world)
        limits = ("--Judge.limits", "cell_seconds=5")
        done = run("nbgrader", "autograde", "attention", *limits, cwd=course, check=False)
        yield course, world, done.stdout + done.stderr


def submit_all(course, world):
    """Broken files, and submissions whose trouble lies beside the notebook or in its name."""
    submitted = course / "submitted"
    honest = dict.fromkeys((*BESIDE, "named_copy", "a_folder", "timestamp"), text(solution()))
    for name, content in {**REFUSED, **GRADED, **honest}.items():
        (submitted / name / "attention").mkdir(parents=True)
        (submitted / name / "attention/attention.ipynb").write_bytes(content)
    (submitted / "beside_link/attention/data.txt").symlink_to(world.canary)
    (submitted / "beside_folder_link/attention/data").symlink_to(world.course / "rubrics")
    os.mkfifo(submitted / "beside_fifo/attention/pipe")
    copied = submitted / "named_copy/attention"
    shutil.move(copied / "attention.ipynb", copied / "attention (1).ipynb")
    (submitted / "a_folder/attention/other.ipynb").mkdir()
    (submitted / "timestamp/attention/timestamp.txt").write_text("2020-01-01 00:00:00 UTC")


def score(course, student):
    """What the gradebook says; None where something is not graded."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        try:
            submission = book.find_submission("attention", student)
        except MissingEntry:  # nbgrader stopped before it wrote anything
            return None
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        return None if any(grade.auto_score is None for grade in grades) else submission.score


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_notebook_fails_alone_and_is_told(broken, name):
    course, _, log = broken
    assert score(course, name) is None
    assert not (course / "autograded" / name / "attention").exists()
    told = [line for line in log.splitlines() if "NotGraded: " in line and f"/{name}/" in line]
    assert f"submitted/{name}/attention/attention.ipynb" in told[0]
    assert "Ask the student" in told[0]


@pytest.mark.parametrize("name", [*GRADED, "timestamp"])
def test_honest_work_in_a_strange_file_counts(broken, name):
    course, _, _ = broken
    assert score(course, name) == 110


@pytest.mark.parametrize("name", BESIDE)
def test_links_and_devices_beside_the_notebook_are_refused_whole(broken, name):
    course, world, log = broken
    assert score(course, name) is None
    assert not (course / "autograded" / name / "attention").exists()
    assert world.secret not in log
    assert f"submitted/{name}/attention" in log


def test_a_name_that_is_no_masters_is_not_graded(broken):
    course, _, _ = broken
    assert not (course / "autograded/named_copy/attention/attention.ipynb").exists()


def test_no_harm_and_no_leak_in_the_whole_run(broken):
    course, world, _ = broken
    assert world.harm() == []
    written = [path for path in (course / "autograded").rglob("*") if path.is_file()]
    assert len(written) >= len(GRADED)
    for path in written:
        assert world.secret not in path.read_text(errors="replace")
