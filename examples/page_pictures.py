"""Pictures of the feedback page's first screen: five submissions, on a laptop and on a phone.

`examples/pictures.py --pages` takes them. The submissions are graded in a course of their own, by
the commands of an instructor, and the course shows what comes late without counting it.
"""

import copy
import shutil
from datetime import datetime
from pathlib import Path

import nbformat
from attention_samples import ASSIGNMENT, SAMPLES
from demo import make_course, step
from feedback_reports import judged, without_version
from filled import Answers, answers_of, released, right_answers
from nbgrader.api import Gradebook
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

# By the name of the picture, the sample that is shown.
SHOWN = {
    "perfect": "perfect",
    "nearly_right": "wrong_exercise_4",
    "not_begun": "empty",
    "late": "wrong_exercise_1",
    "by_hand": "wrong_exercise_2",
}
SCREENS = {"laptop": (1366, 768), "phone": (390, 844)}
DUE, LATE = datetime(2026, 3, 1), datetime(2026, 3, 3, 14, 5)
RULE = "\nc.FeedbackOnSubmit.after_deadline = 'shown'\n"
BY_HAND = ("scaled-marks", 12)  # a graded cell, and the points that a person gives


def texts() -> dict[str, str]:
    """Return what the tests say of each submission: with the template, it decides its pictures."""
    wrong, right = answers_of("wrong"), right_answers(ASSIGNMENT)
    given: dict[str, Answers] = {
        "perfect": right,
        "nearly_right": right | {"multi_head": wrong["multi_head"]},
        "not_begun": {},
        "late": right | {"dot_product": wrong["dot_product"]},
        "by_hand": right | {"scaled": wrong["scaled"]},
    }
    told = {}
    for kind, answers in given.items():
        cards = judged(answers).cards.values()
        told[kind] = "\n".join(without_version(card.to_html(), card) for card in cards)
    return {f"pages/{kind}_{screen}.png": told[kind] for kind in SHOWN for screen in SCREENS}


def take(course: Path, images: Path) -> None:
    """Grade the submissions in `course`, and keep a picture of each page below `images`."""
    make_course(course)
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(RULE)
    step(course, "nbjudge", "build", ASSIGNMENT)
    for sample in SHOWN.values():
        file = course / "submitted" / sample / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        file.parent.mkdir(parents=True)
        made = SAMPLES[sample](copy.deepcopy(released(ASSIGNMENT)))
        nbformat.write(made, file, nbformat.NO_CONVERT)
        came = LATE if sample == SHOWN["late"] else DUE
        (file.parent / "timestamp.txt").write_text(f"{came} UTC", encoding="utf-8")
    with open_book(course) as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
        book.db.commit()
    step(course, "nbjudge", "autograde", ASSIGNMENT, quiet=True)
    with open_book(course) as book:  # as in the formgrader
        cell, points = BY_HAND
        grade = book.find_grade(cell, ASSIGNMENT, ASSIGNMENT, SHOWN["by_hand"])
        grade.manual_score = points
        book.db.commit()
    step(course, "nbgrader", "generate_feedback", ASSIGNMENT, quiet=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for kind, sample in SHOWN.items():
            page = course / "feedback" / sample / ASSIGNMENT / f"{ASSIGNMENT}.html"
            for screen, (width, height) in SCREENS.items():
                photograph(browser, page, (width, height), images / f"pages/{kind}_{screen}.png")
        browser.close()


def open_book(course: Path) -> Gradebook:
    """Return the gradebook of the course."""
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}")


def photograph(browser: Browser, page: Path, size: tuple[int, int], picture: Path) -> None:
    """Keep the first screen of a page, in few colours."""
    shown = browser.new_page(viewport={"width": size[0], "height": size[1]})
    shown.goto(page.as_uri())
    picture.parent.mkdir(parents=True, exist_ok=True)
    shown.screenshot(path=picture)
    shown.close()
    Image.open(picture).convert("RGB").quantize(64).save(picture, optimize=True)
