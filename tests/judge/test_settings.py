"""A line that changes something for all of torch or Python costs no right exercise a point."""

import pytest
from support.judging import FULL, PATIENT, answer, points, run, solution

IMPORTS = "import-required-libraries"
TEXTS = {cell.id: cell.source for cell in solution().cells}


@pytest.mark.parametrize(
    "line",
    [
        "torch.set_default_dtype(torch.float64)",
        "torch.set_default_tensor_type(torch.DoubleTensor)",
        "torch.set_default_device('cuda:7')",
        "torch.set_default_device('cuda')",
        "torch.set_default_device('meta')",
        "torch.set_grad_enabled(False)",
        "torch.inference_mode().__enter__()",
        "torch.autocast('cpu', dtype=torch.bfloat16).__enter__()",
        "torch.autograd.set_detect_anomaly(True)",
        "torch.use_deterministic_algorithms(True)",
        "import warnings; warnings.filterwarnings('error')",
        "import sys; sys.setrecursionlimit(60)",
        "import sys; sys.stdout = None",
        "import os; os.chdir('/')",
    ],
)
def test_a_setting_of_the_notebook_does_not_hold_while_an_exercise_is_marked(zygote, line):
    notebook = answer(solution(), **{IMPORTS: f"{TEXTS[IMPORTS]}\n{line}"})
    assert points(run(zygote, notebook, limits=PATIENT)) == FULL


def test_it_holds_in_the_cells_of_the_notebook(zygote):
    line = "torch.set_default_dtype(torch.float64)"
    notebook = answer(solution(), **{IMPORTS: f"{TEXTS[IMPORTS]}\n{line}"})
    last = notebook.cells[-1]
    notebook.cells.append(
        type(last)(last, cell_type="code", id="last", source="torch.ones(1).dtype")
    )
    judged = run(zygote, notebook, limits=PATIENT)
    assert "float64" in str(judged.notebook.cells[-1].outputs)


@pytest.mark.parametrize(
    ("exercise", "before", "after"),
    [
        ("dot_product", "def dot_product", "@torch.compile\ndef dot_product"),
        ("scaled", "def scaled", "@torch.compile(mode='max-autotune', fullgraph=True)\ndef scaled"),
        ("dot_product", "def dot_product", "@torch.jit.script\ndef dot_product"),
        ("self_attention", "    def forward", "    @torch.compile\n    def forward"),
        ("self_attention", "class Self", "@torch.compile\nclass Self"),
        ("causal_mask", "    # TODO", "    breakpoint()\n    # TODO"),
    ],
)
def test_a_compiled_solution_is_run_as_it_is(zygote, exercise, before, after):
    text = TEXTS[exercise].replace(before, after, 1)
    assert text != TEXTS[exercise]
    assert points(run(zygote, answer(solution(), **{exercise: text}), limits=PATIENT)) == FULL
