"""What happens to a notebook before it arrives: work in other places, other forms of the file."""

import copy
import json

import nbformat
from attention_samples import EXERCISES, place, right_answers
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from support.judging import release

ANSWERS = right_answers()
IMPORTS = "import-required-libraries"


def right():
    notebook = release()
    for cell in notebook.cells:
        cell.source = ANSWERS.get(cell.id, cell.source)
    return notebook


def with_source(notebook, name, edit):
    cell = notebook.cells[place(notebook, name)]
    cell.source = edit(cell.source)
    return notebook


def beside(make):
    notebook = release()
    for name in EXERCISES:
        notebook.cells.insert(place(notebook, name) + 1, make(ANSWERS[name]))
    return notebook


def at_the_end(*sources):
    notebook = release()
    notebook.cells += [new_code_cell(source) for source in sources]
    return notebook


def tools_that_drop_all(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"other-{number}"
    return notebook


def all_in(name):
    return with_source(release(), name, lambda _: "\n\n".join(ANSWERS.values()))


def placeholder_below(own_metadata):
    notebook = right()
    twin = copy.deepcopy(release().cells[place(notebook, "scaled")])
    twin.id, twin.source = "twin", twin.source.replace("# TODO", "# todo ")
    twin.metadata = twin.metadata if own_metadata else {}
    notebook.cells.insert(place(notebook, "scaled") + 1, twin)
    return notebook


def placeholder_in_the_same_cell():
    stub = release().cells[place(release(), "scaled")].source
    return with_source(right(), "scaled", lambda source: f"{source}\n\n{stub}")


def solutions_deleted():
    notebook = at_the_end(*ANSWERS.values())
    notebook.cells = [cell for cell in notebook.cells if cell.id not in EXERCISES]
    return notebook


def solution_split():
    notebook = right()
    index = place(notebook, "scaled")
    second = copy.deepcopy(notebook.cells[index])
    second.id = "second"
    second.source = second.source.replace("F.softmax(", "my_softmax(")
    notebook.cells[index].source = "def my_softmax(x, dim):\n    return F.softmax(x, dim=dim)"
    notebook.cells.insert(index + 1, second)
    return notebook


def in_locked_cells(where):
    notebook = release()
    for name in EXERCISES:
        notebook.cells[place(notebook, f"{name}-{where}")].source = ANSWERS[name]
    return notebook


def helper_in_a_locked_cell():
    helper = "def my_softmax(x, dim):\n    return F.softmax(x, dim=dim)\n"
    notebook = with_source(right(), "dot_product-test", lambda source: helper + source)
    return with_source(notebook, "scaled", lambda s: s.replace("F.softmax(", "my_softmax("))


def without_imports():
    notebook = right()
    del notebook.cells[place(notebook, IMPORTS)]
    return notebook


def imports_as_text():
    notebook = right()
    index = place(notebook, IMPORTS)
    notebook.cells[index] = new_markdown_cell(notebook.cells[index].source)
    return notebook


def imports_last():
    notebook = right()
    notebook.cells.append(notebook.cells.pop(place(notebook, IMPORTS)))
    return notebook


def imports_merged():
    notebook = right()
    imports = notebook.cells.pop(place(notebook, IMPORTS)).source
    return with_source(notebook, "dot_product", lambda source: f"{imports}\n{source}")


def other_spaces(notebook):
    """Line ends, tabs, no-break spaces and spaces at line ends, in the locked cells."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            lines = cell.source.replace("    ", "\t").replace(" ", "\xa0").split("\n")
            cell.source = "  \r\n".join(lines)
    return notebook


def with_line_ends(end):
    value = json.loads(nbformat.writes(right()))
    for cell in value["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", end)
    return json.dumps(value).encode()


def without(*fields):
    value = json.loads(nbformat.writes(right()))
    for field in fields:
        del value[field]
    return json.dumps(value).encode()


def encoded(encoding):
    notebook = right()
    notebook.cells.insert(1, new_markdown_cell("Zoé, s'il vous plaît", id="note"))
    # As editors do that know no other letters.
    value = nbformat.writes(notebook).encode(encoding, "replace")
    return value


# Notebooks with full marks.
FOUND = {
    "at_the_end": at_the_end(*ANSWERS.values()),
    "at_the_end_in_one_cell": at_the_end("\n\n".join(ANSWERS.values())),
    "at_the_end_nothing_marked": tools_that_drop_all(at_the_end(*ANSWERS.values())),
    "beside": beside(new_code_cell),
    "as_markdown": beside(lambda source: new_markdown_cell(f"My way:\n```python\n{source}\n```")),
    "as_raw_text": beside(new_raw_cell),
    "all_in_the_first": all_in("dot_product"),
    "all_in_the_last": all_in("causal_mask"),
    "in_locked_marks": in_locked_cells("marks"),
    "in_locked_tests": in_locked_cells("test"),
    "in_locked_text": in_locked_cells("contract"),
    "helper_in_a_locked_cell": helper_in_a_locked_cell(),
    "placeholder_below": placeholder_below(own_metadata=True),
    "placeholder_below_unmarked": placeholder_below(own_metadata=False),
    "placeholder_in_the_same_cell": placeholder_in_the_same_cell(),
    "solutions_deleted": solutions_deleted(),
    "solution_split": solution_split(),
    "no_imports": without_imports(),
    "imports_emptied": with_source(right(), IMPORTS, lambda _: ""),
    "imports_as_text": imports_as_text(),
    "imports_last": imports_last(),
    "imports_merged": imports_merged(),
    "an_import_deleted": with_source(
        right(), IMPORTS, lambda source: source.replace("import torch.nn as nn\n", "")
    ),
    "other_spaces": other_spaces(right()),
}
# Files with full marks.
FILES = {
    "byte_order_mark": b"\xef\xbb\xbf" + nbformat.writes(right()).encode(),
    "utf_16": encoded("utf-16"),
    "utf_16_le": encoded("utf-16-le"),
    "utf_32": encoded("utf-32"),
    "latin_1": encoded("latin-1"),
    "windows_1252": encoded("cp1252"),
    "a_damaged_letter": encoded("utf-8").replace("é".encode(), b"\xc3", 1),
    "no_metadata": without("metadata"),
    "no_minor": without("nbformat_minor"),
    "no_version": without("nbformat", "nbformat_minor", "metadata"),
    "crlf": with_line_ends("\r\n"),
    "cr": with_line_ends("\r"),
}


def another_version_below():
    notebook = right()
    notebook.cells.append(new_code_cell(ANSWERS["scaled"].replace("d_k**0.5", "d_k")))
    return notebook


def half_then_at_the_end():
    notebook = at_the_end(ANSWERS["scaled"])
    return with_source(notebook, "scaled", lambda s: s.replace("d_k = None", "d_k = 3"))


def loose(index):
    notebook = release()
    notebook.cells.insert(index(notebook), new_code_cell("my_scores = 1\nmy_weights = 2"))
    return notebook


# What a person is asked to look at, and words of the sentence.
def helper_below():
    """A solution that calls a helper, which stands at the end of the notebook."""
    notebook = with_source(
        right(), "scaled", lambda source: f"{source}\n\ndef _helped():\n    return helper()\n"
    )
    notebook.cells.append(new_code_cell("def helper():\n    return 1"))
    return notebook


DOUBTS = {
    "helper_below": (helper_below(), "The solution cell scaled uses helper, which a cell below"),
    "renamed": (
        with_source(right(), "scaled", lambda source: source.replace("def scaled_", "def my_")),
        "The solution cell scaled holds my_dot_product_attention",
    ),
    "half_then_at_the_end": (half_then_at_the_end(), "scaled_dot_product_attention is defined"),
    "another_version_below": (another_version_below(), "in another way in a cell below"),
    "loose_code_beside": (
        loose(lambda notebook: place(notebook, "scaled") + 1),
        "The solution cell scaled is as it was handed out, and a cell of the student's own",
    ),
    "loose_code_at_the_end": (loose(lambda notebook: len(notebook.cells)), "my_scores = 1"),
    "loose_code_in_a_locked_cell": (
        with_source(release(), "scaled-marks", lambda _: "scores = query @ keys.mT"),
        "the locked cell scaled-marks holds other text",
    ),
    "prose_in_a_locked_cell": (
        with_source(release(), "scaled-contract", lambda s: f"{s}\n\nIt is softmax."),
        "the locked cell scaled-contract holds other text",
    ),
}
