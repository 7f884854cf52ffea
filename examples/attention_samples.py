"""The sample submissions of `attention`, each as students and their tools change notebooks."""

import copy
from collections.abc import Callable
from functools import partial

import nbformat
from filled import answers_of, fill, place
from filled import right_answers as right_answers_of
from nbformat import NotebookNode

ASSIGNMENT = "attention"
EXERCISES = ("dot_product", "scaled", "self_attention", "multi_head", "causal_mask")
HEADINGS = ("Ex. 1", "Ex. 2", "Ex. 3", "Ex. 4", "Bonus")
right_answers = partial(right_answers_of, ASSIGNMENT)


def perfect(notebook: NotebookNode) -> NotebookNode:
    """All right, as in `solutions/`."""
    return fill(notebook, right_answers())


def filled_from(name: str) -> Callable[[NotebookNode], NotebookNode]:
    """All right, in the idiom of `answers/<name>.py`."""
    return lambda notebook: fill(notebook, answers_of(name))


def wrong_in(exercise: str) -> Callable[[NotebookNode], NotebookNode]:
    """One exercise wrong, the others right."""
    return lambda notebook: fill(
        notebook, right_answers() | {exercise: answers_of("wrong")[exercise]}
    )


def half_done(notebook: NotebookNode) -> NotebookNode:
    """Exercises 1 and 2 done, the others as they were handed out."""
    answers = right_answers()
    return fill(notebook, {name: answers[name] for name in EXERCISES[:2]})


def syntax_error(notebook: NotebookNode) -> NotebookNode:
    """A missing parenthesis in exercise 2."""
    answers = right_answers()
    broken = answers["scaled"].replace("F.softmax(scores, dim=-1)", "F.softmax(scores, dim=-1")
    return fill(notebook, answers | {"scaled": broken})


def infinite_loop(notebook: NotebookNode) -> NotebookNode:
    """Exercise 2 never returns."""
    answers = right_answers()
    looping = answers["scaled"].replace(
        "    d_k = query.shape[-1]", "    while True:\n        d_k = query.shape[-1]"
    )
    return fill(notebook, answers | {"scaled": looping})


def changed_test_cells(notebook: NotebookNode) -> NotebookNode:
    """Nothing done; tests that only print, cells that claim all points."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = 'print("✓ All tests passed!")\n100.0'
            cell.metadata.nbgrader.points = 1000
    return notebook


def skipped_test_cells(notebook: NotebookNode) -> NotebookNode:
    """Nothing done; a tag asks the grader to skip its own cells."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["tags"] = ["skip-execution"]
    return notebook


def deleted_test_cells(notebook: NotebookNode) -> NotebookNode:
    """All right, but the locked cells are gone."""
    notebook.cells = [
        cell
        for cell in perfect(notebook).cells
        if not cell.metadata.get("nbgrader", {}).get("locked")
    ]
    return notebook


def metadata_lost(notebook: NotebookNode) -> NotebookNode:
    """All right, saved by a tool that knows neither cell metadata nor cell ids."""
    for cell in perfect(notebook).cells:
        cell.metadata = {}
        del cell["id"]
    notebook.metadata = {}
    notebook.nbformat_minor = 4
    return notebook


def duplicated_cells(notebook: NotebookNode) -> NotebookNode:
    """All right; a solution and a test cell were copied and pasted, with all their metadata."""
    for cell_id in ("scaled", "self_attention-marks"):
        index = place(perfect(notebook), cell_id)
        twin = copy.deepcopy(notebook.cells[index])
        twin.id = f"{cell_id}-copy"
        notebook.cells.insert(index + 1, twin)
    return notebook


def retyped_cells(notebook: NotebookNode) -> NotebookNode:
    """All right; a solution became markdown by accident, a test cell raw."""
    for cell_id, kind in (("dot_product", "markdown"), ("scaled-marks", "raw")):
        cell = perfect(notebook).cells[place(notebook, cell_id)]
        cell.cell_type = kind
        del cell["outputs"], cell["execution_count"]
    return notebook


def moved_cells(notebook: NotebookNode) -> NotebookNode:
    """All right; the marks of exercise 4 were dragged to the top."""
    cells = perfect(notebook).cells
    cells.insert(0, cells.pop(place(notebook, "multi_head-marks")))
    return notebook


def loud(notebook: NotebookNode) -> NotebookNode:
    """All right, but every function prints and warns; plain nbgrader takes stderr for a failure."""
    answers = right_answers()
    noise = (
        "    import sys, warnings\n"
        '    warnings.warn("Check me.")\n'
        '    print("Here I am.", file=sys.stderr)\n'
    )
    for name in ("dot_product", "scaled"):
        answers[name] = answers[name].replace("    # TODO", f"{noise}    # TODO", 1)
    return fill(notebook, answers)


def scripts(notebook: NotebookNode) -> NotebookNode:
    """All right, with scripts planted in markdown and in outputs."""
    planted = (
        "<script>document.title='planted'</script><img src=x onerror=\"document.title='planted'\">"
    )
    text = nbformat.v4.new_markdown_cell(f"My notes {planted} [link](javascript:alert(1))", id="n")
    code = nbformat.v4.new_code_cell(
        "from IPython.display import HTML, Javascript\n"
        f"display(HTML('''{planted}'''))\nJavascript(\"document.title='planted'\")",
        id="m",
    )
    perfect(notebook).cells[1:1] = [text, code]
    return notebook


def not_a_notebook(notebook: NotebookNode) -> str:
    """A file that is not JSON."""
    return "%PDF-1.7 this is my homework"


SAMPLES: dict[str, Callable[[NotebookNode], NotebookNode | str]] = {
    "perfect": perfect,
    "perfect_einsum": filled_from("perfect_einsum"),
    "perfect_loops": filled_from("perfect_loops"),
    "perfect_torch_attention": filled_from("perfect_torch_attention"),
    "empty": lambda notebook: notebook,
    "half_done": half_done,
    "wrong_exercise_1": wrong_in("dot_product"),
    "wrong_exercise_2": wrong_in("scaled"),
    "wrong_exercise_3": wrong_in("self_attention"),
    "wrong_exercise_4": wrong_in("multi_head"),
    "wrong_bonus": wrong_in("causal_mask"),
    "syntax_error": syntax_error,
    "infinite_loop": infinite_loop,
    "loud": loud,
    "changed_test_cells": changed_test_cells,
    "skipped_test_cells": skipped_test_cells,
    "deleted_test_cells": deleted_test_cells,
    "metadata_lost": metadata_lost,
    "duplicated_cells": duplicated_cells,
    "retyped_cells": retyped_cells,
    "moved_cells": moved_cells,
    "scripts": scripts,
    "not_a_notebook": not_a_notebook,
}
