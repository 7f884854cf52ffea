"""`release/` is the seed to the letter, plus a listed set of additions."""

import ast
import re

import nbformat
import pytest
from support.course import ROOT

from nbjudge.authoring import build
from nbjudge.notebook.canonical import canonical, to_text

# Every difference between the seed and release/, with its reason.
MENDED = {  # The seed's export lost these characters.
    "‚úì": "✓",
    "‚ö†Ô∏è": "⚠️",
    "\uf8ffüöÄ": "🚀",
}
ADDED = {
    **{
        f"{name}-contract": "says what the hidden tests mark, so that passing the visible ones "
        "is not taken for full marks"
        for name in ("dot_product", "scaled", "self_attention", "multi_head", "causal_mask")
    },
    **{
        f"{name}-marks": "carries the exercise's points and its hidden tests"
        for name in ("dot_product", "scaled", "self_attention", "multi_head", "causal_mask")
    },
    "plot-helper": "draws the attention heatmaps",
    "scaled-plot": "shows why scaling matters",
    "self_attention-plot": "shows the student's own layer",
    "multi_head-plot": "shows the student's own heads",
    "what-comes-next": "points to the second notebook, which builds the encoder",
}
POINTS = {"dot_product": 20, "scaled": 20, "self_attention": 30, "multi_head": 30}


def seed_cells():
    text = (ROOT / "tests/attention/seed/attention_exercises.txt").read_text(encoding="utf-8")
    for wrong, right in MENDED.items():
        text = text.replace(wrong, right)
    first, *rest = re.split(r"^In \[None\]:\n", text, flags=re.M)
    cells = [("markdown", first.strip("\n"))]
    for part in rest:
        heading = re.search(r"^## ", part, flags=re.M)
        code, prose = (part[: heading.start()], part[heading.start() :]) if heading else (part, "")
        cells.append(("code", code.strip("\n")))
        if prose:
            cells.append(("markdown", prose.strip("\n")))
    return cells


def test_every_cell_of_the_seed_stands_in_release_in_order_and_to_the_letter(release):
    kept = [(cell.cell_type, cell.source) for cell in release.cells if cell.id not in ADDED]
    assert kept == seed_cells()


def test_every_addition_is_listed_and_there(release):
    assert set(ADDED) <= {cell.id for cell in release.cells}
    assert len(release.cells) == len(seed_cells()) + len(ADDED)


def test_release_and_solutions_hold_one_notebook_each_and_nothing_else():
    for step in ("release", "solutions"):
        files = [p.relative_to(ROOT) for p in (ROOT / step).rglob("*") if p.is_file()]
        masters = (ROOT / "source").glob("*/*.ipynb")
        assert {str(f) for f in files} == {
            f"{step}/{master.relative_to(ROOT / 'source')}" for master in masters
        }


def test_nothing_hidden_and_no_solution_in_release(release):
    text = nbformat.writes(release)
    master = (ROOT / "source/attention/attention.ipynb").read_text(encoding="utf-8")
    for secret in ("SOLUTION", "HIDDEN", "nbjudge.rubric", "F.softmax", "masked_fill", "bmm(query"):
        assert secret in master
        assert secret not in text


@pytest.mark.parametrize("step", ["source", "release", "solutions"])
def test_committed_notebooks_carry_no_outputs(step):
    notebook = nbformat.read(ROOT / step / "attention/attention.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_release_imports_only_what_students_have(release):
    imported = set()
    for cell in release.cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    imported.add(node.module.split(".")[0])
    assert "torch" in imported
    assert imported <= {"numpy", "torch", "matplotlib", "seaborn", "IPython", "contextlib"}


def test_points_are_the_seeds_and_visible_tests_are_locked_and_worth_nothing(release):
    marks = {cell.id: cell.metadata.get("nbgrader", {}) for cell in release.cells}
    for name in (*POINTS, "causal_mask"):
        assert marks[f"{name}-marks"]["points"] == POINTS.get(name, 0)
        assert marks[f"{name}-test"]["points"] == 0
        assert marks[f"{name}-test"]["locked"]
    bonus = next(cell for cell in release.cells if cell.id == "causal_mask-marks")
    assert bonus.metadata.nbjudge.extra_credit == 10


def test_contracts_stand_before_the_code_of_their_exercise_and_have_at_most_six_lines(release):
    ids = [cell.id for cell in release.cells]
    contracts = [cell for cell in release.cells if cell.id.endswith("-contract")]
    assert len(contracts) == 5
    for cell in contracts:
        assert len(cell.source.split("\n")) <= 6
        assert "more than the visible tests below check" in cell.source.split("\n")[0]
        assert ids[ids.index(cell.id) + 1] == cell.id.removesuffix("-contract")


def test_the_master_is_canonical():
    path = ROOT / "source/attention/attention.ipynb"
    notebook = canonical(nbformat.read(path, as_version=4))
    assert to_text(notebook) == path.read_text(encoding="utf-8")


def test_release_and_solutions_are_not_stale():
    assert build.stale(ROOT, "attention") == []
