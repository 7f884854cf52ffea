"""What grading leaves behind: rows of the gradebook, files of `autograded/`, and scores."""

import os
import sqlite3
import subprocess
from pathlib import Path

from nbgrader.api import Gradebook
from support.course import ROOT, run

IDS = {"id", "submission"}  # random
OURS = {"nbjudge_graded", "nbjudge_extension", "nbjudge_change"}
# Whatever the demo's results depend on.
SOURCES = ("nbjudge", "examples", "rubrics", "source", "nbgrader_config.py", "constraints.txt")


def demo_course(folder):
    """Run the demo; return its folder and what it said. `NBJUDGE_DEMO` hands on one that ran.

    As `.ci/run` does, which stops where the demo fails. One that is older than its sources is not
    taken.
    """
    given = os.environ.get("NBJUDGE_DEMO")
    if given and newest(SOURCES) < (Path(given) / "grades.csv").stat().st_mtime:
        return Path(given), subprocess.CompletedProcess("handed on", 0, "", "")
    done = run("python", str(ROOT / "examples/demo.py"), str(folder), cwd=ROOT, check=False)
    return folder, done


def newest(names):
    """Return when the newest file of the checkout below these names was changed."""
    files = [path for name in names for path in [ROOT / name, *(ROOT / name).rglob("*.*")]]
    return max(path.stat().st_mtime for path in files if path.is_file() and path.suffix != ".pyc")


def tables(course):
    """Return every row of the gradebook without its ids, which are random."""
    with sqlite3.connect(course / "gradebook.db") as book:
        names = [
            name for (name,) in book.execute("select name from sqlite_master where type='table'")
        ]
        found = {}
        for name in set(names) - OURS:
            columns = [row[1] for row in book.execute(f"pragma table_info({name})")]
            kept = [one for one in columns if one not in IDS and not one.endswith("_id")]
            query = f"select {', '.join(kept) or '1'} from {name}"
            found[name] = sorted(map(repr, book.execute(query)))
    return found


def files(course):
    folder = course / "autograded"
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def scores(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        return {
            one.student.id: None if any(grade.auto_score is None for nb in one.notebooks
                                        for grade in nb.grades) else one.score
            for one in book.assignment_submissions("attention")
        }  # fmt: skip
