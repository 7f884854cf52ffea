"""Make the pictures of the documentation anew, and record what decides each of them.

    python examples/pictures.py            feedback: README.md and docs/feedback.md
    python examples/pictures.py --pages    docs/feedback.md: whole pages, on laptop and phone
    python examples/pictures.py --plots    docs/plots.md: each plot, and what a mistake makes of it
    python examples/pictures.py --report   docs/instructors.md: the report of a class (minutes)
    python examples/pictures.py --encoder  docs/encoder.md: the trained encoder (seconds)
    python examples/pictures.py --hub      docs/images/hub: a real hub (root, Node.js, minutes)
    python examples/pictures.py --seen     record all others as they are, after looking at them

`docs/images/made_from.json` keeps, for each picture, a digest of what it shows. A test fails when
what would be shown today is something else. The pictures of `docs/speed.md` are drawn by the
benchmarks with `--picture`; look at the new ones beside their tables, then say `--seen`.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import page_pictures
import plot_pictures
import report_pictures
import torch
from attention_samples import ASSIGNMENT, answers_of, right_answers
from bs4 import BeautifulSoup
from demo import make_course, step
from feedback_reports import MISTAKES, SEED, answers, judged, submit, without_version
from filled import ROOT
from in_process import Notebook
from PIL import Image, ImageOps

from nbjudge.judge.judged import Judged
from nbjudge.rubric.scorecard import Scorecard

IMAGES = ROOT / "docs" / "images"
RECORD = IMAGES / "made_from.json"
SPEED = ROOT / "docs" / "speed.md"
# The cells of the feedback page that a picture shows; of a plot, its output alone.
CELLS = {
    "feedback.png": ("multi_head-plot", "multi_head-marks"),
    **{f"feedback_{n}.png": (f"{name}-marks",) for n, name in enumerate(MISTAKES, start=1)},
}
# As in tests/slow/test_browser.py: root may run it, and it keeps off the network.
CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--window-size=900,1600"),
)
# The second notebook's pictures of training, and the cells that draw them.
ENCODER = {"encoder_training.png": "training-plot", "encoder_attention.png": "attention-plot"}
ENCODER_NOTEBOOK = "solutions/encoder/encoder.ipynb"
HUB_TESTS = ("tests/slow/test_hub_browser.py", "tests/slow/test_hub_walk.py")
# What the student of the hub's test hands in, and the versions that draw the pages.
HUB_SAMPLE = "dot_product"
HUB_PAGES = ("jupyterlab", "nbgrader", "notebook")


def main(chosen: argparse.Namespace) -> None:
    """Make what is chosen, then record it."""
    torch.set_num_threads(1)  # on tensors this small, threads only wait for each other
    made = set(CELLS)
    if chosen.hub:
        environment = {**os.environ, "NBJUDGE_HUB_IMAGES": str(IMAGES / "hub")}
        subprocess.run(
            [sys.executable, "-m", "pytest", *HUB_TESTS], cwd=ROOT, env=environment, check=True
        )
        made = set(hub())
    elif chosen.plots:
        made = set(plots())
        plot_pictures.take(IMAGES)
    elif chosen.encoder:
        made = set(ENCODER)
        draw_encoder()
    elif chosen.pages:
        made = set(pages())
        with tempfile.TemporaryDirectory() as temporary:
            page_pictures.take(Path(temporary, "course"), IMAGES)
    elif chosen.report:
        made = set(report())
        with tempfile.TemporaryDirectory() as temporary:
            report_pictures.take(Path(temporary, "course"), IMAGES)
    elif chosen.seen:
        drawn = {*CELLS, *ENCODER, *pages(), *plots(), *report()}
        made = pictures() - drawn
    else:
        with tempfile.TemporaryDirectory() as temporary:
            take(Path(temporary, "course"))
    recorded = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    now = {name: digest for name, digest in digests().items() if name in made}
    text = json.dumps({**recorded, **now}, indent=1, sort_keys=True)
    RECORD.write_text(text + "\n", encoding="utf-8")


def pictures() -> set[str]:
    """Return all pictures of the documentation, below `docs/images/`."""
    return {path.relative_to(IMAGES).as_posix() for path in IMAGES.rglob("*.png")}


def digests() -> dict[str, str]:
    """Return, for each picture, a digest of what it would show if it were made today."""
    texts = feedback(judged(answers())) | pages() | plots() | encoder() | report()
    texts |= hub() | speed()
    return {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in texts.items()}


def feedback(report: Judged) -> dict[str, str]:
    """Return what decides each picture of a feedback page."""
    cells = {cell.id: cell for cell in report.notebook.cells}
    plots = cells["plot-helper"].source
    shown: dict[str, str] = {}
    for name, ids in CELLS.items():
        parts = [report.cards[one].to_html() if one in report.cards else cells[one].source + plots
                 for one in ids]  # fmt: skip
        solutions = [cells[one.rpartition("-")[0]].source for one in ids if one not in report.cards]
        card = next(report.cards[one] for one in ids if one in report.cards)
        told = without_version("\n".join([*parts, *solutions]), card)
        shown[name] = told + page_style() + versions("nbgrader")
    return shown


def pages() -> dict[str, str]:
    """Return what decides each picture of a whole feedback page."""
    drawn = page_style() + versions("nbgrader")
    return {name: text + drawn for name, text in page_pictures.texts().items()}


def plots() -> dict[str, str]:
    """Return what decides each picture of a plot."""
    drawn = versions("torch", "matplotlib", "seaborn")
    return {name: text + drawn for name, text in plot_pictures.texts().items()}


def report() -> dict[str, str]:
    """Return what decides each picture of the report of a class."""
    drawn = versions("matplotlib", "seaborn")
    return {name: text + drawn for name, text in report_pictures.texts().items()}


def page_style() -> str:
    """Return the templates of the feedback page."""
    folder = ROOT / "nbjudge/nbgrader_ext/templates/feedback"
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))


def results_style() -> str:
    """Return the templates and the style of a student's results page."""
    folder = ROOT / "nbjudge/results"
    shown = [folder / f"templates/{name}.html.j2" for name in ("base", "student", "attempts")]
    paths = [*shown, folder / "static/results.css"]
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def encoder_cells() -> tuple[Notebook, list[str]]:
    """Return the second notebook, and the cells that its pictures of training follow from."""
    notebook = Notebook(ENCODER_NOTEBOOK)
    before = list(notebook.cells)[: list(notebook.cells).index("training") + 1]
    return notebook, [one for one in before if not one.endswith(("-plot", "-test", "-marks"))]


def encoder() -> dict[str, str]:
    """Return what decides each picture of the trained encoder."""
    notebook, ids = encoder_cells()
    text = "\n".join(notebook.cells[one] for one in ids) + versions("torch", "matplotlib")
    return {name: text + notebook.cells[plot] for name, plot in ENCODER.items()}


def draw_encoder() -> None:
    """Train the encoder as the notebook does, and keep its plots."""
    notebook, ids = encoder_cells()
    notebook.run(*ids)
    for name, plot in ENCODER.items():
        notebook.run(plot)
        (picture,) = notebook.pictures()
        picture.convert("RGB").quantize(128).save(IMAGES / name, optimize=True)


def hub() -> dict[str, str]:
    """Return what decides the pictures of the hub, which show a report and nbgrader's pages."""
    wrong = right_answers() | {HUB_SAMPLE: answers_of("wrong")[HUB_SAMPLE]}
    report = judged(wrong)
    card = report.cards[f"{HUB_SAMPLE}-marks"]
    # The hub draws a seed of its own, so another difference is told.
    told = re.sub(r"(Seed|difference is) [\d.]*\d", "…", without_version(card.to_html(), card))
    pages = versions(*HUB_PAGES)
    total = f"{sum(one.score for one in report.cards.values()):g}"
    return {"hub/being_graded.png": results_style(), "hub/feedback.png": told + pages,
            "hub/submissions.png": total + pages, "hub/by_hand.png": told + pages}  # fmt: skip


def speed() -> dict[str, str]:
    """Return the table above each picture of a benchmark: both are printed by one run."""
    text = SPEED.read_text(encoding="utf-8")
    tables = re.findall(r"((?:^\|.*\n)+)\n!\[.*\]\(images/(.*)\)", text, re.M)
    return {name: table for table, name in tables}


def versions(*packages: str) -> str:
    """Return the pins of what draws a page."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    return "\n" + " ".join(pin for pin in pins if pin.split("==")[0] in packages)


def take(course: Path) -> None:
    """Grade the notebook in a course of its own; take each picture from the feedback page."""
    make_course(course)
    step(course, "nbjudge", "build", ASSIGNMENT)
    submit(course / "submitted" / "ada" / ASSIGNMENT)
    for verb in ("autograde", "generate_feedback"):
        step(course, "nbgrader", verb, ASSIGNMENT, quiet=True)
    folder = Path("ada", ASSIGNMENT)
    autograded = course / "autograded" / folder / f"{ASSIGNMENT}.ipynb"
    cards = [
        Scorecard.from_outputs(cell.get("outputs", []))
        for cell in nbformat.read(autograded, as_version=4).cells
    ]
    card = next(card for card in cards if card is not None)
    assert card.seed == SEED, card.footnote
    page = course / "feedback" / folder / f"{ASSIGNMENT}.html"
    html = BeautifulSoup(without_version(page.read_text(encoding="utf-8"), card), "html.parser")
    for folded in html("details"):
        folded["open"] = ""
    for name, ids in CELLS.items():
        cells = [html.find(id=one) for one in ids]
        parts = [cell.find("img") if one.endswith("-plot") else cell
                 for one, cell in zip(ids, cells, strict=True)]  # fmt: skip
        alone = "".join(map(str, [*html("style"), *parts]))
        photograph(f"<!doctype html>{alone}", course, IMAGES / name)


def photograph(html: str, folder: Path, picture: Path) -> None:
    """Show a page in Chromium; keep what is not white of it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    page, shot = folder / "alone.html", folder / "shot.png"
    page.write_text(html, encoding="utf-8")
    options = (f"--user-data-dir={folder / 'profile'}", f"--screenshot={shot}", page.as_uri())
    subprocess.run([chromium, *CHROMIUM, *options], check=True, capture_output=True)
    whole = Image.open(shot).convert("RGB")
    seen = whole.crop(ImageOps.invert(whole).getbbox())
    ImageOps.expand(seen, border=8, fill="white").quantize(256).save(picture, optimize=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--pages", action="store_true", help="those of whole feedback pages")
    which.add_argument("--report", action="store_true", help="those of a class's report: minutes")
    which.add_argument("--plots", action="store_true", help="those of each plot")
    which.add_argument("--encoder", action="store_true", help="those of the trained encoder")
    which.add_argument("--hub", action="store_true", help="those of a real hub: root, minutes")
    which.add_argument("--seen", action="store_true", help="record all others as they are")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
