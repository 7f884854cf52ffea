"""The feedback page: what its reader finds first, what is folded, and what is never on it."""

import itertools
import re
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.coursedir import CourseDirectory
from support.pages import SENTENCE, Page, card, exercise, notebook, plain
from traitlets.config import Config

from nbjudge.nbgrader_ext.defaults import configure
from nbjudge.nbgrader_ext.recorded import CellGrade, Recorded
from nbjudge.notebook.head import MENDED, put_on_top
from nbjudge.reports.attempt_facts import AttemptFacts
from nbjudge.reports.feedback import Pages, Subject
from nbjudge.sanitize.outputs import unmet
from nbjudge.verdict import Verdict

UNTOUCHED = {"met": (False, False), "verdict": Verdict.NOT_BEGUN}
PIXEL = "iVBORw0KGgo="


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    config = Config()
    configure(config)
    root = str(tmp_path_factory.mktemp("course"))
    coursedir = CourseDirectory(config=config, root=root, assignment_id="week1")
    return Pages(coursedir, config)


@pytest.fixture
def make(pages):
    def made(*cells, now=None, student="ada", **facts):
        subject = Subject("week1", "week1", student, AttemptFacts(**facts), now)
        return Page(pages.page(notebook(*cells), subject))

    return made


def nearly():
    return exercise("b", card("Exercise 2", diagnosis=SENTENCE))


def right():
    return exercise("a", card("Exercise 1", met=(True, True)))


def graded(cell, points, automatic, manual=None, extra=None):
    return CellGrade("week1", cell, points, automatic, manual, extra, waits=automatic is None)


def test_the_score_and_the_attempt_come_first_then_what_to_do(make):
    page = make(right(), nearly(), number=2, sentences=("Attempt 2, which came today.",))
    order = ["week1", "15 of 20 points", "Attempt 2, which", SENTENCE, "Criterion 1", "Notebook"]
    places = [page.text.index(one) for one in order]
    assert places == sorted(places)
    assert page.score == 15


def test_the_sentence_of_a_misconception_is_the_first_thing_to_do(make):
    assert make(right(), nearly()).rows == {
        "Exercise 1": ("10 of 10", "Nothing: all criteria are met."),
        "Exercise 2": ("5 of 10", f"{SENTENCE} Not met: Criterion 2."),
    }
    unknown = exercise("b", card("Exercise 2", met=(False, True, False)))
    assert make(unknown).rows["Exercise 2"][1] == (
        "Criterion 1: Look at 1. 1 more criterion is not met."
    )


def test_what_there_is_to_do_comes_before_what_is_right(make):
    """A phone's first screen shows three exercises, and the mistake may be in the last."""
    untouched = exercise("c", card("Exercise 3", **UNTOUCHED))
    known = exercise("d", card("Exercise 4", diagnosis=SENTENCE))
    other = exercise("e", card("Exercise 5"))
    page = make(right(), untouched, known, other)
    told = [f"Exercise {number}" for number in (4, 3, 5, 1)]
    assert [re.search(r"Exercise \d", one)[0] for one in page.rows] == told


def test_what_is_right_is_folded_and_what_is_not_is_open(make):
    page = make(right(), nearly())
    assert page.folded("criteria") == {
        "Exercise 1 10 of 10 points, all criteria met": True,
        "Exercise 2 5 of 10 points": False,
    }
    assert page.folded("notebook") == {"Exercise 1": True, "Exercise 2": False}


def test_a_right_exercise_beside_a_cell_that_fails_is_open(make):
    failing = new_code_cell("1 / 0", id="mine")
    failing.outputs = [new_output("error", ename="ZeroDivisionError", evalue="", traceback=["no"])]
    assert make([failing], right()).folded("notebook") == {"Exercise 1": False}


def test_an_untouched_exercise_says_not_begun_once(make):
    page = make(exercise("b", card(**UNTOUCHED)), exercise("a", card("Exercise 2", met=(True,))))
    assert len(re.findall("not begun", page.text, re.I)) == 1
    assert page.rows["Exercise 1"][1] == "Not begun."
    assert "Look at" not in page.text
    assert page.folded("notebook")["Exercise 1"]


def test_points_for_an_untouched_exercise_are_said_to_be_a_persons(make):
    now = Recorded("1", grades=[graded("b-marks", 5, 0.0, manual=2.0)])
    page = make(exercise("b", card(**UNTOUCHED)), now=now)
    assert page.rows["Exercise 1"] == (
        "2 of 5 set by hand; the tests gave 0",
        "The answer is as it was handed out. A person gave its points.",
    )
    assert "not met" not in page.text
    assert "Look at" not in page.text


@pytest.mark.parametrize(
    ("shows", "there", "hidden"),
    [
        ("messages", ["5 of 10", SENTENCE, "Look at 2.", "✗ not met"], []),
        ("results", ["5 of 10", "✗ not met", "Criterion 2", "later"], [SENTENCE, "Look at"]),
        ("nothing", ["later"], ["5", "met", "Criterion", SENTENCE, "Look at", "def solution"]),
    ],
)
def test_before_the_due_date_a_page_shows_what_the_course_allows(make, shows, there, hidden):
    page = make(nearly(), number=1, shows=shows, later="" if shows == "messages" else "See later.")
    everything = page.html.split("</style>")[1]
    assert [one for one in there if one not in everything] == []
    assert [one for one in hidden if one in everything] == []


@pytest.mark.parametrize(
    "output",
    [
        new_output("error", ename="A", evalue="secret hint", traceback=["secret"]),
        unmet("secret hint"),
    ],
    ids=["lost", "counted"],
)
def test_results_alone_hide_what_a_plain_test_says_and_what_a_person_writes(make, output):
    test = exercise("a", card())
    test[-1].outputs = [output]
    now = Recorded("1", grades=[graded("a-marks", 10, 0.0)], comments=[("a", None, "personal")])
    assert "secret hint" in make(test, now=now).html
    page = make(test, now=now, shows="results")
    assert page.rows["Formula"] == ("0 of 10", "A test is not met.")
    assert "secret" not in page.html
    assert "personal" not in page.html


def test_what_nobody_has_graded_is_never_0(make):
    page = make(exercise("a", card(met=(False,), fault="The criterion fails on the reference.")))
    assert page.score is None
    assert "not graded yet, 5 points" in page.rows["Exercise 1"][0]
    assert "not yours" in page.rows["Exercise 1"][1]
    assert "not graded yet" in page.title
    assert not re.search(r"\b0 of", page.text)
    partly = make(exercise("b", card("Exercise 2", met=(False,), fault="Ours.")), right())
    assert partly.score == 10
    assert "The score will change. Not graded yet: Exercise 2." in partly.text


def test_what_a_person_graded_in_place_of_a_test_is_not_called_ungraded(make):
    fault = "Its test could not be shown to be right."
    unproven = replace(card("Exercise 2", met=(False, False), fault=fault), marks=())
    page = make(right(), exercise("b", unproven))
    assert "could not be shown" in page.rows["Exercise 2"][1]
    assert [one.text for one in page.soup.select(".criteria h3")] == ["Exercise 1"]
    now = Recorded("1", grades=[graded("a-marks", 10, 10.0), graded("b-marks", 10, None, 7.0)])
    page = make(right(), exercise("b", unproven), now=now)
    assert page.rows["Exercise 2"] == (
        "7 of 10 set by hand",
        "Graded by hand, and not by its test.",
    )
    assert "not graded" not in page.text.lower()


def test_points_changed_by_hand_say_so(make):
    now = Recorded("1", grades=[graded("a-marks", 10, 10.0, manual=7.0)])
    now.comments.append(("a", None, "Where is the *mask*?"))
    page = make(right(), now=now)
    assert page.score == 7
    points, then = page.rows["Exercise 1"]
    assert points == "7 of 10 set by hand; the tests gave 10"
    assert then.endswith("Your instructor writes: Where is the mask ?")
    assert "set some of the points by hand" in page.text
    untouched = make(right(), now=Recorded("1", grades=[graded("a-marks", 10, 10.0)]))
    assert "by hand" not in untouched.text


def test_the_bonus_and_the_late_penalty_are_in_the_score_and_are_told(make):
    bonus = exercise("b", card("Bonus", met=(True, True)), extra=10)
    rows = [graded("a-marks", 10, 10.0), graded("b-marks", 0, 0.0, extra=10.0)]
    page = make(right(), bonus, now=Recorded("1", penalties={"week1": 4.0}, grades=rows))
    assert page.score == 16
    assert "16 of 10 points" in page.text
    told = "The work has 20 points, 10 of them from the bonus; a late penalty of 4 is taken off."
    assert told in page.text
    assert "10 of them come from the bonus." not in page.text
    assert page.rows["Bonus"][0] == "10 of 10, bonus"
    assert "by hand" not in page.text
    punctual = make(right(), bonus, now=Recorded("1", grades=rows))
    assert "20 of 10 points 10 of them come from the bonus." in punctual.text


def test_a_title_tells_tabs_apart(make):
    titles = {
        make(right(), number=1).title,
        make(right(), number=2).title,
        make(right(), number=2, student="bob").title,
        make(nearly(), number=2).title,
        make(right(), number=2, shows="nothing").title,
    }
    assert len(titles) == 5


def test_what_to_do_next_and_the_notebook_use_the_same_titles(make):
    page = make(plain("cell-1", source="def mean(): ..."), plain("cell-2"))
    assert list(page.rows) == ["mean", "Exercise 2"]
    assert set(page.folded("notebook")) == {"mean", "Exercise 2"}
    assert "cell-1" not in page.text


def test_the_page_is_a_document_that_assistive_programs_can_read(make):
    page = make(right(), nearly(), exercise("c", card("Exercise 3", **UNTOUCHED)))
    soup = page.soup
    assert soup.html["lang"] == "en"
    assert "width=device-width" in soup.find("meta", attrs={"name": "viewport"})["content"]
    levels = page.headings()
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(table.caption.get_text().strip() for table in soup("table"))
    assert all(header.has_attr("scope") for header in soup("th"))
    ids = [one["id"] for one in soup(id=True)]
    assert len(ids) == len(set(ids))
    assert soup("script") == []
    assert [one for one in soup("a") if one["href"].startswith("#")] == []
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!data:)[^"')>]+""", page.html) == []


def test_pictures_have_their_own_words(make):
    cell = new_code_cell("plot()", id="plot")
    for about in ({"image/png": {"alt": 'Row <1> is "dark"'}}, {}):
        cell.outputs.append(new_output("display_data", {"image/png": PIXEL}, metadata=about))
    alts = [one["alt"] for one in make([cell], right()).soup("img")]
    assert alts == ['Row <1> is "dark"', "A picture that this cell draws"]
    cell.metadata.alt = "A mask."
    alts = [one["alt"] for one in make([cell], right()).soup("img")]
    assert alts == ['Row <1> is "dark"', "A mask."]


def test_pictures_of_what_is_open_are_kept_before_those_of_what_is_folded(make):
    def drawn(name):
        about = {"image/png": {"alt": f"Plot of {name}."}}
        cell = new_code_cell("plot()", id=name)
        cell.outputs = [new_output("display_data", {"image/png": "A" * 150_000}, metadata=about)]
        return [cell]

    page = make(drawn("one"), right(), drawn("two"), nearly())
    assert [one["alt"] for one in page.soup("img")] == ["Plot of two."]
    assert "a picture of 112 KB, which this cell draws. Plot of one." in page.text


def test_what_a_student_writes_stays_text(make):
    planted = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    cells = right()
    cells[0].source = f"# Mine {planted}"
    cells[1].source = planted
    cells[1].outputs = [
        new_output("stream", name="stdout", text=planted),
        new_output("error", ename="E", evalue=planted, traceback=[f"\x1b[31m{planted}\x1b[0m"]),
        new_output("display_data", {"text/html": planted, "text/plain": planted}),
        new_output("display_data", {"image/png": f'"><{planted}'}),
    ]
    cells[2].outputs = [new_output("error", ename="E", evalue=planted, traceback=[planted])]
    soup = make(cells).soup
    assert soup("script") == []
    assert [one for one in soup(True) if any(name.startswith("on") for name in one.attrs)] == []
    assert "default-src 'none'" in soup.find(attrs={"http-equiv": True})["content"]


def test_a_page_stays_small_whatever_a_notebook_holds(make):
    cells = []
    for number in range(60):
        cell = new_code_cell("x = [\n" + "    1.5,\n" * 2000 + "]", id=f"mine-{number}")
        cell.outputs = [
            new_output("stream", name="stdout", text="<&>" * 100_000),
            new_output("display_data", {"image/png": "A" * 90_000, "text/plain": "plot"}),
        ]
        cells.append(cell)
    page = make(cells, nearly())
    assert len(page.html.encode()) < 250_000
    assert "leaves out a picture of 67 KB" in page.text
    assert SENTENCE in page.text


def test_what_was_mended_is_told_once(make, pages):
    judged = notebook(right())
    put_on_top(judged, MENDED, ["A cell was missing."])
    page = Page(pages.page(judged, Subject("week1", "week1", "ada")))
    assert page.text.count("A cell was missing.") == 1
    assert page.text.index("A cell was missing.") < page.text.index("Notebook")


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_a_notebook_that_plain_nbgrader_graded_without_ids_has_a_page(pages):
    old = notebook(right())
    for cell in old.cells:
        del cell["id"]
    old.nbformat_minor = 4
    now = Recorded("1", grades=[graded("a-marks", 10, 10.0)])
    subject = Subject("week1", "week1", "ada", AttemptFacts(), now)
    assert Page(pages.page(old, subject)).score == 10
