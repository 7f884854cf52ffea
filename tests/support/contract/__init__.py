"""The contract of each exercise, tried without its rubric: an oracle for mutants.

`attention.py` knows the exercises of the assignment; an assignment whose exercises have less in
common is a folder with a module for each.
"""

import importlib


def violation(path, solution):
    """Say which clause of its contract a solution of exercise `path` breaks; nothing if none."""
    assignment, _, exercise = path.partition("/")
    if assignment == "attention":
        return importlib.import_module("support.contract.attention").violation(exercise, solution)
    module = importlib.import_module(f"support.contract.{assignment}.{exercise}")
    return module.violation(solution)
