"""Whether what a course's `db_url` names is a gradebook that this nbgrader can use.

Looked at before a run begins. nbgrader itself adds its tables to whatever database it finds, also
to that of another program, and fails at the first submission, with a traceback.
"""

import os
from pathlib import Path

from nbgrader.api import Assignment, Base
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.gradebook import patiently

_RESTORE = "Put a backup of it in its place, or correct c.CourseDirectory.db_url."
_RIGHTS = "Give this account the rights to it and to its folder, or grade as its owner."
_UPGRADE = "Make a copy of it, then run 'nbgrader db upgrade'."
_NAMES = ("assignment", "student", "submitted_assignment")  # tables of every version of nbgrader


def refuse_unusable(db_url: str, assignment: str) -> None:
    """Raise `RubricError` where the gradebook cannot be used, or does not know the assignment."""
    problem = unusable(db_url)
    if problem:
        raise RubricError(problem)
    if not patiently(knows, db_url, assignment):
        raise RubricError(
            f"The gradebook knows no assignment '{assignment}'. "
            f"Run 'nbjudge build {assignment}' first."
        )


def unusable(db_url: str) -> str:
    """Return what is wrong with a gradebook and the mend; an empty text where nothing is.

    One that is not there yet is well: nbgrader makes it. Nothing is written.
    """
    file = sqlite_file(db_url)
    if file is not None and not file.is_file():
        return f"{file} is no file. {_RESTORE}" if file.exists() else ""
    if file is not None and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        return f"The gradebook {file} cannot be written. {_RIGHTS}"
    try:
        with create_engine(db_url).connect() as connection:
            return _wrong(connection, _named(db_url))
    except DBAPIError as error:
        if "locked" in str(error.orig):  # by another run, perhaps, which gives it back
            return ""
        return explained(error, _named(db_url))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        return f"c.CourseDirectory.db_url cannot be used ({error}). Correct nbgrader_config.py."


def explained(error: DBAPIError, where: str = "The gradebook") -> str:
    """Return what a failure of the database means, and the mend."""
    reason = str(error.orig).strip().splitlines()[0]
    if "locked" in reason:
        return f"{where} is locked: another program writes to it. End that one, then go on."
    if "readonly" in reason:
        return f"{where} cannot be written. {_RIGHTS}"
    if "not a database" in reason or "malformed" in reason:
        return f"{where} is damaged, or no database ({reason}). {_RESTORE}"
    return f"{where} cannot be used ({reason}). Look whether it is there and runs; then go on."


def knows(db_url: str, assignment: str) -> bool:
    """Return whether the gradebook has the assignment; one that is not there yet has none."""
    file = sqlite_file(db_url)
    if file is not None and not file.exists():
        return False
    with create_engine(db_url).connect() as connection:
        if not inspect(connection).has_table(Assignment.__tablename__):
            return False
        named = select(Assignment.id).where(Assignment.name == assignment)
        return connection.execute(named).first() is not None


def sqlite_file(db_url: str) -> Path | None:
    """Return the file of an SQLite database; None where it is another kind, or cannot be read."""
    try:
        url = make_url(db_url)
    except ArgumentError:
        return None
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if is_file else None


def _wrong(connection: Connection, where: str) -> str:
    found = inspect(connection)
    tables = set(found.get_table_names())
    if connection.dialect.name == "sqlite":
        state = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
        if state != "ok":
            return f"{where} is damaged ({state.splitlines()[0][:100]}). {_RESTORE}"
    if tables and not tables.issuperset(_NAMES):
        return f"{where} is the database of another program. {_RESTORE}"
    lacking = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name in tables
        for column in table.columns
        if column.name not in {one["name"] for one in found.get_columns(table.name)}
    ]
    if lacking:
        return f"{where} is of an older nbgrader (it lacks {', '.join(lacking[:3])}). {_UPGRADE}"
    return ""


def _named(db_url: str) -> str:
    return f"The gradebook {sqlite_file(db_url) or make_url(db_url).render_as_string()}"
