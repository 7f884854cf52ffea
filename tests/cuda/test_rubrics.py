"""Every rubric of the course, on every device that it finds: the CPU, and CUDA if there is one.

With a GPU, rubrics move layers and arguments there by themselves. So all known right solutions are
marked, in the process of the test and behind proxies.
"""

import json
import re
from pathlib import Path

import pytest

from nbjudge.rubric import loader

ROOT = Path(__file__).resolve().parents[2]
CALL = re.compile(r'grade\("([\w/-]+)"')
SECTION = re.compile(r"^# %% (\w+)\n", re.M)


def cells(folder, assignment):
    """Return (source, whether it is a solution) of each code cell of an assignment's notebooks."""
    return [
        ("".join(cell["source"]), cell["metadata"].get("nbgrader", {}).get("solution", False))
        for file in sorted((ROOT / folder / assignment).glob("*.ipynb"))
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]


def exercises():
    """Yield the path of each rubric, and the text that solves all exercises of its notebook."""
    for folder in sorted((ROOT / "source").iterdir()):
        source = cells("source", folder.name)
        imports = [
            line
            for text, _ in source
            for line in text.splitlines()
            if re.match(r"(import|from) (torch|numpy|math|typing|dataclasses)\b", line)
        ]
        solved = [text for text, solves in cells("solutions", folder.name) if solves]
        for text, _ in source:
            for path in CALL.findall(text):
                if (ROOT / "rubrics" / f"{path}.py").is_file():
                    yield path, "\n\n".join([*imports, *solved, ""])


def idioms(path):
    """Return the text of each right idiom of an exercise, by its name."""
    assignment, _, exercise = path.partition("/")
    file = ROOT / "rubrics" / assignment / "idioms" / f"{exercise}.py"
    parts = SECTION.split(file.read_text(encoding="utf-8"))[1:] if file.is_file() else []
    return dict(zip(parts[::2], parts[1::2], strict=True))


EXERCISES = dict(exercises())


def lost(path, names, seed=1):
    """Return the messages of the criteria that are lost."""
    rubric, _ = loader.load(path, ROOT)
    marks, fault = rubric.mark(names.get(rubric.solution), seed, names)
    assert fault == ""
    return [(mark.criterion, mark.message) for mark in marks if not mark.met]


@pytest.mark.parametrize("path", EXERCISES)
def test_right_solutions_have_full_marks(path, device):
    right = {"the solution": "", **idioms(path)}
    if device.type == "cpu":  # `nbjudge verify` and other tests take all of them there
        right = dict(list(right.items())[:2])
    for name, text in right.items():
        names = {"__name__": "__main__"}
        exec(EXERCISES[path] + text, names)
        assert (name, lost(path, names)) == (name, [])


@pytest.mark.parametrize("path", EXERCISES)
def test_solutions_of_another_process_have_full_marks(path, device, answering):
    rubric, _ = loader.load(path, ROOT)
    wanted = {rubric.solution, *rubric.beside}
    names = answering(EXERCISES[path], *wanted)
    names = names if len(wanted) > 1 else {rubric.solution: names}
    assert lost(path, names) == []


@pytest.mark.parametrize("device", [pytest.param("cuda", marks=pytest.mark.cuda)], indirect=True)
def test_a_tensor_that_is_made_on_the_cpu_loses_the_criterion_on_devices_alone(device):
    names = {}
    exec(EXERCISES["attention/scaled"], names)
    right = names["scaled_dot_product_attention"]

    def made_on_the_cpu(query, keys, values, mask=None):
        output, weights = right(query, keys, values, mask)
        return output, weights.cpu()

    found = lost("attention/scaled", {"scaled_dot_product_attention": made_on_the_cpu})
    assert [criterion for criterion, _ in found] == [
        "Dtype and device are kept, and nothing is changed on the way"
    ]
