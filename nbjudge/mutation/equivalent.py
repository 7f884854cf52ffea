"""Mutants that an author has marked as right all the same, with a word why.

They stand in `rubrics/<assignment>/equivalent/<exercise>.toml`, beside the other banks:

    [[mutant]]
    code = 'mask == 0'
    becomes = 'mask <= 0'
    why = "A mask holds 0 and 1 only."

A mark names what is written, and not where. It fits every mutant of the exercise whose edit turns
`code` into `becomes`: as the smallest expression that was edited, as one around it, as a method's
call without its object, or as the whole statement. Spaces, quotes, comments, line numbers, and what
stands around it, may all change. A mark that fits no mutant any more is stale, and named.

No `.py` file: a mark changes no score, and must not make a class run grade all again, as every
other change of the rubrics' version does.
"""

import ast
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nbjudge.course import RubricError
from nbjudge.mutation.mutants import Mutant

_KEYS = ("code", "becomes", "why")


@dataclass(frozen=True)
class Equivalent:
    """One mark: `code` becomes `becomes`, each with all ways to read it; `why` it is right."""

    code: tuple[str, ...]
    becomes: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        return f"{self.code[-1]} -> {self.becomes[-1]}"

    def fits(self, mutant: Mutant) -> bool:
        """Say whether this is the edit of a mutant, or a part of the same."""
        return any((one, two) in mutant.said for one in self.code for two in self.becomes)


def file_of(root: Path, exercise: str) -> Path:
    """Return the file of an exercise's marks; `exercise` is "<assignment>/<exercise>"."""
    assignment, _, name = exercise.partition("/")
    return root / "rubrics" / assignment / "equivalent" / f"{name}.toml"


def marks_of(root: Path, exercise: str) -> list[Equivalent]:
    """Return the marks of an exercise, none where there is no file.

    Raises `RubricError`, which names file, mark and mend, where the file cannot be used.
    """
    file = file_of(root, exercise)
    if not file.is_file():
        return []
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RubricError(f"{file} is no TOML: {error}. Mend that line.") from error
    marks = told.get("mutant", [])
    if set(told) - {"mutant"} or not isinstance(marks, list):
        raise RubricError(f"{file} may hold nothing but marks, each below a line [[mutant]].")
    return [_mark(file, number, mark) for number, mark in enumerate(marks, start=1)]


def _mark(file: Path, number: int, mark: object) -> Equivalent:
    given = mark if isinstance(mark, dict) else {}
    texts = [given.get(key) for key in _KEYS]
    if set(given) != set(_KEYS) or not all(isinstance(one, str) and one.strip() for one in texts):
        raise RubricError(
            f"{file}, mark {number}: it needs three texts that are not empty, "
            f"{', '.join(_KEYS)}. The last one says why the mutant is right all the same."
        )
    code, becomes, why = map(str, texts)
    try:
        return Equivalent(readings(code), readings(becomes), why)
    except SyntaxError as error:
        raise RubricError(
            f"{file}, mark {number}: {error.text!r} is no Python. Copy the two lines of the "
            "difference, or the part of them that was edited."
        ) from error


def readings(code: str) -> tuple[str, ...]:
    """Return each way to read a piece of Python, as `ast.unparse` writes it.

    `dim=1` may be a keyword or an assignment. Raises `SyntaxError`, whose `text` is the code, where
    there is no way.
    """
    found = []
    for read in (_keyword, _method, _part, _header, _statement):
        with suppress(SyntaxError, ValueError):
            found.append(read(code.strip()))
    if not found:
        raise SyntaxError("no Python", (None, None, None, code))
    return tuple(dict.fromkeys(found))


def _statement(code: str) -> str:
    return ast.unparse(ast.parse(code))


def _header(code: str) -> str:
    """Read the first line of a statement with a block."""
    return ast.unparse(ast.parse(f"{code}\n    pass")).split("\n")[0]


def _keyword(code: str) -> str:
    (call,) = ast.parse(f"f({code})").body
    (keyword,) = call.value.keywords  # type: ignore[attr-defined]
    return ast.unparse(keyword)


def _method(code: str) -> str:
    """Read a call of a method without its object, such as `.mean(dim=1)`."""
    if not code.startswith("."):
        raise ValueError(code)
    return ast.unparse(ast.parse(f"_{code}"))[1:]


def _part(code: str) -> str:
    """Read what stands between the brackets of `x[…]`."""
    (taken,) = ast.parse(f"x[{code}]").body
    return ast.unparse(taken.value.slice)  # type: ignore[attr-defined]
