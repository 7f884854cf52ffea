"""The pictures of the documentation show what the code shows today."""

import json
import re

import pictures
from support.course import ROOT


def test_no_picture_is_older_than_what_it_shows():
    recorded = json.loads(pictures.RECORD.read_text(encoding="utf-8"))
    today = pictures.digests()
    older = {name for name, digest in today.items() if recorded.get(name) != digest}
    made = older & set(pictures.CELLS)
    assert not made, f"{made} are old: run 'python examples/pictures.py'."
    whole = {name for name in older if name.startswith("pages/")}
    assert not whole, f"{whole} are old: run 'python examples/pictures.py --pages'."
    plots = {name for name in older if name.startswith("plots/")}
    assert not plots, f"{plots} are old: run 'python examples/pictures.py --plots'."
    trained = older & set(pictures.ENCODER)
    assert not trained, f"{trained} are old: run 'python examples/pictures.py --encoder'."
    drawn = older & set(pictures.speed())
    assert not drawn, f"{drawn} are old: run their benchmark with --picture, then --seen."
    assert not older, f"{older} are old: run 'python examples/pictures.py --hub'."
    assert set(today) == set(recorded) == pictures.pictures()


def test_every_picture_is_shown_by_a_page_with_words_for_it():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    shown = dict(re.findall(r"!\[([^]]+)\]\((?:docs/)?images/([^)]+\.png)\)", text))
    assert set(shown.values()) == pictures.pictures()


def test_a_changed_message_is_another_picture():
    report = pictures.judged(pictures.answers())
    before = pictures.feedback(report)
    card = report.cards["multi_head-marks"]
    object.__setattr__(card, "diagnosis", "Another sentence.")
    after = pictures.feedback(report)
    assert {name for name in before if before[name] != after[name]} == {
        "feedback.png",
        "feedback_1.png",
    }
