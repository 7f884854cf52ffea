"""What grading leaves behind: rows of the gradebook, files of `autograded/`, and scores."""

import sqlite3

from nbgrader.api import Gradebook

OURS = {"nbjudge_graded"}


def tables(course):
    """Return every row of the gradebook without its ids, which are random."""
    with sqlite3.connect(course / "gradebook.db") as book:
        names = [
            name for (name,) in book.execute("select name from sqlite_master where type='table'")
        ]
        found = {}
        for name in set(names) - OURS:
            columns = [row[1] for row in book.execute(f"pragma table_info({name})")]
            kept = [one for one in columns if one != "id" and not one.endswith("_id")]
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
