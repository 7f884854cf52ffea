"""What two students share, as the page shows it: lines with their indents, marks, and few words."""

from nbjudge.similarity.compare import COMMENTS, NAMES, Alike, Compared
from nbjudge.similarity.evidence import Evidence
from nbjudge.similarity.handed_in import Exercise, HandedIn
from nbjudge.similarity.parts import Parts
from nbjudge.similarity.report import Similar
from nbjudge.similarity.shown import shared_words, side_by_side

ALIKE, NOTHING = Evidence(9.0, 0.9, 2), Evidence(-1.0, 0.1, 2)
CODE = "def f(x):\n    y = sinh(\n\tx)\n\n" + " " * 40 + "# deep\n    return y\n"


def compared(names=NOTHING):
    """Return one pair of two students who wrote the same code, of which all is rare."""
    parts = Parts()
    rare = {
        "one": {p.number: 5.0 for p in parts.of_code(CODE) if p.end - p.begin > 1},
        NAMES: {part.number: 5.0 for part in parts.of_names("total = j = 1")},
        COMMENTS: {},
    }
    pair = Alike(("ada", "ben"), {"one": ALIKE}, {NAMES: names, COMMENTS: NOTHING}, 9.0)
    work = {name: {"one": f"{CODE}    total = j = 1\n"} for name in pair.students}
    exercises = [Exercise("one", "Exercise 1", True)]
    return Compared(2, 2.0, [pair], parts, 2, rare), HandedIn(exercises, [], [], work)


def page(names):
    similar = Similar.__new__(Similar)  # what it reads from a course is given here
    similar._assignment = "week1"
    similar._compared, similar._handed_in = compared(names)
    return similar.to_html()


def test_a_line_keeps_its_text_and_says_where_its_rest_begins():
    found, handed_in = compared()
    (one,) = side_by_side(found.pairs[0], found, handed_in)
    lines = one.texts[0]
    text = "\n".join("".join(piece for piece, _ in line.pieces) for line in lines)
    assert text == handed_in.work["ada"]["one"]
    # A tab is as wide as on the page; far out the rest of a line begins nearer to the edge.
    assert [line.indent for line in lines] == [0, 4, 4, 0, 16, 4, 4, 0]
    assert ("y = sinh(", True) in lines[1].pieces


def test_names_that_add_nothing_to_the_score_are_not_listed_as_shared():
    assert "Unusual names that both chose" in page(ALIKE)
    assert "<code>total</code>" in page(ALIKE)
    assert "Unusual names that both chose" not in page(NOTHING)


def test_a_name_of_one_letter_is_neither_listed_nor_marked():
    found, handed_in = compared(ALIKE)
    assert shared_words(found.pairs[0], found, handed_in, NAMES) == ["total"]
    (one,) = side_by_side(found.pairs[0], found, handed_in)
    marked = {piece for line in one.texts[0] for piece, shared in line.pieces if shared}
    assert "total" in marked
    assert "j" not in marked
