"""A course whose configuration failed, or whose steps are not ours, is refused by every command.

Each case is a real command over a real course, and must end with another status than 0, name what
is wrong, and change no file.
"""

import hashlib
import json
import shutil

import nbformat
import pytest
from support.course import nbgrader, nbjudge, run
from support.samples import submit

from nbjudge.nbgrader_ext.configuration import ConfigurationError, configuration
from nbjudge.nbgrader_ext.options import JudgeOptions

OWN = "nbgrader_config.py"
EXECUTE = "nbgrader.preprocessors.Execute"


@pytest.fixture
def small(built, tmp_path):
    """A course with one submission, whose first cell writes outside the course."""
    course = shutil.copytree(built, tmp_path / "course")
    submit(course, "perfect", "perfect")
    file = course / "submitted/perfect/attention/attention.ipynb"
    notebook = nbformat.read(file, as_version=4)
    probe = f"open({str(tmp_path / 'was_here')!r}, 'w').close()"
    notebook.cells.insert(
        2, nbformat.v4.new_code_cell(f"try:\n    {probe}\nexcept OSError:\n    0")
    )
    nbformat.write(notebook, file)
    return course


def content(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip


def append(text):
    return lambda course, home: (course / OWN).write_text((course / OWN).read_text() + text)


def replace(old, new):
    def change(course, home):
        before = (course / OWN).read_text()
        assert old in before
        (course / OWN).write_text(before.replace(old, new))

    return change


def beside(text):
    return lambda course, home: (course / "nbgrader_config.json").write_text(text)


def at_home(text, name=OWN):
    return lambda course, home: (home / name).write_text(text)


WINS = json.dumps({"Autograde": {"autograde_preprocessors": [EXECUTE]}})
# What is done to a course, and what the refusal must name.
NOT_LOADED = {
    "a word without quotes": (append("c.FeedbackOnSubmit.counts = best\n"),
                              f"{OWN}, line 21: NameError: name 'best' is not defined"),
    "half edited": (append("c.Judge.limits = {\n"), f"{OWN}, line 21: SyntaxError: '{{' was"),
    "a name that this version lacks": (replace("import configure", "import configure_all"),
                                       "line 5: ImportError: cannot import name 'configure_all'"),
    "the import is gone": (replace("from nbjudge.nbgrader_ext.defaults import configure\n", ""),
                           "line 7: NameError: name 'configure'"),
    "no text": (lambda course, home: (course / OWN).write_bytes(b"nbjudge \x00 \xff"),
                f"{OWN}: SyntaxError: source code"),
    "a broken file beside": (beside("{"), "nbgrader_config.json, line 1: JSONDecodeError"),
    "a broken file at home": (at_home("1 / 0\n"), f"home/{OWN}, line 1: ZeroDivisionError"),
    "Jupyter's own at home": (at_home("1 / 0\n", "jupyter_config.py"), "jupyter_config.py, line 1"),
}  # fmt: skip
NOT_OURS = {
    "a file beside wins": (beside(WINS), f"{EXECUTE.rpartition('.')[0]}.execute.Execute"),
    "configure is not called": (replace("\nconfigure(c)", "\n# configure(c)"), "lacks nbjudge"),
    "the file is empty": (lambda course, home: (course / OWN).write_text(""), "configure(c)"),
    "a list without the judge": (append("c.Autograde.autograde_preprocessors = []\n"), "lacks"),
    "a step twice": (append("c.Autograde.autograde_preprocessors.insert(0, "
                            "'nbjudge.preprocessors.Judge')\n"), "Judge too often"),
    "another order": (append("c.Autograde.sanitize_preprocessors.reverse()\n"), "another order"),
    "a step is off": (append("c.Judge.enabled = False\n"), "Judge is switched off"),
    "a subconfiguration is missing": (
        lambda course, home: (course / OWN).write_text("# nbjudge\nload_subconfig('base.py')\n"),
        "configure(c)"),
}  # fmt: skip
# The same for a command that makes notebooks for students.
NOT_BUILT_BY_US = {
    "no steps": (append("c.GenerateAssignment.preprocessors = []\n"), "release.ClearSolutions"),
    "hidden tests stay": (append("c.ClearHiddenTests.enabled = False\n"), "ClearHiddenTests is"),
    "configure is not called": NOT_OURS["configure is not called"],
}
AUTOGRADE = ("nbgrader", "autograde", "attention", "--force")
GENERATE = ("nbgrader", "generate_assignment", "attention", "--force")
BUILD = ("nbjudge", "build", "attention")


def refused(course, home, words, named, *more, **environment):
    """Run a command that must be refused, and must change nothing."""
    before = content(course)
    program = {"nbgrader": nbgrader, "nbjudge": nbjudge}[words[0]]
    environment = {"JUPYTER_CONFIG_DIR": str(home), **environment}
    done = program(*words[1:], *more, cwd=course, check=False, **environment)
    told = done.stdout + done.stderr
    assert done.returncode not in (0, None), told
    assert named in told
    assert "Nothing is done" in told
    assert content(course) == before
    assert not (course.parent / "was_here").exists()


@pytest.fixture
def home(tmp_path):
    """A folder in the place of ~/.jupyter."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.mark.parametrize("words", [AUTOGRADE, GENERATE, BUILD], ids=" ".join)
@pytest.mark.parametrize("case", NOT_LOADED)
def test_nothing_is_done_where_a_file_cannot_be_loaded(small, home, words, case):
    change, named = NOT_LOADED[case]
    change(small, home)
    refused(small, home, words, named)


@pytest.mark.parametrize("words", [AUTOGRADE, BUILD], ids=" ".join)
@pytest.mark.parametrize("case", NOT_OURS)
def test_nothing_is_graded_by_steps_that_are_not_ours(small, home, words, case):
    change, named = NOT_OURS[case]
    change(small, home)
    refused(small, home, words, named)


@pytest.mark.parametrize("words", [GENERATE, BUILD], ids=" ".join)
@pytest.mark.parametrize("case", NOT_BUILT_BY_US)
def test_nothing_is_built_by_steps_that_are_not_ours(small, home, words, case):
    change, named = NOT_BUILT_BY_US[case]
    change(small, home)
    refused(small, home, words, named)


@pytest.mark.parametrize(
    ("option", "named"),
    [
        (f"--Autograde.autograde_preprocessors={EXECUTE}", "autograde.Judge"),
        ("--no-execute", "Judge is switched off"),
        ("--RepairSubmission.enabled=False", "RepairSubmission is switched off"),
    ],
)
def test_an_option_of_the_command_line_puts_no_other_steps_in_place(small, home, option, named):
    refused(small, home, AUTOGRADE, named, option)


def test_a_file_that_ends_the_program_ends_it_before_anything_is_done(small, home):
    append("exit()\n")(small, home)
    refused(small, home, BUILD, f"{OWN}, line 21: SystemExit")
    before = content(small)
    nbgrader(*AUTOGRADE[1:], cwd=small, check=False)  # status 0: the file says so
    assert content(small) == before


def test_every_command_of_ours_refuses_as_a_user_would_run_it(small, home):
    append("c.FeedbackOnSubmit.counts = best\n")(small, home)
    before = content(small)
    notebook = "submitted/perfect/attention/attention.ipynb"
    for words in (
        ("autograde", "attention"), ("watch", "attention", "--once"), ("judge", notebook),
        ("build", "attention"), ("build", "attention", "--check"),
    ):  # fmt: skip
        done = run("nbjudge", *words, cwd=small, check=False)
        assert done.returncode == 1, words
        told = f"{small / OWN}, line 21: NameError: name 'best' is not defined."
        assert done.stderr.startswith(f"Error: {told}\nNothing is done"), words
        assert "Traceback" not in done.stderr, words
    assert content(small) == before


def test_the_hubs_configuration_is_looked_at_too(small, home):
    (hub := home.parent / "hub").mkdir()
    (hub / OWN).write_text("from nbjudge.nbgrader_ext.defaults import no_such_name\n")
    refused(small, home, BUILD, f"hub/{OWN}, line 1: ImportError", JUPYTER_CONFIG_PATH=str(hub))
    refused(small, home, AUTOGRADE, f"hub/{OWN}, line 1", JUPYTER_CONFIG_PATH=str(hub))
    elsewhere = str(home.parent)
    (hub / OWN).write_text(f"c = get_config()\nc.CourseDirectory.root = {elsewhere!r}\n")
    named = f"c.CourseDirectory.root is {elsewhere}, and this course is {small}"
    refused(small, home, BUILD, named, JUPYTER_CONFIG_PATH=str(hub))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("c.FeedbackOnSubmit.counts = 'bset'", "'counts' trait of a FeedbackOnSubmit"),
        ("c.Judge.engine = 'nbjugde'", "'engine' trait of a"),
        ("c.Judge.limit = {'cell_seconds': 5}", "c.Judge.limit is no option. There are:"),
        ("c.Jugde.limits = {'cell_seconds': 5}", "c.Jugde is no section. Did you mean c.Judge?"),
        ("c.ExchangeFactory.submit = 'nbgrader.exchange.ExchangeSubmit'", "ExchangeFactory.submit"),
        ("c.ExchangeFactory.submit = 'nbjudge.exchange.Sumbit'", "Sumbit"),
        ("c.HTMLExporter.sanitize_html = False", "sanitize_html is False"),
        ("c.HTMLExporter.filters = {}", "filters has not nbjudge.sanitize.html.harmless"),
        ("c.HTMLExporter.extra_template_basedirs = []", "our templates first"),
        ("c.GenerateFeedback.preprocessors = []", "GenerateFeedback.preprocessors lacks"),
        ("c.GenerateSolution.preprocessors.pop()", "lacks nbgrader.preprocessors.clearoutput"),
        ("c.Autograde.exporter_class = 'nbconvert.exporters.NotebookExporter'", "exporter_class"),
    ],
)
def test_each_part_is_looked_at(course, line, named):
    append(f"{line}\n")(course, None)
    with pytest.raises(ConfigurationError, match="Nothing is done") as refusal:
        configuration(course)
    assert named in str(refusal.value)


def test_what_a_course_may_choose_is_not_refused(course, home, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(home))
    (home / OWN).write_text("c = get_config()\nc.Judge.limits = {'cell_seconds': 5}\n")
    append(
        "c.Autograde.sanitize_preprocessors.append('nbgrader.preprocessors.ClearOutput')\n"
        "c.Autograde.sanitize_preprocessors.pop()\n"
        "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.DeduplicateIds',"
        " *c.Autograde.autograde_preprocessors]\nc.Execute.timeout = 90\n"
    )(course, home)
    config = configuration(course)
    assert config.Autograde.autograde_preprocessors[1].endswith(".Judge")
    assert config.Judge.limits["cell_seconds"] == 60  # the course's own file wins


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--nosuch"], "argument --nosuch: expected one argument"),
        (["--nosuch=3"], "'--nosuch' is not known here"),
        (["encoder"], "'encoder' is not known here"),
        (["--db", "sqlite:///gradebook.db", "attention"], "'attention' is not known here"),
        (["--Jugde.engine=plain"], "Did you mean c.Judge?"),
    ],
)
def test_an_option_that_nobody_knows_is_refused(course, capfd, options, named):
    with pytest.raises(ConfigurationError) as refusal:
        configuration(course, options)
    assert named in str(refusal.value)
    assert str(refusal.value).startswith("Nothing is done: ")
    assert capfd.readouterr() == ("", "")  # no usage of nbgrader's


def test_options_of_nbgrader_are_read_and_sections_of_a_course_are_let_be(course):
    append(
        "from nbjudge.nbgrader_ext.autograde import Judge\n"
        "class Judge2(Judge):\n    pass\n"
        "c.Judge2.timeout = 4\nc.MyJudge.limit = 3\n"
    )(course, None)
    options = ["--Judge.limits", "cell_seconds=30", "--db=sqlite:///other.db", "--debug"]
    read = configuration(course, options)
    assert JudgeOptions(config=read).limits == {"cell_seconds": 30}
    assert read.CourseDirectory.db_url == "sqlite:///other.db"
