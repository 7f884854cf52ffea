"""What a student sends: whole, or not at all; of a notebook what is graded."""

import copy
import json
import os
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.exchange import ExchangeError
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList
from support.course import ROOT, nbgrader
from support.exchange import NAME, Exchange

from nbjudge.exchange import Submit
from nbjudge.exchange.parcel import KB, Limits, pack
from nbjudge.nbgrader_ext.configuration import configuration

SAMPLE = ROOT / "examples/submissions/perfect/attention" / NAME
SMALL = Limits(file=100, folder=300, outputs=50)
PICTURE = "iVBORw0K" * 200 * KB  # 1.6 MB


@pytest.fixture(scope="module")
def released(built, tmp_path_factory):
    """A course whose assignment is released; each test gets a copy of it."""
    return Exchange(built, tmp_path_factory.mktemp("exchange"))


@pytest.fixture
def ada(released):
    """Ada's folder, with her work in it; nothing is sent yet."""
    for folder in (released.inbound, released.home / "cache"):
        shutil.rmtree(folder, ignore_errors=True)
    released.inbound.mkdir(mode=0o733)
    folder = released.home / "attention"
    shutil.rmtree(folder)
    folder.mkdir()
    shutil.copy(SAMPLE, folder / NAME)
    return folder


def picture():
    return new_output("display_data", data={"image/png": PICTURE})


def with_outputs(file, times):
    notebook = nbformat.read(file, as_version=4)
    notebook.metadata["widgets"] = {"state": PICTURE}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [picture()] * times
    nbformat.write(notebook, file)


def sent(released):
    """The folders that arrived, and those that were kept: none is there where nothing was sent."""
    kept = released.home / "cache/nlp-llm"
    return [*released.inbound.iterdir(), *(kept.iterdir() if kept.exists() else ())]


def send(released):
    return nbgrader("submit", "attention", cwd=released.home, check=False, JUPYTER_DATA_DIR="x")


def test_a_notebook_full_of_pictures_is_sent_without_them_and_stays_as_it_was(released, ada):
    with_outputs(ada / NAME, 1)
    assert (ada / NAME).stat().st_size > 30_000 * KB
    before = (ada / NAME).read_bytes()
    released._step(Submit, "ada").start()
    arrived, kept = sent(released)
    for folder in (arrived, kept):
        assert (folder / NAME).stat().st_size < 100 * KB
        cells = nbformat.read(folder / NAME, as_version=4).cells
        original = nbformat.read(SAMPLE, as_version=4).cells
        assert [cell.source for cell in cells] == [cell.source for cell in original]
        assert [cell.metadata for cell in cells] == [cell.metadata for cell in original]
        assert {"timestamp.txt", "submission_secret.txt"} < {one.name for one in folder.iterdir()}
    assert (ada / NAME).read_bytes() == before
    assert "110 points" in released.watch(times=2)[-1]


def large_file(folder):
    (folder / "data.csv").write_bytes(b"1" * 12_000 * KB)
    return "data.csv has 12.0 MB, and 10.0 MB may be sent"


def large_copy(folder):
    (folder / "data").mkdir()
    (folder / "data/old.zip").write_bytes(b"1" * 12_000 * KB)
    return "data/old.zip has 12.0 MB, and 10.0 MB may be sent"


def large_pasted_picture(folder):
    notebook = nbformat.read(folder / NAME, as_version=4)
    notebook.cells.insert(3, new_markdown_cell("![x](attachment:x)"))
    notebook.cells[3].attachments = {"x": {"image/png": PICTURE * 7}}
    nbformat.write(notebook, folder / NAME)
    return "Its largest cell, number 4, has 11.2 MB. Paste smaller pictures into it, and save."


def many_files(folder):
    (folder / "data").mkdir()
    for number in range(1001):
        (folder / f"data/{number}").touch()
    return "holds 1002 files, and 1000 may be sent"


def large_whole(folder):
    for number in range(11):
        (folder / f"{number}.bin").write_bytes(b"1" * 9_900 * KB)
    return "108.9 MB, and 100.0 MB may be sent. The largest file is"


def link_to_nothing(folder):
    (folder / "data.csv").symlink_to("/nowhere")
    return "data.csv is a link to nothing"


def link_to_folder(folder):
    (folder / "data").symlink_to("/usr")
    return "data is a link to a folder"


def fifo(folder):
    os.mkfifo(folder / "pipe")
    return "pipe is no regular file"


def another_name(folder):
    (folder / NAME).rename(folder / "attention (1).ipynb")
    return "If your work is in 'attention (1).ipynb', give it the name 'attention.ipynb'."


def wrong_folder(folder):
    (folder / "attention").mkdir()
    (folder / NAME).rename(folder / "attention" / NAME)
    return "'attention.ipynb' lies in the wrong folder, as 'attention/attention.ipynb'."


def no_notebook(folder):
    (folder / NAME).rename(folder / "attention.txt")
    return "holds no notebook, and the assignment asks for attention.ipynb. Put 'attention.ipynb'"


def link_to_itself(folder):
    (folder / "data.csv").symlink_to("data.csv")
    return "data.csv is not readable (Too many levels of symbolic links)"


TROUBLE = [large_file, large_copy, large_pasted_picture, many_files, large_whole, link_to_nothing,
           link_to_folder, link_to_itself, fifo, another_name, wrong_folder,
           no_notebook]  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLE)
def test_what_cannot_be_sent_is_told_before_anything_is_sent(released, ada, trouble):
    told = trouble(ada)
    with pytest.raises(ExchangeError) as refused:
        released._step(Submit, "ada").start()
    assert "Nothing was sent" in str(refused.value)
    assert told in str(refused.value)
    assert sent(released) == []


def test_one_notebook_of_two_is_not_sent_alone(released, ada):
    second = released.root / "nlp-llm/outbound/attention/second.ipynb"
    shutil.copy(SAMPLE, second)
    try:
        with pytest.raises(ExchangeError, match=r"Put 'second\.ipynb' there\. .*--replace"):
            released._step(Submit, "ada").start()
    finally:
        second.unlink()
    assert sent(released) == []


def test_an_extra_notebook_is_named_and_sent(released, ada, caplog):
    shutil.copy(ada / NAME, ada / "attention (1).ipynb")
    released._step(Submit, "ada").start()
    assert all((folder / "attention (1).ipynb").is_file() for folder in sent(released))
    assert "attention.ipynb holds work: attention (1).ipynb." in caplog.text


def test_all_that_is_wrong_is_told_at_once(released, ada):
    told = [large_file(ada), link_to_nothing_else(ada)]
    with pytest.raises(ExchangeError) as refused:
        released._step(Submit, "ada").start()
    assert all(one in str(refused.value) for one in told)


def link_to_nothing_else(folder):
    (folder / "more.csv").symlink_to("/nowhere")
    return "more.csv is a link to nothing"


def test_the_terminal_shows_it_and_the_status_says_so(released, ada):
    told = large_file(ada)
    done = send(released)
    assert done.returncode != 0
    assert told in done.stderr
    assert "Submitted as" not in done.stderr


def test_the_assignment_list_shows_it(released, ada, monkeypatch):
    told = large_file(ada)
    monkeypatch.chdir(released.home)
    desk = AssignmentList()
    desk.root_dir = str(released.home)
    monkeypatch.setattr(desk, "load_config", lambda: of_ada(released))
    answer = desk.submit_assignment("nlp-llm", "attention")
    assert answer["success"] is False
    assert told in answer["value"].splitlines()[-1]
    (ada / "data.csv").unlink()
    assert desk.submit_assignment("nlp-llm", "attention")["success"] is True


def of_ada(released):
    config = configuration(released.course)
    config.Exchange.update(assignment_dir=str(released.home), cache=str(released.home / "cache"))
    config.CourseDirectory.update(student_id="ada")
    return config


def test_what_tools_keep_is_not_sent_and_its_links_refuse_nothing(released, ada):
    for name in (".git", ".venv/bin", ".ipynb_checkpoints"):
        (ada / name).mkdir(parents=True)
        (ada / name / "link").symlink_to("/usr")
    (ada / ".git/objects").write_bytes(b"1" * 12_000 * KB)
    (ada / ".venv2").symlink_to("/usr")
    (ada / "helper.py").write_text("x = 1")
    released._step(Submit, "ada").start()
    arrived, _ = sent(released)
    names = {one.name for one in arrived.iterdir()}
    assert names == {NAME, "helper.py", "timestamp.txt", "submission_secret.txt"}


def test_a_file_too_large_to_release_is_told_and_nothing_is_released(built, tmp_path):
    exchange = Exchange(built, tmp_path)
    shutil.rmtree(exchange.root / "nlp-llm/outbound/attention")
    (exchange.course / "release/attention/data.csv").write_bytes(b"1" * 12_000 * KB)
    done = nbgrader("release_assignment", "attention", cwd=exchange.course, check=False)
    assert done.returncode != 0
    assert "data.csv has 12.0 MB, and 10.0 MB may be sent" in done.stderr
    assert not (exchange.root / "nlp-llm/outbound/attention").exists()


def by_hand(**about):
    cell = new_code_cell("plot()", outputs=[new_output("stream", text="x" * 40 * KB)])
    cell.metadata["nbgrader"] = {"grade_id": "mine", "grade": False, "solution": False} | about
    return cell


def packed(folder, *cells, ids=()):
    cells = [{**copy.deepcopy(cell), "id": cell.id * (n + 1)} for n, cell in enumerate(cells)]
    (folder / "n.ipynb").write_text(json.dumps(nbformat.v4.new_notebook(cells=cells)))
    parcel = pack(folder, [], SMALL, ids)
    (content,) = parcel.files.values()
    return [len(cell.get("outputs", "")) for cell in json.loads(content)["cells"]], parcel.problems


def test_outputs_are_sent_of_cells_that_are_graded_by_hand(tmp_path):
    manual, plain = by_hand(grade=True, solution=True), by_hand(grade=True)
    stripped = by_hand()
    stripped.metadata, stripped.id = {}, "mine"
    assert packed(tmp_path, manual, plain) == ([1, 0], [])
    assert packed(tmp_path, stripped) == ([0], [])
    assert packed(tmp_path, stripped, ids=["mine"]) == ([1], [])


def test_outputs_are_sent_of_what_answers_a_task(tmp_path):
    task = new_markdown_cell("Plot it.")
    task.metadata["nbgrader"] = {"grade_id": "t", "task": True, "grade": False, "solution": False}
    answer = new_code_cell("plot()", outputs=[new_output("stream", text="x")])
    assert packed(tmp_path, answer, task, answer, by_hand(), answer) == ([0, 0, 1, 0, 0], [])


def test_outputs_of_cells_graded_by_hand_have_a_limit_of_their_own(tmp_path):
    manual = by_hand(grade=True, solution=True)
    _, problems = packed(tmp_path, manual, manual)
    assert problems == [
        "n.ipynb: the outputs of the cells that are graded by hand take 0.1 MB, and 0.1 MB may be "
        "sent. Make its pictures smaller, run these cells again, and save."
    ]
    # Together they would be more than a file may have, and they are no reason to refuse it.
    manual.outputs[0].text = "x" * 20 * KB
    assert packed(tmp_path, manual, manual)[1] == []


def test_a_damaged_notebook_is_sent_as_it_is(tmp_path):
    (tmp_path / "n.ipynb").write_bytes(b"%PDF-1.7")
    parcel = pack(tmp_path, [], SMALL)
    assert parcel.problems == []
    parcel.write(tmp_path / "sent")
    assert (tmp_path / "sent/n.ipynb").read_bytes() == b"%PDF-1.7"
