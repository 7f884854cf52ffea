"""Run the attacks on plain nbgrader, as it comes, and print which succeed.

    python tests/attacks/on_plain_nbgrader.py [--out FILE] [NAME...]

Each runs alone, in a course of its own, in a process that is killed after 90 seconds. Attacks that
a machine without limits would not survive, or would remember, are not tried. The table in
docs/threat_model.md was made by this.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "examples")]

import demo
import nbformat
from attacks.corpus import ATTACKS
from attacks.world import SIGNS, World
from nbgrader.api import Gradebook, MissingEntry
from rich.progress import track
from support.course import make_course, run

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "nlp-llm"
c.Execute.timeout = 20
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:"]
"""
GOALS = {
    "scores": "points that were not earned",
    "secrets": "what is private",
    "host": "files, processes, network, resources",
}


def main() -> None:
    """Run the chosen attacks and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    chosen = [one for one in ATTACKS if not arguments.names or one.name in arguments.names]
    results = []
    for one in track(chosen):
        results.append((one, attempt(one)))
        print(one.name, results[-1][1], flush=True)
    lines = table(results)
    text = "\n".join(lines) + "\n"
    arguments.out.write_text(text, encoding="utf-8") if arguments.out else print(text)


def attempt(attack) -> str:
    """Say what came of one attack."""
    if attack.dangerous or attack.harmful:
        return "not tried"
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder) / "course")
        (course / "nbgrader_config.py").write_text(CONFIG)
        with World(Path(folder) / "world", course) as world:
            world.judge = world.victim.pid  # this very process must survive
            shutil.rmtree(course / "submitted")
            place = course / "submitted/student/attention"
            place.mkdir(parents=True)
            nbformat.write(attack.notebook(world.fill), place / "attention.ipynb")
            run("nbgrader", "generate_assignment", "attention", "--force", cwd=course)
            grade(course)
            return judge(attack, world, course)


def grade(course: Path) -> None:
    """Autograde, and end whatever the attack left of the process group."""
    running = subprocess.Popen(
        demo.command("nbgrader", "autograde", "attention"), cwd=course, env=demo.environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(90)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def judge(attack, world: World, course: Path) -> str:
    """Return what the attack reached, or "held"."""
    reached = []
    points = score(course)
    if points:
        reached.append(f"{points:g} points")
    path = course / "autograded/student/attention/attention.ipynb"
    if path.is_file():
        cells = nbformat.read(path, as_version=4).cells
        told = world.told(str([o for cell in cells for o in cell.get("outputs", [])]))
        if [one for one in told if one not in SIGNS] or (told and attack.goal != "scores"):
            reached.append("a secret, or what it must not see or do")
    elif attack.goal != "scores":
        reached.append("no result")
    if world.harm():
        reached.append("harm")
    return ", ".join(reached) or "held"


def score(course: Path) -> float:
    """Return what the gradebook says."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        try:
            return book.find_submission("attention", "student").score
        except MissingEntry:
            return 0.0


def table(results: list) -> list[str]:
    """Return Markdown: a line for each goal, then a line for each attack that succeeded."""
    lines = ["| goal | attacks | tried | succeed on plain nbgrader |", "| --- | --- | --- | --- |"]
    for goal, what in GOALS.items():
        mine = [result for attack, result in results if attack.goal == goal]
        tried = [result for result in mine if result != "not tried"]
        won = [result for result in tried if result != "held"]
        lines.append(f"| {what} | {len(mine)} | {len(tried)} | {len(won)} |")
    lines += ["", "| attack | what it got |", "| --- | --- |"]
    for attack, result in results:
        if result not in ("held", "not tried"):
            lines.append(f"| `{attack.name}` | {result} |")
    return lines


if __name__ == "__main__":
    main()
