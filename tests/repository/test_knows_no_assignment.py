"""The package knows no assignment of the course: neither its name, nor its exercises or functions.

Examples in docstrings and in the help of commands may name one.
"""

import ast
import re

import pytest
from support.corpora import ASSIGNMENTS, EXERCISES
from support.course import ROOT
from torch import nn

from nbjudge.rubric import loader

PACKAGE = sorted(path for folder in ("nbjudge", "deploy") for path in (ROOT / folder).rglob("*.py"))
# Of exercises these are words of the field, too: they count in the path of a rubric alone. The name
# of an assignment counts where a text is nothing else.
WORDS = {"encoder", "positions", "block", "scaled", "attention", "feed_forward", "layer_norm"}


def names():
    """Return the names of assignments, exercises and functions, but for those that torch has."""
    found = {part for path in EXERCISES for part in path.split("/")}
    found |= {loader.load(path, ROOT)[0].solution for path in EXERCISES}
    return {one for one in found if not isinstance(getattr(nn, one, None), type)}


def said(tree):
    """Yield each name, attribute and text of a module, but for docstrings and examples."""
    skipped = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            skipped.add(id(body[0].value))
        if isinstance(node, ast.keyword) and node.arg == "epilog":
            skipped.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in skipped:
                yield node.lineno, node.value
        elif isinstance(node, ast.Name | ast.FunctionDef | ast.ClassDef | ast.Attribute):
            name = getattr(node, "id", None) or getattr(node, "name", None) or node.attr
            yield node.lineno, f" {name} "


def named(text, wanted):
    """Return the names that a text has as whole words; see `WORDS`."""
    rare = [one for one in wanted - WORDS if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text)]
    paths = [one for one in wanted if re.search(rf"(?<!\w){one}/", text)]
    return sorted({*rare, *paths, *({text} & set(ASSIGNMENTS))})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("attention", ["attention"]),
        ("encoder/block", ["encoder"]),
        ("call dot_product_attention now", ["dot_product_attention"]),
        (" EncoderBlock ", ["EncoderBlock"]),
        ("pay attention to positions", []),
        (" positions ", []),
    ],
)
def test_a_name_is_found(text, found):
    assert named(text, names()) == found


def test_the_package_names_no_assignment_no_exercise_and_no_function_of_one():
    wanted, found = names(), []
    for path in PACKAGE:
        for line, text in said(ast.parse(path.read_text(encoding="utf-8"))):
            found += [f"{path.relative_to(ROOT)}:{line} {one}" for one in named(text, wanted)]
    assert found == []
