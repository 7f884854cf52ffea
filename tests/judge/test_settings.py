"""A line that changes something for all of torch or Python costs no right exercise a point."""

import decimal
import os
import random
import signal
import sys
import tempfile
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import pyplot as plt
from support.asserts import marked
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


def _drawn():
    """What comes next of each generator, which is put back."""
    kept = random.getstate(), np.random.get_state(), torch.get_rng_state()
    next = random.random(), float(np.random.random()), float(torch.rand(()))
    random.setstate(kept[0]), np.random.set_state(kept[1]), torch.set_rng_state(kept[2])
    return next


@pytest.mark.parametrize("ends", ["assert f(1) == 1", "assert f(1) == 2"], ids=["met", "not met"])
@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("import torch\ntorch.set_default_dtype(torch.float64)", torch.get_default_dtype),
        ("import torch\ntorch.set_default_device('meta')", lambda: torch.empty(0).device),
        ("import torch\ntorch.set_grad_enabled(False)", torch.is_grad_enabled),
        ("import torch, random, numpy as np\nrandom.seed(0)\nnp.random.seed(0)", _drawn),
        ("import torch\ntorch.manual_seed(0)\nx = torch.rand(3)", _drawn),
        ("import numpy as np\nnp.seterr(all='ignore')", np.geterr),
        ("import numpy as np\nnp.set_printoptions(precision=1)", np.get_printoptions),
        (
            "import pandas as pd\npd.set_option('display.precision', 1)",
            lambda: pd.get_option("display.precision"),
        ),
        (
            "import matplotlib.pyplot as plt\nplt.rcParams['lines.linewidth'] = 9",
            lambda: mpl.rcParams["lines.linewidth"],
        ),
        ("import matplotlib.pyplot as plt\nplt.figure()", plt.get_fignums),
        ("import warnings\nwarnings.simplefilter('ignore')", lambda: list(warnings.filters)),
        ("import os\nos.environ.update(HOME='/x', NEW='1')", lambda: dict(os.environ)),
        ("import tempfile\ntempfile.tempdir = '/nowhere'", tempfile.gettempdir),
        ("import decimal\ndecimal.getcontext().prec = 3", lambda: decimal.getcontext().prec),
        ("import sys\ngetattr(sys, 'setrecursionlimit')(2000)", sys.getrecursionlimit),
        (
            "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nx = signal.alarm(9)",
            lambda: (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)),
        ),
    ],
)
def test_what_a_test_sets_is_not_there_for_the_next(zygote, course, line, read, ends):
    """In the judge process: right submissions of another assignment lost points by it."""
    before = read()
    given, _ = marked(zygote, "def f(x):\n    return x", f"{line}\n{ends}", course)
    assert given == (2 if ends.endswith("1") else 0)
    assert read() == before


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
