"""Our tables in the gradebook's database: a row of ours goes with nbgrader's row that it tells of.

nbgrader deletes a student or an assignment row by row (`nbgrader db student remove`), and knows
nothing of our tables. So the database does it: PostgreSQL by a foreign key that cascades, SQLite by
a trigger, since SQLite heeds foreign keys only in connections that ask for it, and nbgrader's do
not.
"""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from nbgrader.api import Gradebook
from sqlalchemy.schema import AddConstraint, CreateTable


def tied_table(name: str, owners: Mapping[str, sa.Column], *columns: sa.Column) -> sa.Table:
    """Return a table whose primary key are ids of nbgrader's rows, the `owners`, by key.

    A row goes with the first of them that goes.
    """
    keys = [
        sa.Column(
            key,
            owner.type,
            sa.ForeignKey(owner, ondelete="CASCADE", name=f"{name}_goes_with_{key}"),
            primary_key=True,
        )
        for key, owner in owners.items()
    ]
    return sa.Table(name, sa.MetaData(), *keys, *columns)


def create(gradebook: Gradebook, table: sa.Table) -> None:
    """Create a table of `tied_table` where it is missing."""
    gradebook.db.execute(CreateTable(table, if_not_exists=True))
    if gradebook.db.get_bind().dialect.name == "sqlite":
        for name, key, owner in _ties(table):
            trigger = (
                f"CREATE TRIGGER IF NOT EXISTS {name} AFTER DELETE ON {owner.table.name} "
                f"BEGIN DELETE FROM {table.name} WHERE {key.name} = OLD.{owner.name}; END"
            )
            gradebook.db.execute(sa.text(trigger))


def has(gradebook: Gradebook, table: sa.Table) -> bool:
    """Return whether the database has a table; who only reads creates none."""
    return sa.inspect(gradebook.db.connection()).has_table(table.name)


def adopt(gradebook: Gradebook, table: sa.Table) -> None:
    """Create a table, or tie one that an earlier version made.

    Rows whose owner is gone are removed. A table that lacks columns held nothing that cannot be
    made again, and is made anew.
    """
    connection = gradebook.db.connection()
    if sa.inspect(connection).has_table(table.name):
        known = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
        if not {column.name for column in table.columns} <= known:
            gradebook.db.execute(sa.text(f"DROP TABLE {table.name}"))
    create(gradebook, table)
    for _, key, owner in _ties(table):
        gradebook.db.execute(table.delete().where(key.not_in(sa.select(owner))))
    tied = sa.inspect(gradebook.db.connection()).get_foreign_keys(table.name)
    if not tied and connection.dialect.name != "sqlite":
        for constraint in table.foreign_key_constraints:
            gradebook.db.execute(AddConstraint(constraint))


def _ties(table: sa.Table) -> Iterator[tuple[str, sa.Column, sa.Column]]:
    """Yield name, key and owner of each tie."""
    for key in table.primary_key.columns:
        for tie in key.foreign_keys:
            yield str(tie.name), key, tie.column
