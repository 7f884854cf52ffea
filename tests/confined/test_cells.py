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


@pytest.mark.parametrize(
    "show",
    [
        "display(figure, metadata={'image/png': {'alt': 'A line', 'x': object()}, 1: 2})",
        "from IPython.display import Image; import io; picture = io.BytesIO()\n"
        "figure.savefig(picture); display(Image(picture.getvalue(), alt='A line'))",
    ],
)  # fmt: skip
def test_a_picture_keeps_its_alternative_text(zygote, show):
    figure = "from IPython.display import display\nfigure, _ = plt.subplots()\n"
    judged = shown(zygote, f"{figure}{show}\nplt.close(figure)")
    (output,) = outputs_of(judged)
    assert "image/png" in output.data
    assert output.metadata == {"image/png": {"alt": "A line"}}
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
        ("input('Name? ')", "input() has nobody to ask"),
        ("import getpass; print(getpass.getuser())", "student"),
    ],
)  # fmt: skip
def test_a_cell_shows_what_a_kernel_would_show(zygote, cell, expected):
    text = text_of(shown(zygote, cell))
    assert expected in text
    assert "gone" not in text


PROGRAMS = [
    "!pip install -q seaborn", "!nvidia-smi", "!!ls", "%pip install x", "%conda install x",
    "%uv pip install x", "%sx ls", "%system ls", "%ls", "%cat x", "%mkdir x",
    "found = !nvidia-smi\nprint(found[:1])", "found = %sx ls", "get_ipython().system('ls')",
    "get_ipython().getoutput('ls')",
]  # fmt: skip
WITHOUT_MEANING = [
    "%autosave 60", "%load_ext autoreload\n%autoreload 2", "%load_ext tensorboard",
    "%load_ext line_profiler\n%lprun -f x y", "%reload_ext autoreload", "%gui qt", "%pdb on",
    "%debug", "%store", "%connect_info", "%qtconsole", "%less x", "%man x", "%edit", "%clear",
    "exit()", "quit()", "breakpoint()", "%matplotlib widget", "%matplotlib notebook",
    "%matplotlib ipympl", "%matplotlib qt", "%matplotlib tk", "%matplotlib agg",
]  # fmt: skip
AS_IN_JUPYTER = [
    "%matplotlib inline", "%config InlineBackend.figure_format = 'retina'", "%env X=1", "%time 1",
    "%precision 3", "%xmode Plain", "%cd .", "%bookmark here", "%pwd", "%who", "%lsmagic",
]  # fmt: skip
STREAMS = [
    "import faulthandler; faulthandler.enable(); assert faulthandler.is_enabled()",
    "import os, sys; os.fstat(sys.stdout.fileno()); os.write(sys.stderr.fileno(), b'gone')",
    "import sys; sys.stdout.buffer.write('told'.encode())",
    "import io, sys; print('told', file=io.TextIOWrapper(sys.stdout.buffer, write_through=True))",
    "import sys; sys.stdout.reconfigure(line_buffering=True); sys.stdout.close()",
    "import sys; sys.stdout.detach()",
    "import sys; [getattr(sys.stdout, n) for n in 'encoding errors name mode newlines'.split()]",
    "import sys; assert not (sys.stdout.isatty() or sys.stdout.closed or sys.stdin.isatty())",
    "import logging; logging.basicConfig(level=logging.INFO, force=True); logging.info('told')",
    "import sys; print(sys.stdin.read(), file=sys.__stdout__)",
    "import io, sys; sys.stdout = io.TextIOWrapper(sys.stdout.detach(), 'utf-8', line_buffering=1)",
]
ON = "print('went on')"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (PROGRAMS, "No program is started"),
        (WITHOUT_MEANING, "while a submission is graded"),
        (AS_IN_JUPYTER, ""),
        (STREAMS, ""),
    ],
)
def test_a_line_without_meaning_while_grading_stops_no_cell(zygote, lines, said):
    judged = shown(zygote, *(f"{line}\n{ON}" for line in lines))
    told = {line: text_of(judged, number) for number, line in enumerate(lines)}
    assert [line for line, text in told.items() if said not in text] == []
    assert [line for line, text in told.items() if not text.endswith("went on\n")] == []
    assert "gone" not in "".join(told.values())


def test_a_program_that_is_refused_gives_no_lines_and_a_status(zygote):
    cell = "found = !nvidia-smi\nprint(found, found.n == '', _exit_code != 0)"
    assert text_of(shown(zygote, cell)).endswith("[] True True\n")


@pytest.mark.parametrize("magic", ["bash", "sh", "script bash", "python3", "ruby", "perl", "!"])
def test_a_cell_for_another_program_says_that_it_is_not_run(zygote, magic):
    judged = shown(zygote, f"%%{magic}\nls", "print('next')")
    assert "No program is started" in text_of(judged)
    assert text_of(judged, 1) == "next\n"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("subprocess.run(['ls'])", "PermissionError"),
        ("subprocess.run('ls', shell=True)", "PermissionError"),
        ("os.popen('ls')", "PermissionError"),
        ("os.fork()", "PermissionError"),
        ("os.posix_spawn('/bin/ls', ['ls'], {})", "PermissionError"),
        ("multiprocessing.Process(target=print).start()", "PermissionError"),
        ("socket.socket()", "PermissionError"),
        ("urllib.request.urlopen('http://example.com')", "URLError"),
        ("open('/etc/passwd')", "PermissionError"),
        ("getpass.getpass()", "StdinNotImplementedError"),
        ("print(os.system('ls') != 0)", "True"),
    ],
)
def test_what_the_sandbox_refuses_raises_what_the_system_would_raise(zygote, call, expected):
    imports = "import getpass, multiprocessing, os, socket, subprocess, urllib.request\n"
    judged = shown(zygote, f"{imports}try:\n    {call}\nexcept Exception as e:\n    print(repr(e))")
    assert text_of(judged).startswith(expected)


def test_a_figure_is_shown_inline_whatever_was_asked_for(zygote):
    judged = shown(zygote, "%matplotlib notebook\nplt.plot([1, 2]); plt.show()")
    assert ["image/png" in o.get("data", {}) for o in outputs_of(judged)] == [False, True]


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
