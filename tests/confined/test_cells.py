"""Cells run as in a kernel, without a keyboard and a shell; what they show is nbformat."""

import nbformat
import pytest
from support.judging import outputs_of, points, release, run, solution, text_of, with_cells

from nbjudge.process.zygote import Confinement, Zygote


def shown(zygote, *cells, **how):
    return run(zygote, with_cells(release(), *cells), **how)


def test_outputs_of_every_kind_come_in_order(zygote):
    judged = shown(
        zygote,
        "import sys\nfrom IPython.display import display\nprint('one')\n"
        "print('two', file=sys.stderr)\ndisplay('three')\nprint('four')\n'five'",
        "plt.plot([1, 2]); plt.show()\nprint('after')",
        "def broken():\n    return 1 / 0\nbroken()",
    )
    kinds = [(o.output_type, o.get("name")) for o in outputs_of(judged)]
    assert kinds == [
        ("stream", "stdout"), ("stream", "stderr"), ("display_data", None), ("stream", "stdout"),
        ("execute_result", None),
    ]  # fmt: skip
    assert [o.output_type for o in outputs_of(judged, 1)] == ["display_data", "stream"]
    assert "image/png" in outputs_of(judged, 1)[0].data
    (error,) = outputs_of(judged, 2)
    assert (error.ename, error.evalue) == ("ZeroDivisionError", "division by zero")
    assert "return 1 / 0" in "".join(error.traceback)
    nbformat.validate(judged.notebook)


def test_a_figure_that_is_not_shown_is_shown_at_the_end_of_its_cell(zygote):
    judged = shown(zygote, "plt.plot([1, 2]);")
    assert ["image/png" in o.get("data", {}) for o in outputs_of(judged)][-1]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("import asyncio\nprint(await asyncio.sleep(0, 'awaited'))", "awaited"),
        ("%time x = 6 * 7\nprint(x)", "42"),
        ("%%capture kept\nprint('gone')", ""),
        ("%matplotlib inline\nprint(plt.get_backend())", "inline"),
        ("print(__name__)", "__main__"),
        ("_ = 1\nprint(In[1][:8])", "# Import"),
        (
            "from IPython.display import clear_output as c\nprint('gone')\nc()\nprint('kept')",
            "kept",
        ),
        ("!ls", "Shell commands are not run"),
        ("found = !ls", "Shell commands are not run"),
        ("%pip install x", "Shell commands are not run"),
        ("%%bash\nls", "Shell commands are not run"),
        ("input('Name? ')", "input() has nobody to ask"),
        ("import getpass; print(getpass.getuser())", "student"),
    ],
)  # fmt: skip
def test_a_cell_shows_what_a_kernel_would_show(zygote, cell, expected):
    text = text_of(shown(zygote, cell))
    assert expected in text
    assert "gone" not in text


def test_no_variable_of_the_judge_reaches_a_cell(monkeypatch):
    monkeypatch.setenv("NBJUDGE_SEED", "7")
    zygote = Zygote(Confinement())  # it takes its environment when it starts
    try:
        names = text_of(shown(zygote, "import os\nprint(sorted(os.environ))"))
    finally:
        zygote.close()
    assert "'PATH'" in names
    assert "NBJUDGE" not in names


def test_a_failing_cell_does_not_stop_the_next(zygote):
    judged = shown(zygote, "raise ValueError('first')", "print('second')", "1 +", "print('third')")
    assert [text_of(judged, n).strip() for n in (1, 3)] == ["second", "third"]


def test_files_beside_the_notebook_can_be_read_and_written(zygote, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/numbers.txt").write_text("42")
    (tmp_path / "helper.py").write_text("value = 43")
    (tmp_path / "attention.ipynb").write_text("hidden tests")
    judged = shown(
        zygote,
        "import os\nprint(open('data/numbers.txt').read())\nimport helper\nprint(helper.value)\n"
        "open('new.txt', 'w').write('x')\nprint(sorted(os.listdir('.')))",
        files=tmp_path,
    )
    text = text_of(judged)
    assert "42\n43" in text
    assert "new.txt" in text
    assert "ipynb" not in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["attention.ipynb", "data", "helper.py"]


def test_a_module_beside_the_notebook_shadows_nothing(zygote, tmp_path):
    for name in ("torch", "random", "numpy", "colorsys", "nbjudge", "sitecustomize", "IPython"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('shadowed')")
    judged = run(zygote, with_cells(solution(), "import colorsys, random"), files=tmp_path)
    assert points(judged)["dot_product"] == 20
    assert text_of(judged) == ""
