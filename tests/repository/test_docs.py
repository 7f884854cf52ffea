"""The documentation is true: commands run, links lead somewhere, figures come from the code."""

import ast
import csv
import re
import subprocess
import zipfile
from dataclasses import asdict
from pathlib import Path

import nbgrader
import pytest
from attacks.corpus import ATTACKS
from attention_samples import EXERCISES
from support.corpora import ASSIGNMENTS
from support.course import ROOT, nbjudge

import bootstrap
from nbjudge.notebook.skeleton import skeleton
from nbjudge.process.limits import Limits
from nbjudge.rubric.loader import load

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "autograded/README.md"]
MACHINE = r"/(work|tmp|root|home)/|[A-Z]:\\Users"
# UTF-8 read as Mac Roman or as Latin-1, and what no decoder could read.
MOJIBAKE = r"\u201a\u00fa|\u221a\u00f3|\u00c3.|\u00e2\u20ac|\ufffd"
NOT_RUN = "not run: "
BLOCK = "its whole block is run below"
# A test follows the whole page; tests/repository/test_page.py looks at how it reads it.
FOLLOWED = "followed: docs/new_assignment.md, by tests/slow/test_new_assignment_page.py"
FOLLOWED_LMS = "followed: docs/lms.md, by tests/platforms/test_lms_page.py"
CHECK = "nbjudge build attention --check"
CLI, DASK = "tests/test_cli.py", "tests/slow/test_dask.py"
HUB, HUB_FIXTURE = "tests/slow/test_hub.py", "tests/support/hub.py"
FRESH, POSTGRESQL = "tests/slow/test_fresh_environments.py", "tests/slow/test_postgresql.py"
ADOPT = "tests/authoring/test_adopt.py"
ENVIRONMENTS, COMMENTS = "tests/support/environments.py", "tests/insight/test_commenting.py"
# What runs beside the tests: CI itself, and what the fixtures `graded` and `hub` start.
HELPERS = (".ci/run", "examples/demo.py", HUB_FIXTURE, ENVIRONMENTS)
# Every command of a ```bash block, and the file that runs it, or why nothing does. Where the file
# says it in other words, these stand here too: `_` for a word that is made when the file runs.
COMMANDS = {
    "python3 bootstrap.py demo": ".ci/run",
    "python3 bootstrap.py test": ".ci/run",
    "python3 bootstrap.py slow": ".ci/run",
    "python3 bootstrap.py thorough": NOT_RUN + "takes an hour",
    "python3 bootstrap.py cuda": NOT_RUN + "no GPU; the next one runs the same tests",
    "python3 -m pytest -c tests/cuda/pytest.ini -m cuda tests/cuda": (
        "tests/repository/test_cuda.py",
        "python3 -m pytest -c tests/cuda/pytest.ini -m cuda tests/cuda",
    ),
    "nbjudge adopt": ADOPT,
    "nbjudge adopt --write": ADOPT,
    "nbjudge build": ADOPT,
    "nbjudge autograde": ADOPT,
    "nbjudge build attention": "tests/authoring/test_build.py",
    CHECK: ("tests/authoring/test_build.py", "run() nbjudge build attention --check"),
    "nbjudge judge submitted/ada/attention/attention.ipynb": (CLI, "run() nbjudge judge _"),
    "nbjudge doctor": CLI,
    "nbjudge extend attention --student ada --days 2": "tests/exchange/test_extend.py",
    "nbjudge similar attention": "tests/similarity/test_command.py",
    "nbjudge results --open": "tests/results/test_alone.py",
    "nbjudge autograde attention --preview": (
        "tests/classrun/test_preview.py",
        "run() nbjudge autograde _ --preview",
    ),
    "nbjudge changes attention --student ada": (
        "tests/classrun/test_preview.py",
        "run() nbjudge changes _ --student lucky",
    ),
    "nbjudge report attention": "tests/insight/test_report.py",
    'nbjudge comment attention --criterion "The weights are the softmax of query · keys" '
    '--text "See the example in the notebook." --points 1': (
        COMMENTS,
        "run() nbjudge comment attention --criterion The weights are the softmax of query · keys "
        "--text See the example in the notebook. --points 1",
    ),
    "nbjudge comment attention --list": COMMENTS,
    "nbjudge comment attention --undo 1": COMMENTS,
    "nbjudge autograde attention": "tests/classrun/test_grade.py",
    "nbjudge watch": ("tests/exchange/test_assignments.py", "command() nbjudge watch |"),
    "python benchmarks/class_run.py --rounds 3 --plain 5 --class 49": NOT_RUN + "takes minutes",
    "python benchmarks/class_costs.py --class 50 --class 1000 --class 50": NOT_RUN
    + "takes minutes",
    "python benchmarks/before_after.py c0d54fd": NOT_RUN + "takes minutes",
    "python benchmarks/class_report.py --class 40 --class 200 --class 1000": NOT_RUN
    + "takes a minute, and prints a measurement",
    "python benchmarks/encoder_training.py": NOT_RUN
    + "takes minutes; tests/slow/test_encoder_training.py runs it with fewer seeds",
    "nbjudge autograde attention --cluster tls://10.0.0.5:8786": (
        DASK,
        "nbjudge autograde attention --cluster _",
    ),
    "nbjudge autograde attention --cluster local": (
        DASK,
        "nbjudge autograde attention --cluster _",
        "start() _ local",
    ),
    "dask scheduler --protocol tls --no-dashboard": (
        DASK,
        "command() dask",
        "_start() scheduler --host 127.0.0.1 --port _ --no-dashboard --protocol _",
    ),
    "dask worker tls://10.0.0.5:8786 --nworkers 16 --nthreads 1 --no-dashboard": (
        DASK,
        "command() dask",
        "_start() worker _ --nthreads 1 --no-dashboard",
    ),
    "openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=nbjudge -keyout key.pem "
    "-out cert.pem": (DASK, "findall() ^openssl req .*$ _"),
    "sudo python3 deploy/jupyterhub/hub.py demo": HUB_FIXTURE,
    "sudo python3 deploy/jupyterhub/hub.py remove": HUB_FIXTURE,
    "sudo cat /srv/jupyterhub/demo": (
        "tests/slow/test_hub_restart.py",
        "documented() cat /srv/jupyterhub/demo",
    ),
    "sudo python3 deploy/jupyterhub/hub.py install": NOT_RUN + "demo begins with its function",
    "sudo python3 deploy/jupyterhub/hub.py grader nbjudge doctor": (
        HUB,
        "documented() nbjudge doctor",
    ),
    "sudo --preserve-env python3 deploy/jupyterhub/hub.py start": NOT_RUN + "needs a domain",
    'sudo sh -c "cd /srv/jupyterhub && /opt/nbjudge/venv/bin/jupyterhub upgrade-db"': NOT_RUN
    + "there is no older hub here",
    'sudo python3 deploy/jupyterhub/hub.py grader python -c "import sqlite3; '
    "sqlite3.connect('gradebook.db').backup(sqlite3.connect('backup.db'))\"": (
        HUB,
        "run_documented() .backup(",
    ),
    "sudo python3 deploy/jupyterhub/hub.py grader rm -f gradebook.db-wal gradebook.db-shm": (
        HUB,
        "rm -f gradebook.db-wal",
    ),
    "sudo python3 deploy/jupyterhub/hub.py grader cp backup.db gradebook.db": (
        HUB,
        "cp backup.db gradebook.db",
    ),
    "sudo tar --create --gzip --file course.tar.gz --directory /srv/nbgrader courses": (
        HUB,
        "documented() tar --create",
    ),
    "sudo tar --extract --gzip --file course.tar.gz --directory /srv/nbgrader": (
        HUB,
        "documented() tar --extract",
    ),
    "pg_dump --format=custom --file=gradebook.dump postgresql://grader@db.example.edu/course": (
        POSTGRESQL,
        "pg_dump --format=custom _ _",
    ),
    "pg_restore --clean --if-exists --single-transaction "
    "--dbname=postgresql://grader@db.example.edu/course gradebook.dump": (
        POSTGRESQL,
        "--clean --if-exists --single-transaction",
        "run() pg_restore",
    ),
    "nbgrader autograde attention": "tests/nbgrader_ext/test_nbgrader.py",
    "nbjudge verify attention": CLI,
    "nbjudge verify attention --mutants": (CLI, "run() nbjudge verify attention --mutants"),
    "nbgrader generate_feedback attention": (
        "examples/demo.py",
        "step() _ nbgrader generate_feedback _",
    ),
    "nbgrader zip_collect attention": (
        "tests/platforms/test_zip_collect.py",
        "run() nbgrader zip_collect attention",
    ),
    "nbgrader export": ("examples/demo.py", "step() _ nbgrader export"),
    "conda env create -f environment.yml": NOT_RUN + "tests/slow installs its pins with pip",
    "conda activate nlp-llm": NOT_RUN + "tests/slow installs the pins with pip",
    "python3 -m venv attention": (ENVIRONMENTS, "run() _ -m venv _"),
    "source attention/bin/activate": NOT_RUN + "changes the student's own shell",
    "pip install torch==2.13.0 numpy==2.4.6 matplotlib==3.11.2 seaborn==0.13.2 "
    "jupyterlab==4.6.6 ipykernel==7.4.0 nbgrader==0.9.6 jsonschema==4.24.0": (
        FRESH,
        "_ -m pip install --disable-pip-version-check -q",
    ),
    "pip install torch==2.13.0 --no-deps --index-url https://download.pytorch.org/whl/cpu": NOT_RUN
    + "that index is the internet's; tests/repository/test_bootstrap.py asks one in its place",
    "jupyter lab": NOT_RUN + "waits for a person",
    "cd release/attention": NOT_RUN + "changes the student's own shell",
    "nbgrader validate attention.ipynb": (
        "tests/nbgrader_ext/test_nbgrader.py",
        "run() nbgrader validate",
    ),
    "mkdir -p build": BLOCK,
    "git archive --format=zip --output build/handout.zip "
    "HEAD release/attention environment.yml docs/students.md docs/images/hub/being_graded.png "
    "docs/images/hub/feedback.png": BLOCK,
    "docker build -f deploy/kubernetes/Dockerfile --target student --build-arg "
    "TORCH=cpu -t registry.example.org/nbjudge-student:0.1.0-cpu .": NOT_RUN
    + "no registry for base images",
    "docker build -f deploy/kubernetes/Dockerfile --target student --build-arg "
    "TORCH=cu130 -t registry.example.org/nbjudge-student:0.1.0-cuda .": NOT_RUN
    + "no registry for base images",
    "docker build -f deploy/kubernetes/Dockerfile --target grader --build-arg "
    "TORCH=cpu -t registry.example.org/nbjudge-grader:0.1.0-cpu .": NOT_RUN
    + "no registry for base images",
    "python deploy/kubernetes/check_values.py chart/values.schema.yaml": (
        "tests/deploy/test_kubernetes.py",
        "run() _ deploy/kubernetes/check_values.py _",
    ),
    "kubectl apply -n nlp -f deploy/kubernetes/storage.yaml": NOT_RUN + "no cluster",
    "kubectl wait -n nlp --for=condition=complete job/nbjudge-folders --timeout=10m": NOT_RUN
    + "no cluster",
    "helm upgrade --install jupyterhub jupyterhub --repo "
    "https://hub.jupyter.org/helm-chart/ --version 4.4.0 -n nlp -f "
    "deploy/kubernetes/values.yaml": NOT_RUN + "no cluster",
    "kubectl apply -n nlp -f deploy/kubernetes/grader.yaml": NOT_RUN + "no cluster",
    "git archive HEAD | kubectl exec -i -n nlp deploy/nbjudge-grader -c formgrader --"
    " tar x": NOT_RUN + "no cluster",
    "kubectl exec -n nlp deploy/nbjudge-grader -c watch -- nbjudge doctor": NOT_RUN + "no cluster",
    "kubectl exec -n nlp deploy/nbjudge-grader -c formgrader -- nbgrader "
    "release_assignment attention": NOT_RUN + "no cluster",
    "kubectl rollout restart -n nlp deploy/nbjudge-grader": NOT_RUN + "no cluster",
    "python benchmarks/student_server.py": NOT_RUN + "prints a measurement",
    'nbjudge new softmax --title "Week 2: softmax"': FOLLOWED,
    "nbjudge build softmax": FOLLOWED,
    "nbjudge verify softmax": FOLLOWED,
    "mkdir -p submitted/ada": FOLLOWED,
    "cp -r release/softmax submitted/ada": FOLLOWED,
    "nbjudge autograde softmax": FOLLOWED,
    "nbgrader generate_feedback softmax": FOLLOWED,
    "nbjudge judge submitted/ada/softmax/softmax.ipynb --seed 0": FOLLOWED,
    "nbjudge roster gradebook.csv --yes": FOLLOWED_LMS,
    "nbjudge import canvas.zip attention --yes": FOLLOWED_LMS,
    "nbjudge roster worksheet.csv --yes": FOLLOWED_LMS,
    "nbjudge import moodle.zip attention --worksheet worksheet.csv --yes": FOLLOWED_LMS,
    'nbgrader db assignment add attention --duedate="2026-12-05 17:00:00 UTC"': FOLLOWED_LMS,
    "nbjudge export attention --canvas gradebook.csv": FOLLOWED_LMS,
    "nbjudge export attention --moodle worksheet.csv --cap --feedback feedback.zip": FOLLOWED_LMS,
    "nbjudge lti-key lti.pem": FOLLOWED_LMS,
    "nbjudge export attention --lti --yes": FOLLOWED_LMS,
}


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


def test_the_readme_opens_with_the_two_commands():
    first, second, *_ = re.findall(
        r"^```.*?\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S
    )
    assert first == "python3 bootstrap.py demo\n"
    assert second == "python3 bootstrap.py test\n"


def rows(name, text):
    """Yield the words of each line of a script; of each call, list and tuple of a Python file."""
    if not name.endswith(".py"):
        yield from (line.split() for line in text.splitlines())
        return
    tree = ast.parse(text)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.Call, ast.List, ast.Tuple)):
            yield words(node, constants)


def words(node, constants):
    """Return the words of a node: a call's name first, `_` for what is made when it runs."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).split(".")[-1]
        # support.course has a function for each of the two programs, which runs it in this process.
        called = ["run()", name] if name in ("nbjudge", "nbgrader") else [f"{name}()"]
        return [*called, *(word for one in node.args for word in part(one, constants))]
    return [word for one in node.elts for word in part(one, constants)]


def part(node, constants):
    """Return the words of an argument; what is unpacked from elsewhere may be any number: a bar."""
    if isinstance(node, ast.Starred):
        here = isinstance(node.value, (ast.List, ast.Tuple))
        return words(node.value, constants) if here else ["|"]
    if isinstance(node, (ast.List, ast.Tuple)):
        return words(node, constants)
    value = constants.get(node.id) if isinstance(node, ast.Name) else None
    value = node.value if isinstance(node, ast.Constant) else value
    return value.split() if isinstance(value, str) else ["_"]


def runs(wanted, name, text):
    """Say whether the words of a command stand side by side in a file's rows."""
    wanted = wanted.split()
    return len(wanted) > 1 and any(
        row[begin : begin + len(wanted)] == wanted
        for row in rows(name, text)
        for begin in range(len(row))
    )


def test_every_command_of_the_docs_is_in_the_table():
    found = {line for page in PAGES for block in blocks(page, "bash") for line in block.split("\n")}
    assert found - {""} == set(COMMANDS)


RUN = {
    one: by
    for one, by in COMMANDS.items()
    if by not in (BLOCK, FOLLOWED, FOLLOWED_LMS) and not str(by).startswith(NOT_RUN)
}


@pytest.mark.parametrize("by_page", [FOLLOWED, FOLLOWED_LMS])
def test_the_commands_that_are_followed_are_those_of_a_page_that_a_test_reads(by_page):
    page, test = (name.strip(",") for name in by_page.split() if "/" in name)
    assert f'ROOT / "{page}"' in (ROOT / test).read_text(encoding="utf-8")
    followed = {one for one, by in COMMANDS.items() if by == by_page}
    assert followed <= {line for block in blocks(ROOT / page, "bash") for line in block.split("\n")}


@pytest.mark.parametrize("command", RUN)
def test_a_command_of_the_docs_is_run(command):
    name, *parts = RUN[command] if isinstance(RUN[command], tuple) else (RUN[command],)
    assert name in HELPERS or Path(name).name.startswith("test_")
    text = (ROOT / name).read_text(encoding="utf-8")
    for part in parts or [command.removeprefix("sudo ")]:
        assert runs(part, name, text), (name, part)


@pytest.mark.parametrize(
    "text",
    [
        '"""nbjudge build attention"""',
        "# nbjudge build attention",
        "build = 'nbjudge build attention'",
        "run('nbjudge', 'build', name)",
        "run('nbjudge', *build, 'attention')",
        "run('nbjudge', 'autograde', 'attention', build)",
        "run('nbjudge', 'build'); run('attention')",
    ],
)
def test_a_file_that_only_names_a_command_does_not_run_it(text):
    assert not runs("nbjudge build attention", "test_it.py", text)


@pytest.mark.parametrize(
    "text",
    [
        "run('nbjudge', 'build', 'attention', '--check', cwd=course)",
        "run('nbjudge build attention', shell=True)",
        "NAME = 'attention'\nrun([*('nbjudge', 'build'), NAME])",
    ],
)
def test_a_file_that_calls_a_command_runs_it(text):
    assert runs("nbjudge build attention", "test_it.py", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere_and_no_machine_is_named(page):
    text = page.read_text(encoding="utf-8")
    assert not re.search(MACHINE, text)
    assert not re.search(MOJIBAKE, text)
    prose = re.sub(r"`[^`\n]+`", "", text)  # in code, a call may follow an index
    for target in re.findall(r"\]\(([^)#]+)\)", prose):
        assert target.startswith("https://") or (page.parent / target).exists(), target
    for name in re.findall(r"`((?:tests|examples|docs)/[\w/.]+\.\w+)`", text):
        assert (ROOT / name).exists(), name


def test_the_criteria_of_the_docs_are_those_of_the_rubrics(monkeypatch):
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs/instructors.md").read_text(encoding="utf-8")
    rows = []
    for exercise in EXERCISES:
        rubric, _ = load(f"attention/{exercise}", ROOT)
        rows += [f"| {rubric.title} | {title} | {points} |" for title, points, _ in rubric.criteria]
    assert "\n".join(rows) in text


def test_the_messages_of_build_in_the_docs_are_its_own():
    text = (ROOT / "docs/instructors.md").read_text(encoding="utf-8")
    table = text.split("| message | mend |")[1].split("\n\n")[0]
    files = ("authoring/build", "authoring/masters", "authoring/execution", "notebook/regions")
    source = "".join((ROOT / f"nbjudge/{name}.py").read_text() for name in files)
    messages = re.findall(r"^\| ([^|-][^|]*) \|", table, re.M)
    assert len(messages) > 5
    for message in messages:
        for words in re.split(r"…|\d+", message):
            assert words.strip(" .") in source, message


def test_the_solution_cell_of_the_docs_becomes_the_placeholder_that_they_show():
    text = (ROOT / "docs/instructors.md").read_text(encoding="utf-8")
    (cell,) = [b for b in blocks(ROOT / "docs/instructors.md", "python") if "BEGIN SOLUTION" in b]
    shown = re.search(r"The student sees `(.*?)`", text)[1]
    assert f"    # TODO: Compute the scores\n    {shown}\n    return scores" in skeleton(cell)


def test_the_rubric_of_the_docs_marks_right_and_wrong_work():
    code, *_ = [b for b in blocks(ROOT / "docs/rubrics.md", "python") if "= Rubric(" in b]
    module = {}
    exec(code, module)
    rubric, reference = module["rubric"], module["reference"]
    marks, fault = rubric.mark(reference, seed=1)
    assert [(mark.met, mark.earned) for mark in marks] == [(True, 20)]
    assert fault == ""

    def doubled(query, keys, values):
        output, weights = reference(query, keys, values)
        return output, 2 * weights

    marks, fault = rubric.mark(doubled, seed=1)
    assert not marks[0].met
    assert "The sum of the weights should follow the formula" in marks[0].message
    assert fault == ""


def test_the_grades_of_the_readme_are_those_that_the_demo_must_give():
    with (ROOT / "examples/expected_scores.csv").open(encoding="utf-8") as file:
        rows = {f"| {' | '.join(row)} |" for row in csv.reader(file)}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"^\| Assignment \| Submission \|.*\n\| ---.*\n((?:\|.*\n)+)", text, re.M)[
        1
    ].splitlines()
    assert {row.split(" | ")[0].strip("| ") for row in shown} == set(ASSIGNMENTS)
    assert set(shown) <= rows


def test_what_stands_in_the_checkout_is_what_the_master_says():
    done = nbjudge(*CHECK.split()[1:], cwd=ROOT)
    assert "attention: release/ and solutions/ are as source/ says." in done.stdout


def test_the_students_pip_line_has_the_pins_of_environment_yml():
    pins = re.findall(r"- (\w+==[\d.]+)", (ROOT / "environment.yml").read_text())
    assert len(pins) > 5
    text = (ROOT / "docs/students.md").read_text()
    assert "pip install " + " ".join(pins) in text
    (torch,) = [pin for pin in pins if pin.startswith("torch==")]
    assert f"pip install {torch} --no-deps --index-url {bootstrap.CPU_WHEELS}" in text


def test_the_hand_out_holds_what_students_need_and_nothing_else(tmp_path):
    (block,) = [b for b in blocks(ROOT / "docs/instructors.md", "bash") if "handout.zip" in b]
    assert block.splitlines() == [one for one, by in COMMANDS.items() if by == BLOCK]
    subprocess.run(["git", "clone", "-q", "--no-checkout", ROOT, tmp_path / "copy"], check=True)
    subprocess.run(["bash", "-e", "-c", block], cwd=tmp_path / "copy", check=True)
    with zipfile.ZipFile(tmp_path / "copy/build/handout.zip") as handout:
        files = {name for name in handout.namelist() if not name.endswith("/")}
    page = ROOT / "docs/students.md"
    shown = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert len(shown) == 2
    assert files == {
        "release/attention/attention.ipynb", "environment.yml", "docs/students.md",
        *(f"docs/{one}" for one in shown),
    }  # fmt: skip


def test_the_number_of_attacks_in_the_docs_is_that_of_the_corpus():
    for page in ("README.md", "docs/threat_model.md"):
        assert f"{len(ATTACKS)} attacks" in (ROOT / page).read_text(encoding="utf-8")


def test_the_limits_of_the_docs_are_those_of_the_judge():
    text = (ROOT / "docs/instructors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| ([\d, ]+) \|", text, re.M)
    told = {}
    for names, values in rows:
        told |= zip(re.findall(r"\w+", names), map(float, values.split(", ")), strict=True)
    assert told == {name: float(value) for name, value in asdict(Limits()).items()}


def test_the_versions_of_the_docs_are_pinned_and_the_sources_that_they_name_exist():
    text = (ROOT / "docs/jupyterhub_versions.md").read_text(encoding="utf-8")
    pins = set((ROOT / "constraints.txt").read_text(encoding="utf-8").split())
    versions = re.findall(r"^\| ([\w]+) \| ([\d.]+) \|$", text, re.M)
    assert len(versions) > 8
    assert {f"{name}=={version}" for name, version in versions} <= pins
    packages = Path(nbgrader.__file__).parent.parent
    sources = re.findall(r"`(nbgrader/[\w/.]+)`", text)
    assert len(sources) > 5
    assert all((packages / source).is_file() for source in sources)


def test_help_shows_an_example():
    assert "Example: nbjudge build attention" in nbjudge("build", "--help", cwd=ROOT).stdout
