"""Pictures of `nbjudge report` for a made-up class of 200: laptop, phone, and plots in grey.

`examples/pictures.py --report` takes them, in minutes: the class is graded by the usual command.
"""

import random
import shutil
from pathlib import Path

import made_up_class
from demo import make_course, step
from filled import ROOT
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

STUDENTS, CLASS = 200, 20  # how many they are, and which class chance makes
SCREENS = {"laptop": (1366, 1000), "phone": (390, 1400)}
GREY = ("scores", "items", "attempts")  # sections whose plots are shown without colours


def texts() -> dict[str, str]:
    """Return what decides the pictures: the class, its answers, and the code that shows them."""
    code = [*(ROOT / "nbjudge/insight").rglob("*.*"), Path(made_up_class.__file__)]
    parts = [file.read_text(encoding="utf-8") for file in sorted(code) if file.suffix != ".pyc"]
    exercises = sorted((ROOT / "tests" / made_up_class.ASSIGNMENT / "mistakes").glob("*.py"))
    answers = [str(made_up_class.mistakes(file.stem)) for file in exercises]
    told = "\n".join([*parts, *answers])
    return {f"report/{name}.png": told for name in (*SCREENS, "grey")}


def make_class(course: Path, students: int, number: int) -> made_up_class.MadeUp:
    """Make a course in which a class has handed in and was graded; return who did what."""
    make_course(course)
    step(course, "nbjudge", "build", made_up_class.ASSIGNMENT, quiet=True)
    chance = random.Random(number)
    made = made_up_class.hand_in(course, students, chance)
    made_up_class.enrol(course, made, chance)
    limits = ("--Judge.limits", "cell_seconds=3")  # one of them never returns
    step(course, "nbjudge", "autograde", made_up_class.ASSIGNMENT, *limits, quiet=True)
    made_up_class.make_attempts(course, made, chance)
    return made


def take(course: Path, images: Path) -> None:
    """Grade the class in `course`, write the report, and keep pictures below `images`."""
    make_class(course, STUDENTS, CLASS)
    step(course, "nbjudge", "report", made_up_class.ASSIGNMENT)
    page = course / "reports" / f"{made_up_class.ASSIGNMENT}.html"
    (images / "report").mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for screen, size in SCREENS.items():
            photograph(browser, page, size, images / f"report/{screen}.png")
        in_grey(browser, page, images / "report/grey.png")
        browser.close()


def photograph(browser: Browser, page: Path, size: tuple[int, int], picture: Path) -> None:
    """Keep the first screen of a page."""
    shown = browser.new_page(viewport={"width": size[0], "height": size[1]})
    shown.goto(page.as_uri())
    shown.screenshot(path=picture)
    shown.close()
    Image.open(picture).convert("RGB").quantize(64).save(picture, optimize=True)


def in_grey(browser: Browser, page: Path, picture: Path) -> None:
    """Keep the sections with plots, one below the other, as a printer without colours shows them.

    Other sections are hidden.
    """
    shown = browser.new_page(viewport={"width": 1100, "height": 900})
    shown.goto(page.as_uri())
    keep = "".join(f":not([aria-labelledby={name}])" for name in GREY)
    shown.add_style_tag(content=f"section{keep}, h1, main > p, .facts {{ display: none }}")
    shown.locator("main").screenshot(path=picture)
    shown.close()
    Image.open(picture).convert("L").quantize(64).save(picture, optimize=True)
