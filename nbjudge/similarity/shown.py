"""Two solutions side by side, with what they share marked, and the sentence above them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbjudge.sanitize.text import strip_control
from nbjudge.similarity.compare import COMMENTS, NAMES, Alike, Compared
from nbjudge.similarity.handed_in import ADDED_CODE, ADDED_TEXT, Exercise, HandedIn
from nbjudge.similarity.parts import Part

_LONGEST = 20_000  # characters of one solution on the page
_DEEPEST = 16  # characters; a narrow page has room for a few behind them

Pieces = list[tuple[str, bool]]  # a text in pieces, each with whether it is shared


@dataclass(frozen=True)
class Line:
    """A line in pieces; where it is too long for the page, its rest begins behind `indent`."""

    indent: int
    pieces: Pieces


@dataclass(frozen=True)
class SideBySide:
    """The work of two students on one exercise: a sentence, and the lines of the two texts."""

    title: str
    said: str
    texts: tuple[list[Line], list[Line]]


def side_by_side(pair: Alike, compared: Compared, handed_in: HandedIn) -> Iterator[SideBySide]:
    """Yield the exercises in which two students are alike, the most alike first."""
    exercises = {one.name: one for one in handed_in.exercises}
    for name in sorted(pair.alike_in, key=lambda one: -pair.exercises[one].bits):
        one, other = (handed_in.work[student][name] for student in pair.students)
        yield SideBySide(
            exercises[name].title,
            _said(pair, name, compared),
            _marked(exercises[name], compared, one, other),
        )


def shared_words(pair: Alike, compared: Compared, handed_in: HandedIn, habit: str) -> list[str]:
    """Return the rare names, or words of comments, that both have, as the first one wrote them."""
    read = compared.parts.of_names if habit == NAMES else compared.parts.of_comments
    code = [one.name for one in handed_in.exercises if one.is_code]
    found: list[dict[int, str]] = []
    for student in pair.students:
        texts = [handed_in.work[student].get(name, "") for name in code]
        found.append(
            {
                part.number: text[part.begin : part.end]
                for text in texts
                for part in read(text)
                if _is_telling(part)
            }
        )
    rare = compared.rare[habit].keys() & found[0].keys() & found[1].keys()
    return sorted({strip_control(found[0][number]) for number in rare})


def _said(pair: Alike, name: str, compared: Compared) -> str:
    found = pair.exercises[name]
    others = max(found.crowd - 2, 0)
    near = {0: "No other comes near", 1: "One other comes near"}.get(
        others, f"{others} others come near"
    )
    where = {ADDED_CODE: "cells", ADDED_TEXT: "cells"}.get(name, "solutions")
    return (
        f"Of what is unusual in these two {where}, {found.alike:.0%} is the same. {near}, "
        f"among {compared.students} students."
    )


def _marked(
    exercise: Exercise, compared: Compared, one: str, other: str
) -> tuple[list[Line], list[Line]]:
    """Return the lines of both texts; marked is what both have and few others."""
    parts = compared.parts
    kinds = (
        [(exercise.name, parts.of_code), (NAMES, parts.of_names), (COMMENTS, parts.of_comments)]
        if exercise.is_code
        else [(exercise.name, parts.of_words)]
    )
    spans: tuple[list[Part], list[Part]] = ([], [])
    for name, read in kinds:
        both = read(one), read(other)
        rare = (
            compared.rare[name].keys() & {p.number for p in both[0]} & {p.number for p in both[1]}
        )
        for place, some in enumerate(both):
            spans[place].extend(
                part
                for part in some
                if part.number in rare and (name == exercise.name or _is_telling(part))
            )
    return _lines(_pieces(one, spans[0])), _lines(_pieces(other, spans[1]))


def _is_telling(habit: Part) -> bool:
    """Return whether a name or word is shown: one letter is notation, everybody's loop has a `j`.

    It still counts in the score, by how few have it, which is little.
    """
    return habit.end - habit.begin > 1


def _lines(pieces: Pieces) -> list[Line]:
    lines: list[Pieces] = [[]]
    for text, marked in pieces:
        first, *more = text.split("\n")
        lines[-1].append((first, marked))
        lines += [[(one, marked)] for one in more]
    return [Line(_indent(line), line) for line in lines]


def _indent(line: Pieces) -> int:
    text = "".join(piece for piece, _ in line).expandtabs(4)
    return min(len(text) - len(text.lstrip()), _DEEPEST)


def _pieces(text: str, spans: Iterable[Part]) -> Pieces:
    """Cut a text where marks begin and end; marks that meet become one."""
    pieces, at = [], 0
    for begin, end in _merged(text, spans):
        pieces.append((text[at:begin], False))
        # Line ends and indents are not marked.
        pieces += [(one, not one.isspace()) for one in re.split(r"(\n\s*)", text[begin:end])]
        at = end
    pieces.append((text[at:], False))
    return [(strip_control(piece), marked) for piece, marked in _cut(pieces) if piece]


def _merged(text: str, spans: Iterable[Part]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted((part.begin, part.end) for part in spans):
        if merged and not text[merged[-1][1] : begin].strip(" "):
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((begin, end))
    return merged


def _cut(pieces: Pieces) -> Iterator[tuple[str, bool]]:
    left = _LONGEST
    for text, marked in pieces:
        yield text[: max(left, 0)], marked
        left -= len(text)
    if left < 0:
        yield "\n… (the rest is not shown)", False
