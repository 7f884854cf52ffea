"""The drawn tree of failures is the one in the code."""

import importlib
import inspect
import pkgutil
import re

import nbjudge

BASES = (AssertionError, BaseException, Exception, TypeError, ValueError)


def drawn():
    """Return the parent of each failure in the docstring of `nbjudge`, None at the top."""
    tree = nbjudge.__doc__.split("The tree of failures")[1].split("\n\nThe trust boundary")[0]
    found, above = {}, None
    for branch, name in re.findall(r"^ {4}[a-z' ]*?\s*(├─ )?([A-Z]\w+) {2,}", tree, re.M):
        found[name] = above if branch else None
        above = above if branch else name
    return found


def defined():
    """Return the parent of each exception that the package defines, None where it is Python's."""
    found = {}
    for module in pkgutil.walk_packages(nbjudge.__path__, "nbjudge."):
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, BaseException) and kind.__module__ == module.name:
                (parent,) = kind.__bases__
                found[name] = None if parent in BASES else parent.__name__
    return found


def test_the_drawn_tree_of_failures_is_that_of_the_code():
    assert len(drawn()) > 12
    assert drawn() == defined()
