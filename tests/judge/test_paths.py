"""No path of the machine that grades stands in what a student is shown."""

import json
import os
import site
import sys

import nbformat
import pytest
from support.course import ROOT
from support.judging import answer, run, solution, with_cells

CELLS = [
    "import torch\nprint(torch.__file__, torch.nn)",
    "torch.nn.Linear(2, 2)(torch.ones(3))",
    "import os, sys, tempfile\nprint(os.getcwd(), sys.prefix, sys.path, tempfile.gettempdir())",
    "open('none.csv')",
    "import warnings\nwarnings.warn('mine')",
    "import sys; sys.exit()",
    "torch?",
    "import IPython\nIPython.__file__",
    "import json, os\nprint(json.dumps([os.path.abspath('x'), os.__file__]))",
    "import numpy as np\nnp.load(os.path.abspath('none.npy'))",
    "%cd .",
    "import os\nraise ValueError(os.path.abspath('x'))",
]


def machine():
    """Return what names this machine: folders of the environment, of the course, of a run."""
    found = {*site.getsitepackages(), sys.prefix, sys.base_prefix, str(ROOT), "/nbjudge-"}
    return found | {os.path.realpath(one) for one in found if one.startswith("/")}


@pytest.mark.parametrize("cell", CELLS)
def test_no_path_of_the_machine_stands_in_an_output(zygote, cell):
    judged = run(zygote, with_cells(solution(), "import os", cell))
    text = nbformat.writes(judged.notebook)
    assert [path for path in machine() if path in text] == []
    assert "<ipython-input-" not in text


def test_none_stands_in_the_message_of_a_criterion(zygote):
    reads = "def dot_product_attention(q, k, v):\n    import os\n    open(os.path.abspath('none'))"
    judged = run(zygote, answer(solution(), dot_product=reads))
    text = json.dumps([mark.message for mark in judged.cards["dot_product-marks"].marks])
    assert "FileNotFoundError" in text
    assert [path for path in machine() if path in text] == []
