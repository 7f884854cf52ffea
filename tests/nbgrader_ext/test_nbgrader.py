"""The real `nbgrader` command line and the real gradebook, on every sample submission."""

import copy
import csv
import re
import shutil
from html import unescape
from html.parser import HTMLParser

import nbformat
import pytest
from attention_samples import SAMPLES
from make_submissions import ASSIGNMENTS
from make_submissions import main as make_submissions
from nbgrader.api import Gradebook
from support.course import ROOT, nbgrader, nbjudge, run
from support.pages import Page
from support.samples import NAME, expected_totals, submit
from support.sampling import sample

from nbjudge.nbgrader_ext import scorecards

GRADED = sorted(set(SAMPLES) - {"not_a_notebook"})


def open_book(course):
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm")


def feedback(course, who):
    return (course / "feedback" / who / "attention/attention.html").read_text(encoding="utf-8")


def test_the_committed_samples_are_what_the_script_makes(tmp_path):
    make_submissions(tmp_path)
    made, committed = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.ipynb")}
        for folder in (tmp_path, ROOT / "examples/submissions")
    )
    assert made == committed


def test_the_demo_succeeds_and_every_sample_gets_what_it_must_get(graded):
    folder, done = graded
    assert done.returncode == 0, done.stdout + done.stderr
    for assignment, samples in ASSIGNMENTS.items():
        expected = expected_totals(assignment)
        assert set(expected) == set(samples.SAMPLES)
        with open_book(folder) as book:
            scores = {s.student.id: s.score for s in book.assignment_submissions(assignment)}
        for who, total in expected.items():
            if total is not None:
                assert (assignment, who, scores[who]) == (assignment, who, total)


def test_not_a_notebook_is_not_graded_with_a_reason_and_never_zero(graded):
    folder, _ = graded
    with open_book(folder) as book:
        submission = book.find_submission("attention", "not_a_notebook")
        grades = submission.notebooks[0].grades
        assert {g.auto_score for g in grades} == {None}
        assert all(g.needs_manual_grade for g in grades)
    logs = " ".join((folder / "autograde.log").read_text().split())  # a table wraps its lines
    assert "not_a_notebook/attention/attention.ipynb is not a Jupyter notebook" in logs
    assert not (folder / "autograded/not_a_notebook/attention").exists()


def test_the_demo_never_touches_the_courses_own_data(graded):
    folder, _ = graded
    for name in ("submitted", "feedback", "autograded/perfect"):
        assert (folder / name).exists()
        assert not (ROOT / name).exists()


def hidden():
    """Return the lines of the hidden tests, and what the rubrics call their own functions."""
    master = nbformat.read(ROOT / "source" / NAME, as_version=4)
    source = "\n".join(cell.source for cell in master.cells)
    regions = re.findall(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", source, re.S)
    lines = {line.strip("# ") for region in regions for line in region.splitlines()} - {""}
    rubrics = "".join(path.read_text() for path in (ROOT / "rubrics/attention").glob("*.py"))
    names = re.findall(r"^def ([a-z]+_\w+)", rubrics, re.M)
    return lines | {name for name in names if name not in source}


def test_feedback_has_the_criteria_and_no_hidden_source(graded):
    folder, _ = graded
    secrets = hidden()
    assert {"BEGIN HIDDEN TESTS", "from nbjudge.rubric import grade", "large_scores"} < secrets
    for who in SAMPLES:
        if who == "not_a_notebook":
            continue
        html = feedback(folder, who)
        text = unescape(re.sub(r"<[^>]*>", "", html))
        assert [secret for secret in secrets if secret in text or secret in html] == [], who
        assert 'scope="col">Criterion</th>' in html
        assert "&lt;tbody&gt;" not in html
    html = feedback(folder, "wrong_exercise_4")
    assert "23 of 30 points" in html
    assert "the scores of each head are divided by sqrt(head_dim)" in html
    assert "graded by nbjudge (confined)" in html


def test_feedback_says_what_was_mended(graded):
    folder, _ = graded
    assert "Missing cells, put back" in feedback(folder, "deleted_test_cells")
    assert "with work in it counts: scaled, self_attention-marks" in feedback(
        folder, "duplicated_cells"
    )
    assert "Mended before grading" not in feedback(folder, "perfect")


def test_scripts_of_students_do_not_reach_feedback_or_autograded_outputs(graded):
    class Scripts(HTMLParser):
        inside, found = False, ""

        def handle_starttag(self, tag, attributes):
            self.inside = tag == "script"
            assert not any(name.startswith("on") for name, _ in attributes)

        def handle_data(self, data):
            self.found += data if self.inside else ""

    folder, _ = graded
    reader, html = Scripts(), feedback(folder, "scripts")
    assert "planted" in html  # as text
    reader.feed(html)
    assert "planted" not in reader.found
    notebook = nbformat.read(folder / "autograded/scripts" / NAME, as_version=4)
    kinds = {m for c in notebook.cells for o in c.get("outputs", []) for m in o.get("data", {})}
    assert "text/plain" in kinds
    assert kinds <= {"text/plain", "text/html", "image/png", gradebook_mime()}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert "planted" not in output.get("data", {}).get("text/html", "")


def gradebook_mime():
    from nbjudge.rubric.scorecard import MIME

    return MIME


def test_the_export_counts_the_bonus_on_top_of_100(graded):
    folder, _ = graded
    with (folder / "grades.csv").open() as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    perfect, wrong, empty = (
        rows["attention", name] for name in ("perfect", "wrong_bonus", "empty")
    )
    assert (perfect["score"], perfect["max_score"]) == ("110.0", "100.0")
    assert (wrong["score"], empty["score"]) == ("106.0", "0.0")
    assert rows["encoder", "perfect"]["score"] == "100.0"


def test_page_gradebook_and_a_platforms_file_have_one_score(graded, tmp_path):
    folder, _ = graded
    with open_book(folder) as book:
        found = book.assignment_submissions("attention")
        kept = {one.student_id: one.score - one.late_submission_penalty for one in found}
    rows = "".join(f"{name},{place},{name},A,\n" for place, name in enumerate(kept))
    head = "Student,ID,SIS Login ID,Section,attention (4711)\n    Points Possible,,,,100\n"
    (tmp_path / "canvas.csv").write_text(head + rows)
    given, filled = str(tmp_path / "canvas.csv"), tmp_path / "filled.csv"
    done = nbjudge("export", "attention", "--canvas", given, "--to", str(filled),
                   cwd=folder, check=False)  # fmt: skip
    assert done.returncode == 1, done.stderr  # one of ours is no notebook
    with filled.open() as file:
        cells = {row["SIS Login ID"]: row["attention (4711)"] for row in csv.DictReader(file)}
    assert cells["not_a_notebook"] == ""
    pages = {
        path.parts[-3]: Page(path.read_text("utf-8")).score
        for path in (folder / "feedback").glob("*/attention/attention.html")
    }
    assert set(pages) == set(GRADED)
    assert {name: float(cells[name]) for name in pages} == pages
    assert {name: kept[name] for name in pages} == pages


def test_scorecards_are_kept_with_seed_and_version(graded):
    folder, _ = graded
    with open_book(folder) as book:
        cards = scorecards.scorecards(book, "attention", "wrong_exercise_1")
    assert cards["dot_product-marks"]["rubric_version"]
    assert cards["dot_product-marks"]["confined"] is True
    assert sum(m["points"] for m in cards["dot_product-marks"]["marks"] if m["met"]) == 14


def test_unfinished_exercises_show_a_friendly_line_in_place_of_a_plot(graded):
    folder, _ = graded
    notebook = nbformat.read(folder / "autograded/empty" / NAME, as_version=4)
    plots = [cell for cell in notebook.cells if cell.id.endswith("-plot")]
    assert len(plots) == 3
    for cell in plots:
        (output,) = cell.outputs
        assert re.match(r"This plot appears when exercises? \d", output.text)


@pytest.fixture
def small(graded, course):
    """The graded course again, with one submission that may be changed."""
    folder, _ = graded
    shutil.copy(folder / "gradebook.db", course)
    return course


def test_a_failed_regrade_leaves_no_stale_score_and_a_mended_one_counts_again(small):
    submit(small, "perfect", "not_a_notebook")
    done = nbgrader("autograde", "attention", "--force", cwd=small, check=False)
    assert done.returncode == 1
    with open_book(small) as book:
        assert book.find_submission("attention", "perfect").score == 0
        grade = book.find_grade("dot_product-marks", "attention", "attention", "perfect")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)
        bonus = book.find_grade("causal_mask-marks", "attention", "attention", "perfect")
        assert bonus.extra_credit is None
    submit(small, "perfect", "perfect")
    nbgrader("autograde", "attention", "--force", cwd=small)
    with open_book(small) as book:
        assert book.find_submission("attention", "perfect").score == 110


def rows_of(course):
    """Return status and score of each student in a new `grades.csv`."""
    nbgrader("export", '--assignment=["attention"]', cwd=course)
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: (row["status"], row["score"]) for row in csv.DictReader(file)}


def cards_of(course, who):
    with open_book(course) as book:
        return scorecards.scorecards(book, "attention", who)


def test_the_same_submission_has_the_same_report_again_and_a_changed_one_a_new_seed(small):
    submit(small, "ada", "wrong_exercise_4")
    nbgrader("autograde", "attention", cwd=small, NBJUDGE_SEED="")
    first = cards_of(small, "ada")
    nbgrader("autograde", "attention", "--force", cwd=small, NBJUDGE_SEED="")
    assert cards_of(small, "ada") == first
    submit(small, "ada", "wrong_exercise_3")
    assert rows_of(small)["ada"] == ("newer work not graded", "")
    nbgrader("autograde", "attention", "--force", cwd=small, NBJUDGE_SEED="")
    assert rows_of(small)["ada"][0] == "graded"
    seeds = {card["seed"] for card in cards_of(small, "ada").values()}
    assert len(seeds) == 1
    assert seeds != {card["seed"] for card in first.values()}


def test_where_student_code_cannot_be_confined_nothing_is_graded_unless_allowed(small):
    submit(small, "perfect", "perfect")
    old = ("autograde", "attention", "--force", "--Judge.landlock_abi=0")  # no Landlock
    done = nbgrader(*old, cwd=small, check=False)
    assert done.returncode == 1
    assert "Not graded: Student code cannot be confined on this machine." in done.stderr
    with open_book(small) as book:
        grade = book.find_grade("dot_product-marks", "attention", "attention", "perfect")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)
    nbgrader(*old, "--Judge.unconfined=True", cwd=small)
    with open_book(small) as book:
        assert book.find_submission("attention", "perfect").score == 110
    assert not any(card["confined"] for card in cards_of(small, "perfect").values())


PRESS = """
import asyncio
from nbgrader.apps import NbGrader, NbGraderAPI
app = NbGrader()
app.load_config_file()
async def press():
    return NbGraderAPI(config=app.config).autograde("attention", "ada")
result = asyncio.run(press())
assert result["success"], result
"""


def test_the_formgraders_button_grades_within_a_running_event_loop(small):
    submit(small, "ada", "wrong_bonus")
    run("python", "-c", PRESS, cwd=small)
    assert {card["confined"] for card in cards_of(small, "ada").values()} == {True}
    with open_book(small) as book:
        assert book.find_submission("attention", "ada").score == 106


def autograde(course, names, *options):
    """Grade samples by nbgrader's command; all must get what they must get."""
    for name in names:
        submit(course, name, name)
    run("nbgrader", "autograde", "attention", *options, cwd=course)
    expected = expected_totals()
    with open_book(course) as book:
        scores = {name: book.find_submission("attention", name).score for name in names}
    assert scores == {name: expected[name] for name in names}


def grade_plainly(course, names):
    autograde(course, names, "--Judge.engine=plain", "--Execute.timeout=30")
    for name in names:
        assert {card["engine"] for card in cards_of(course, name).values()} == {"plain nbgrader"}
        assert not any(card["confined"] for card in cards_of(course, name).values())


def test_plain_nbgraders_own_execute_gives_the_same_scores_and_says_unconfined(small):
    grade_plainly(small, ["wrong_exercise_4", "skipped_test_cells"])


@pytest.mark.slow
def test_plain_nbgraders_own_execute_gives_the_same_scores_to_every_sample(small):
    grade_plainly(small, sample(GRADED, 6))


def test_nbgraders_autograde_gives_samples_what_they_must_get(small):
    autograde(small, sample(GRADED, 6), "--Judge.limits", "cell_seconds=3")


def test_manual_grades_and_comments_survive_a_regrade(small):
    with open_book(small) as book:
        book.find_grade("scaled-marks", "attention", "attention", "perfect").manual_score = 7
        bonus = book.find_grade("causal_mask-marks", "attention", "attention", "perfect")
        bonus.extra_credit = 4
        comment = book.find_comment("scaled", "attention", "attention", "perfect")
        comment.manual_comment = "Well argued."
        book.db.commit()
    submit(small, "perfect", "perfect")
    nbgrader("autograde", "attention", cwd=small)
    with open_book(small) as book:
        assert book.find_submission("attention", "perfect").score == 20 + 7 + 30 + 30 + 4
        comment = book.find_comment("scaled", "attention", "attention", "perfect")
        assert comment.comment == "Well argued."


def test_generate_commands_work_from_the_root_with_no_option_and_equal_build(course):
    before = {step: (course / step / NAME).read_bytes() for step in ("release", "solutions")}
    for step in before:
        shutil.rmtree(course / step)
    nbgrader("generate_assignment", "attention", cwd=course)
    nbgrader("generate_solution", "attention", cwd=course)
    for step, content in before.items():
        assert (course / step / NAME).read_bytes() == content


def test_validate_catches_a_failing_visible_test_and_passes_the_solution(tmp_path, release):
    shutil.copy(ROOT / "solutions" / NAME, tmp_path / "right.ipynb")
    wrong = nbformat.read(tmp_path / "right.ipynb", as_version=4)
    for cell in wrong.cells:
        if cell.id == "scaled":
            cell.source = cell.source.replace('float("-inf")', "-0.5")
    nbformat.write(wrong, tmp_path / "wrong.ipynb")
    nbformat.write(copy.deepcopy(release), tmp_path / "empty.ipynb")
    names = ("right.ipynb", "wrong.ipynb", "empty.ipynb")
    done = run("nbgrader", "validate", *names, cwd=tmp_path)
    right, wrong, empty = re.split(r"^(?=Success!|VALIDATION FAILED)", done.stdout, flags=re.M)[1:]
    assert "Success! Your notebook passes all the tests." in right
    assert "Masked positions should have 0 weight" in wrong
    assert "failed" in empty
