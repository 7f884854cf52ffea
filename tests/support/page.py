"""A page of the documentation, followed word for word: its commands, edits and outputs."""

import re
import subprocess
from typing import NamedTuple

import demo
import nbformat

BLOCK = re.compile(r"^```(bash|text|diff)\n(.*?)^```", re.M | re.S)
PLACE = re.compile(r"(?:the cell `([^`]+)` of|the file) `([^`]+)`")


class Command(NamedTuple):
    """The lines of a block, the status that they end with, and what they print.

    `shown` is None where the page shows nothing.
    """

    text: str
    status: int
    shown: str | None


class Edit(NamedTuple):
    """A change of a file, or of a cell of a notebook, as a diff of whole lines."""

    file: str
    cell: str | None
    diff: str


def steps(page):
    """Yield the commands and edits of a page, in its order."""
    text = page.read_text(encoding="utf-8")
    found = list(BLOCK.finditer(text))
    for number, block in enumerate(found):
        language, content = block.groups()
        if language == "diff":
            cell, file = PLACE.findall(text[: block.start()])[-1]
            yield Edit(file, cell or None, content)
        elif language == "bash":
            after = found[number + 1] if number + 1 < len(found) else None
            between = text[block.end() : after.start()] if after else "words"
            shown = after and after[1] == "text" and not between.strip()
            before = text[: block.start()].rstrip().rpartition("\n")[2]
            yield Command(content, int("status 1" in before), after[2] if shown else None)


def follow(step, course):
    """Do what a step says in a course; return what a command printed."""
    if isinstance(step, Command):
        command = ["bash", "-e", "-c", step.text]
        done = subprocess.run(
            command, cwd=course, env=demo.environment(), capture_output=True, text=True
        )
        assert done.returncode == step.status, step.text + done.stdout + done.stderr
        return done.stdout
    path = course / step.file
    if step.cell is None:
        path.write_text(edited(path.read_text("utf-8"), step.diff), encoding="utf-8")
        return ""
    notebook = nbformat.read(path, as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == step.cell]
    cell.source = edited(cell.source + "\n", step.diff).removesuffix("\n")
    nbformat.write(notebook, path)
    return ""


def edited(text, diff):
    """Return a text with the lines of a diff changed; they stand in it once."""
    lines = [line if line.strip() else " \n" for line in diff.splitlines(keepends=True)]
    old = "".join(line[1:] for line in lines if line[0] != "+")
    new = "".join(line[1:] for line in lines if line[0] != "-")
    assert f"\n{text}".count(f"\n{old}") == 1, old
    return text.replace(old, new)


def alike(printed, shown):
    """Say whether a command printed what a page shows.

    `…` stands for anything in its line; a line that holds nothing else, for any number of lines.
    """
    lines = [_pattern(line) for line in plain(shown).split("\n")]
    return re.fullmatch(r"\n".join(lines), plain(printed)) is not None


def _pattern(line):
    return r"[\s\S]*" if line == "…" else r"[^\n]*".join(map(re.escape, line.split("…")))


def plain(text):
    """Return a text without spaces at the ends of lines, and without empty lines around it."""
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()).strip("\n")
