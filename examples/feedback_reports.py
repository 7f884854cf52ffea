"""Bring docs/feedback.md up to date: what students read about three mistakes.

    python examples/feedback_reports.py [--pictures]

The page is written by hand, but for the blocks of code that follow a comment `<!-- name -->`.
With `--pictures`, the same notebook also goes through nbgrader, and Chromium takes a picture of
each report in its feedback page. No test compares the pictures: take them anew when a message
has changed.
"""

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import torch
from bs4 import BeautifulSoup
from demo import make_course, step
from make_submissions import ASSIGNMENT, ROOT, Answers, fill, right_answers
from PIL import Image, ImageOps

from nbjudge.authoring import verify
from nbjudge.authoring.single import judge_file

PAGE = ROOT / "docs" / "feedback.md"
SEED = 0  # that of the demo's commands, too
# What the solution of an exercise says, and what the student writes instead.
MISTAKES = {
    "multi_head": ("scores / self.head_dim**0.5", "scores / embed_dim**0.5"),
    "scaled": ("mask == 0", "mask == 1"),
    "self_attention": ("torch.bmm(Q, K.transpose(1, 2))", "torch.bmm(Q, K)"),
}
BLOCK = re.compile(r"^<!-- (.+) -->\n(```\w+\n)(?:.*\n)*?```$", re.M)
# As in tests/slow/test_browser.py: root may run it, and it keeps off the network.
CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--window-size=900,1600"),
)


def current(page: str) -> str:
    """Return the page with its blocks as the judge and the rubrics make them today."""
    made = blocks()
    return BLOCK.sub(lambda b: f"<!-- {b[1]} -->\n{b[2]}{made[b[1]]}\n```", page)


def blocks() -> dict[str, str]:
    """Judge the mistakes and verify the rubrics; return the text of each block by its name."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT):
        judged, _ = judge_file(submit(Path(folder)), ASSIGNMENT, SEED, None, unconfined=False)
        found = verify.verify(ROOT, ASSIGNMENT, range(SEED, SEED + 1))
    made = {"verify": tidy(verify.to_text(found))}
    for exercise, (_, wrong) in MISTAKES.items():
        lines = answers()[exercise].splitlines()
        made[f"{exercise}, line"] = next(line.strip() for line in lines if wrong in line)
        card = judged.cards[f"{exercise}-marks"]
        # Each edit of a rubric changes its version; the page changes with what is told.
        made[f"{exercise}, report"] = tidy(card.to_text().replace(card.rubric_version, "…"))
    return made


def tidy(text: str) -> str:
    """Return the text without the blanks that end lines, and without empty lines around it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def answers() -> Answers:
    """Return the solution with the mistakes, by cell."""
    made = right_answers()
    for exercise, (right, wrong) in MISTAKES.items():
        assert right in made[exercise], f"'{right}' is not in the solution of {exercise}."
        made[exercise] = made[exercise].replace(right, wrong)
    return made


def submit(folder: Path) -> Path:
    """Write the released notebook, filled in with the answers, into the folder."""
    name = f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(ROOT / "release" / ASSIGNMENT / name, nbformat.NO_CONVERT)
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(fill(notebook, answers()), folder / name, nbformat.NO_CONVERT)
    return folder / name


def take_pictures(course: Path) -> None:
    """Grade the notebook in a course of its own; take each report from the feedback page."""
    make_course(course)
    step(course, "nbjudge", "build", ASSIGNMENT)
    submit(course / "submitted" / "ada" / ASSIGNMENT)
    for verb in ("autograde", "generate_feedback"):
        step(course, "nbgrader", verb, ASSIGNMENT, quiet=True)
    feedback = course / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    page = BeautifulSoup(feedback.read_text(encoding="utf-8"), "html.parser")
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    profile, alone, shot = course / "profile", course / "alone.html", course / "shot.png"
    for number, exercise in enumerate(MISTAKES, start=1):
        styles, cell = page("style"), page.find(id=f"cell-id={exercise}-marks")
        alone.write_text(f"<!doctype html>{''.join(map(str, styles))}{cell}", encoding="utf-8")
        options = (f"--user-data-dir={profile}", f"--screenshot={shot}", alone.as_uri())
        subprocess.run([chromium, *CHROMIUM, *options], check=True, capture_output=True)
        picture = Image.open(shot).convert("RGB")
        picture = picture.crop(ImageOps.invert(picture).getbbox())  # what is not white
        picture = ImageOps.expand(picture, border=8, fill="white").quantize(64)
        picture.save(PAGE.parent / "images" / f"feedback_{number}.png", optimize=True)


if __name__ == "__main__":
    torch.set_num_threads(1)  # on tensors this small, threads only wait for each other
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    if "--pictures" in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as temporary:
            take_pictures(Path(temporary, "course"))
