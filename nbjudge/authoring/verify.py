"""Verify the rubrics of an assignment against what is known to be right and to be wrong.

    right    the solution, and the idioms: other ways to write it, each a section of
             `rubrics/<assignment>/idioms/<exercise>.py` that begins with a line `# %% its name`;
             both run after the solutions of the notebook's earlier exercises
    wrong    the rubric's misconceptions, and the empty release

Each right one must have full marks, and each misconception must lose its criterion. All of it is
the course's own code, so it is marked in this process. What a misconception is told is found out as
for a submission, in a student process, and in the forms of `authoring.forms`: none may be given
another one's sentence, and one that is named as it is must be named in each form.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from rich import box
from rich.table import Table

from nbjudge.authoring import forms
from nbjudge.notebook.master import mark
from nbjudge.notebook.names import imports
from nbjudge.notebook.needed import without_magics
from nbjudge.process.zygote import Confinement, running
from nbjudge.rubric.loader import load, named
from nbjudge.tables import as_text

_SECTION = re.compile(r"^# %% (\w+).*\n", re.M)


@dataclass
class Verified:
    """The confusion table of one exercise, counted over solutions and seeds.

    `right_full` are right ones with full marks, `wrong_less` wrong ones with less, and so on.
    `named` counts the misconceptions that are explained to their authors, as they are; `in_forms`
    counts those that are in another form, of the `forms` that were tried. `problems` are sentences
    on what is not as it should be.
    """

    exercise: str
    right_full: int = 0
    right_less: int = 0
    wrong_full: int = 0
    wrong_less: int = 0
    named: int = 0
    in_forms: int = 0
    forms: int = 0
    problems: list[str] = field(default_factory=list)


def verify(root: Path, assignment: str, seeds: range) -> list[Verified]:
    """Mark all that is known to be right or wrong of each exercise, with each seed.

    Raises `RubricError` where a rubric is missing or cannot be used, and `JudgeFault` where no
    student process can be started.
    """
    found = []
    for path, before in exercises(root, assignment):
        rubric, _ = load(path, root)
        right = {
            name: run(before + text, rubric.solution)
            for name, text in right_texts(root, path, rubric.solution)
        }
        empty = [
            run(before + text, rubric.solution)
            for text in cells(root / "release" / assignment, rubric.solution)
        ]
        found.append(_verify(path, rubric, right, empty[0] if empty else {}, seeds))
        # Asked for anew: it ends where marking took longer than it waits. Only code of the course
        # runs in it.
        zygote = running(Confinement(unconfined=True))
        for told in forms.told(root, path, rubric, before, zygote, seeds):
            _verify_told(found[-1], told)
    return found


def exercises(root: Path, assignment: str) -> Iterator[tuple[str, str]]:
    """Yield the rubric's path of each grade cell of the masters, and what its solutions build on.

    That is, as one text, the imports of the notebook and the solutions of the earlier exercises.
    """
    for file in sorted((root / "source" / assignment).glob("*.ipynb")):
        notebook = nbformat.read(file, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        lines = (line for cell in code for line in imports(without_magics(cell)))
        taken = "".join(f"{line}\n" for line in lines)
        solutions: list[str] = []
        for cell in code:
            if mark(cell).get("solution"):
                solutions.append(f"{cell.source}\n")
            for path in named(cell.source):
                yield path, taken + "".join(solutions[:-1])


def right_texts(root: Path, path: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each known right implementation of `name`: the solution, the idioms.

    `path` is "<assignment>/<exercise>".
    """
    assignment, _, exercise = path.partition("/")
    for text in cells(root / "solutions" / assignment, name):
        yield "the solution", text
    file = root / "rubrics" / assignment / "idioms" / f"{exercise}.py"
    if file.is_file():
        parts = _SECTION.split(file.read_text(encoding="utf-8"))[1:]
        yield from zip(parts[::2], parts[1::2], strict=True)


def cells(folder: Path, name: str) -> Iterator[str]:
    """Yield the cells of the notebooks in `folder` that define `name`."""
    for file in sorted(folder.glob("*.ipynb")):
        for cell in nbformat.read(file, as_version=4).cells:
            if cell.cell_type == "code" and re.search(rf"^(def|class) {name}\b", cell.source, re.M):
                yield cell.source


def run(text: str, name: str) -> dict[str, Any]:
    """Run `text`, a solution of `name`, in this process; return all that it defines.

    The text is the course's own. A rubric finds there what its exercise needs of earlier ones.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, f"<a solution of {name}>", "exec"), namespace)
    return namespace


def define(text: str, name: str) -> Any:
    """Run `text` as `run` does; return what it defines as `name`, or None."""
    return run(text, name).get(name)


def to_text(found: list[Verified]) -> str:
    """Return the confusion table, and below it a line for each problem."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("Exercise", no_wrap=True)
    for heading in ("right, full", "right, less", "wrong, full", "wrong, less", "named"):
        table.add_column(heading, justify="right")
    table.add_column("forms", justify="right")
    for one in found:
        counts = (one.right_full, one.right_less, one.wrong_full, one.wrong_less, one.named)
        table.add_row(one.exercise, *map(str, counts), f"{one.in_forms}/{one.forms}")
    problems = [f"{one.exercise}: {problem}" for one in found for problem in one.problems]
    return as_text(table, *problems)


def _verify(
    path: str, rubric: Any, right: dict[str, dict[str, Any]], empty: dict[str, Any], seeds: range
) -> Verified:
    found = Verified(path)
    for seed in seeds:
        for name, defined in right.items():
            marks, fault = rubric.mark(defined.get(rubric.solution), seed, defined)
            lost = [mark.criterion for mark in marks if not mark.met]
            if lost or fault:
                found.right_less += 1
                found.problems.append(f"{name} (seed {seed}) loses {', '.join(lost)}. {fault}")
            else:
                found.right_full += 1
        for wrong in rubric.bank.known:
            _verify_wrong(found, rubric, wrong, seed)
    marks, _ = rubric.mark(empty.get(rubric.solution), seeds[0], empty)
    if any(mark.met for mark in marks):
        found.problems.append("The empty release earns points.")
    return found


def _verify_wrong(told: Verified, rubric: Any, wrong: Any, seed: int) -> None:
    """Add to `told` what becomes of one misconception with one seed."""
    marks, _ = rubric.mark(wrong.solution, seed)
    if all(mark.met for mark in marks):
        told.wrong_full += 1
        told.problems.append(f"The misconception {wrong.name} (seed {seed}) has full marks.")
        return
    told.wrong_less += 1
    if rubric.meets(wrong.loses, wrong.solution, seed):
        told.problems.append(
            f"The misconception {wrong.name} (seed {seed}) does not lose '{wrong.loses.__name__}'."
        )


def _verify_told(found: Verified, told: forms.Told) -> None:
    """Add to `found` what one misconception is told in one form."""
    is_named = told.sentence == told.misconception.sentence
    name = f"The misconception {told.misconception.name}, {told.form.replace('_', ' ')},"
    if told.form == forms.AS_IT_IS:
        found.named += is_named
    else:
        found.in_forms += is_named
        found.forms += told.expected
    if told.sentence and not is_named:
        found.problems.append(f"{name} is told: {told.sentence}")
    elif told.expected and not is_named:
        found.problems.append(f"{name} is told nothing.")
