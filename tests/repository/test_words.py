"""No sentence of ours claims what nobody counted, and none prints a length of time as a number."""

import ast
import re

import pytest
from support.course import ROOT

SOURCES = sorted((ROOT / "nbjudge").rglob("*.py"))
CLAIMS = re.compile(r"\b(most often|mostly|usually|probably|most likely|normally)\b", re.I)
RAW = re.compile(r"(timedelta\(|_seconds|[a-z_]*interval)[^}]*\} (s|hours|seconds)\b")
# For the instructor's terminal, where figures are compared.
TERMINAL = {"cluster.py", "single.py"}


def sentences(file):
    """Yield each text of a file that people may read, as it stands in the code."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, nodes) and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield ast.unparse(node)
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        ):
            yield node.value


def told(text):
    """Return what is wrong with a text."""
    return [found[0] for found in (CLAIMS.search(text), RAW.search(text)) if found]


@pytest.mark.parametrize(
    "text",
    ["Most often the file is no notebook.", "f'there are {timedelta(seconds=x.interval)} hours'"],
)
def test_the_sentences_that_were_mended_would_be_found(text):
    assert told(text)


def test_no_sentence_claims_more_than_is_known():
    wrong = [
        f"{file.relative_to(ROOT)}: {text}"
        for file in SOURCES
        for text in sentences(file)
        if file.name not in TERMINAL and told(text)
    ]
    assert wrong == []
