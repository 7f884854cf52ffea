"""Exercises of every assignment, and the solutions of each that stand in this repository.

Other solutions than a rubric's own bank: `tests/<assignment>/solutions/{right,wrong}` are marked,
and `tests/<assignment>/mistakes` are told their mistake. Each section of a file, after a line
`# %% name`, is one notebook cell.
"""

import linecache
import re
import warnings

import torch
from support.course import ROOT

from nbjudge.authoring import verify
from nbjudge.rubric import loader

ASSIGNMENTS = sorted(folder.name for folder in (ROOT / "source").iterdir() if folder.is_dir())
# The path of each rubric, and the text that runs before a solution.
EXERCISES = {path: before for name in ASSIGNMENTS for path, before in verify.exercises(ROOT, name)}
SIDES = ("right", "wrong")
_SECTION = re.compile(r"^# %% (\w+)\n", re.M)
# Wrong ones that remember calls or draw random numbers: no two runs need lose the same criteria.
_VARYING = re.compile(r"^\w+ = (\[.*\]|\{.*\})$|\bglobal\b|\bid\(|\brand|empty|ropout", re.M)


def texts(side, path):
    """Return the text of each right, or wrong, solution of an exercise by its name."""
    assignment, _, exercise = path.partition("/")
    file = ROOT / "tests" / assignment / "solutions" / side / f"{exercise}.py"
    parts = _SECTION.split(file.read_text(encoding="utf-8"))[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def steady(side, path):
    """Return those of `texts` that have the same marks in each run."""
    return {
        name: text
        for name, text in texts(side, path).items()
        if side == "right" or not _VARYING.search(text)
    }


def defined(path, name, text):
    """Return all that a solution defines, with what stands before it in the notebook.

    TorchScript finds its text, as it finds that of a cell.
    """
    source, place = EXERCISES[path] + text, f"<{path} {name}>"
    linecache.cache[place] = len(source), None, source.splitlines(keepends=True), place
    namespace = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, place, "exec"), namespace)
    return namespace


def met(path, namespace, seed):
    """Return for each criterion whether it is met; torch's settings are put back.

    `namespace` holds what was defined, or proxies of it.
    """
    rubric, _ = loader.load(path, ROOT)
    try:
        marks, fault = rubric.mark(namespace.get(rubric.solution), seed, namespace)
    finally:
        usual_settings()
    assert not fault, (path, fault)
    return [mark.met for mark in marks]


def usual_settings():
    """Put back what some solutions change."""
    torch.set_default_dtype(torch.float32)
    torch.set_default_device("cpu")
    torch.set_grad_enabled(True)
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("highest")
    torch.use_deterministic_algorithms(False)
    torch.autograd.set_detect_anomaly(False)
