"""Bring docs/feedback.md up to date: what students read about three mistakes.

    python examples/feedback_reports.py

The page is written by hand, but for the blocks of code that follow a comment `<!-- name -->`.
`examples/pictures.py` takes the page's pictures of the same notebook.
"""

import argparse
import contextlib
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
import torch
from attention_samples import ASSIGNMENT, right_answers
from filled import ROOT, Answers, fill

from nbjudge.authoring import verify
from nbjudge.authoring.single import judge_file
from nbjudge.judge.judged import Judged
from nbjudge.rubric.scorecard import Scorecard

PAGE = ROOT / "docs" / "feedback.md"
SEED = 0  # that of the demo's commands, too
# What the solution of an exercise says, and what the student writes instead.
MISTAKES = {
    "multi_head": ("scores / self.head_dim**0.5", "scores / embed_dim**0.5"),
    "scaled": ("mask == 0", "mask == 1"),
    "self_attention": ("torch.bmm(Q, K.transpose(1, 2))", "torch.bmm(Q, K)"),
}
BLOCK = re.compile(r"^<!-- (.+) -->\n(```\w+\n)(?:.*\n)*?```$", re.M)


def current(page: str, made: Mapping[str, str]) -> str:
    """Return the page with the blocks that `blocks` made."""
    return BLOCK.sub(lambda b: f"<!-- {b[1]} -->\n{b[2]}{made[b[1]]}\n```", page)


def verified() -> list[verify.Verified]:
    """Verify the rubrics with the seed of the page."""
    with contextlib.chdir(ROOT):
        return verify.verify(ROOT, ASSIGNMENT, range(SEED, SEED + 1))


def blocks(found: list[verify.Verified]) -> dict[str, str]:
    """Judge the mistakes; return the text of each block of the page by its name."""
    report = judged(answers())
    made = {"verify": tidy(verify.to_text(found))}
    for exercise, (_, wrong) in MISTAKES.items():
        lines = answers()[exercise].splitlines()
        made[f"{exercise}, line"] = next(line.strip() for line in lines if wrong in line)
        card = report.cards[f"{exercise}-marks"]
        made[f"{exercise}, report"] = tidy(without_version(card.to_text(), card))
    return made


def judged(given: Answers) -> Judged:
    """Judge the released notebook with these answers; its seed is always the same."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT):
        file = submit(Path(folder), given)
        return judge_file(file, ASSIGNMENT, SEED, None, unconfined=False)[0]


def without_version(text: str, card: Scorecard) -> str:
    """Replace the rubric's version: each edit changes it, and not always what is told."""
    return text.replace(card.rubric_version, "…")


def tidy(text: str) -> str:
    """Return the text without the blanks that end lines, and without empty lines around it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def answers() -> Answers:
    """Return the solution with the mistakes, by cell."""
    made = right_answers()
    for exercise, (right, wrong) in MISTAKES.items():
        assert right in made[exercise], f"'{right}' is not in the solution of {exercise}."
        made[exercise] = made[exercise].replace(right, wrong)
    return made


def submit(folder: Path, given: Answers | None = None) -> Path:
    """Write the released notebook into the folder, filled in: with the mistakes if not `given`."""
    name = f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(ROOT / "release" / ASSIGNMENT / name, nbformat.NO_CONVERT)
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(fill(notebook, given or answers()), folder / name, nbformat.NO_CONVERT)
    return folder / name


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    torch.set_num_threads(1)  # on tensors this small, threads only wait for each other
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(current(page, blocks(verified())), encoding="utf-8")
