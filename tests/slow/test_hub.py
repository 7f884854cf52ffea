"""A real hub, its exchange and its accounts, without a browser. Needs root, Node.js and npm."""

import contextlib
import csv
import json
import os
import re
import shlex
import shutil
import sqlite3
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import installation
import layout
import psutil
import pytest
import requests
from attention_samples import SAMPLES
from support import hub as demo_hub
from support.course import ROOT
from support.hub import documented
from support.samples import NAME as NOTEBOOK
from support.samples import expected_totals
from support.sampling import sample

pytestmark = pytest.mark.slow
# One takes minutes, one is no notebook, and one passes by chance with some hidden inputs.
KINDS = sorted(set(SAMPLES) - {"infinite_loop", "not_a_notebook", "wrong_exercise_2"})
GRADE_SECONDS = 600


@pytest.fixture(scope="module")
def term(hub):
    """The instructor releases; the class submits at once while the grader grades.

    Some have a JupyterLab and use its buttons, the others work in terminals.
    """
    hub.as_grader("nbgrader", "release_assignment", "attention", "--force")
    students, labs = hub.students[: demo_hub.CLASS], hub.students[: demo_hub.LABS]
    kinds = dict(zip(students, sample(KINDS, len(students)), strict=False))
    assert len(kinds) == len(students)
    with ThreadPoolExecutor(4) as pool:
        sessions = dict(pool.map(lambda name: (name, with_lab(hub, name)), labs))
        list(pool.map(lambda name: work(hub, name, kinds[name], sessions.get(name)), kinds))
        begun = time.monotonic()
        sending = [pool.submit(act, hub, name, sessions.get(name), "submit") for name in kinds]
        while not all(one.done() for one in sending):
            hub.as_grader("nbgrader", "collect", "attention", "--update")
            time.sleep(2)
    assert max(one.result() for one in sending) - begun < 60
    hub.as_grader("nbgrader", "collect", "attention", "--update")
    hub.as_grader("nbjudge", "autograde", "attention", "--workers", "1")
    return kinds, sessions


def with_lab(hub, name):
    session = hub.session(name)
    hub.open_server(session, name)
    return session


def work(hub, name, kind, session):
    act(hub, name, session, "fetch")
    shutil.copy(ROOT / "examples/submissions" / kind / NOTEBOOK, Path("/home", name, NOTEBOOK))


def act(hub, name, session, action):
    """Press a button of JupyterLab's assignment list, or run the command in a terminal.

    Returns when it was done, by the clock that goes on.
    """
    if session is None:
        command = {"fetch": "fetch_assignment"}.get(action, action)
        hub.as_student(name, "nbgrader", command, "attention")
        return time.monotonic()
    answer = session.post(
        hub.server(name) + f"assignments/{action}",
        data={"course_id": layout.COURSE_ID, "assignment_id": "attention"},
        headers={"X-XSRFToken": session.cookies.get("_xsrf", path=f"/user/{name}/")},
    )
    assert answer.ok, answer.text
    assert answer.json()["success"], answer.text
    return time.monotonic()


def graded(hub):
    """Return the exported score of each student in the assignment that was handed in."""
    hub.as_grader("nbgrader", "export")
    with (hub.course / "grades.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == "attention"]
    return {row["student_id"]: float(row["score"]) if row["score"] else None for row in rows}


def expected():
    return expected_totals()


def submission_of(hub, name):
    return next((hub.exchange / "inbound").glob(f"{name}+attention+*"))


def may(hub, name, command):
    return hub.as_student(name, "sh", "-c", command, check=False).returncode == 0


def page_config(session, url):
    page = session.get(url + "lab")
    return json.loads(
        re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page.text, re.S)[1]
    )


def test_nothing_is_lost_and_every_score_is_right(hub, term):
    kinds, _ = term
    wanted = {name: expected()[kind] for name, kind in kinds.items()}
    deadline = time.monotonic() + GRADE_SECONDS
    while (scores := graded(hub)) != wanted and time.monotonic() < deadline:
        time.sleep(5)  # the watch is at it
    assert {name: scores.get(name) for name in wanted} == wanted


def test_every_student_gets_his_feedback(hub, term):
    kinds, _ = term
    for name in list(kinds)[:3]:
        deadline = time.monotonic() + GRADE_SECONDS
        while True:
            hub.as_student(name, "nbgrader", "fetch_feedback", "attention", check=False)
            if found := list(Path("/home", name, "attention/feedback").rglob("*.html")):
                break
            assert time.monotonic() < deadline
            time.sleep(2)
        assert "Exercise 1" in found[0].read_text()


FOREIGN = (
    "ls {inbound}",
    "ls {sent}",
    "cat {sent}/attention.ipynb",
    "touch {sent}/new",
    "mv {sent} {sent}x",
    "rm -r {sent}",
    "ls {course}",
    "cat {course}/gradebook.db",
    "cat {course}/source/" + NOTEBOOK,
    "ls {home}",
    "ls " + str(layout.STATE),
    "touch {exchange}/outbound/new",
    "touch {exchange}/new",
    "ls {exchange}/feedback",
)


@pytest.mark.parametrize("command", FOREIGN)
def test_a_student_cannot_reach_what_is_not_his(hub, term, command):
    before = submission_of(hub, "student1")
    command = command.format(
        inbound=hub.exchange / "inbound",
        sent=shlex.quote(str(before)),
        course=hub.course,
        exchange=hub.exchange,
        home=Path("/home", "student1"),
    )
    assert not may(hub, "student2", command)
    if command.startswith(("ls", "cat")):
        assert subprocess.run(["sh", "-c", command], stdout=subprocess.DEVNULL).returncode == 0
    assert submission_of(hub, "student1") == before


def test_a_student_reads_his_own_submission_and_the_release(hub, term):
    sent = shlex.quote(str(submission_of(hub, "student1")))
    assert may(hub, "student1", f"cat {sent}/attention.ipynb")
    assert may(hub, "student2", f"cat {hub.exchange}/outbound/{NOTEBOOK}")


def test_who_is_in_no_course_cannot_enter_the_exchange(hub, term):
    command = ["runuser", "-u", "nobody", "--", "ls", str(hub.exchange / "outbound")]
    assert subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0


def test_a_student_cannot_load_a_rubric(hub):
    script = (
        "from pathlib import Path; from nbjudge.rubric.loader import load; "
        f"load('attention/multi_head', Path('{hub.course}'))"
    )
    hub.as_grader("python", "-c", script)  # it is there, for those who may
    done = hub.as_student("student2", "python", "-c", script, check=False)
    assert "PermissionError" in done.stderr or "RubricError" in done.stderr
    assert not list(layout.PLACE.rglob("rubrics"))


def test_a_student_cannot_open_the_formgrader_or_anothers_server(hub, term):
    _, sessions = term
    for address in (hub.formgrader, hub.formgrader + "formgrader", hub.server("student1")):
        assert sessions["student2"].get(address).status_code == 403, address
    assert sessions["student1"].get(hub.server("student1")).ok


def test_a_students_token_does_not_open_the_formgrader(hub, term):
    token = variables(psutil.Process(server_pid("student2")))["JUPYTERHUB_API_TOKEN"]
    for host in (f"http://127.0.0.1:{hub.port + 3}", hub.formgrader.split("/services")[0]):
        answer = requests.get(
            f"{host}/services/nlp-llm/api/contents", headers={"Authorization": f"token {token}"}
        )
        assert answer.status_code == 403, answer.text


def test_the_instructor_opens_the_formgrader(hub):
    session = hub.session(hub.instructor)
    assert session.get(hub.formgrader).ok
    page = session.get(hub.formgrader + "formgrader")
    assert page.ok
    assert page.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    listed = session.get(hub.formgrader + "formgrader/api/assignments").json()
    assert [one["name"] for one in listed] == ["attention", "encoder"]


def test_the_tabs_of_each_lab_are_those_of_its_role(hub, term):
    _, sessions = term
    config = page_config(sessions["student1"], hub.server("student1"))
    off = set(config["disabledExtensions"])
    nbgrader = "@jupyter/nbgrader"
    switched_off = ("formgrader", "course-list", "validate-assignment")
    assert {f"{nbgrader}:{name}" for name in switched_off} <= off
    assert {one["name"] for one in config["federated_extensions"]} >= {"nbjudge-lab"}
    assert "@jupyterlab/apputils-extension:announcements" in off
    assert f"{nbgrader}:assignment-list" not in off
    assert sessions["student1"].get(hub.server("student1") + "formgrader").status_code == 404
    headers = sessions["student1"].get(hub.server("student1") + "lab").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    off = set(page_config(hub.session(hub.instructor), hub.formgrader)["disabledExtensions"])
    assert f"{nbgrader}:assignment-list" in off
    assert f"{nbgrader}:formgrader" not in off
    assert "@jupyterlab/apputils-extension:announcements" in off


def test_the_services_tokens_may_do_nothing(hub):
    services = [p for p in psutil.process_iter() if "JUPYTERHUB_SERVICE_NAME" in variables(p)]
    tokens = {
        variables(p)["JUPYTERHUB_SERVICE_NAME"]: variables(p)["JUPYTERHUB_API_TOKEN"]
        for p in services
        if p.username() == layout.GRADER
    }
    assert set(tokens) == {layout.COURSE_ID, "watch", layout.RESULTS}
    for token in tokens.values():
        headers = {"Authorization": f"token {token}"}
        api = f"http://127.0.0.1:{hub.port + 1}/hub/api"
        assert requests.get(f"{api}/users", headers=headers).status_code == 403
        told = requests.get(f"{api}/user", headers=headers)
        assert told.status_code == 403 or told.json()["scopes"] == []


def test_a_students_processes_know_no_secret_and_have_limits(hub, term):
    process = psutil.Process(server_pid("student1"))
    assert not {"CONFIGPROXY_AUTH_TOKEN", "NBGRADER_DB_URL"} & set(variables(process))
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    assert re.search(r"Max processes +1000 +1000 ", limits)
    assert re.search(rf"Max data size +{4 * 1024**3} +{4 * 1024**3} ", limits)


def variables(process):
    try:
        return process.environ()
    except psutil.Error:
        return {}


def server_pid(name):
    (pid,) = (
        p.pid
        for p in psutil.process_iter(["username"])
        if p.info["username"] == name and "jupyterhub-singleuser" in " ".join(p.cmdline())
    )
    return pid


def test_folders_of_the_hub_are_closed_to_others(hub, term):
    modes = {
        layout.STATE: 0o700,
        layout.STATE / "jupyterhub_cookie_secret": 0o600,
        layout.STATE / "jupyterhub.sqlite": 0o600,
        layout.COURSE: 0o700,
        layout.EXCHANGE: 0o755,
        hub.exchange: 0o750,
        hub.exchange / "inbound": 0o3733,
        hub.exchange / "outbound": 0o755,
        hub.exchange / "feedback": 0o711,
        Path("/home", "student1"): 0o700,
        Path("/home", layout.GRADER): 0o700,
    }
    assert {str(path): oct(mode(path)) for path in modes} == {
        str(path): oct(wanted) for path, wanted in modes.items()
    }


def test_nothing_but_inbound_is_writable_to_all(hub, term):
    trees = [layout.COURSES.parent, layout.STATE, layout.PLACE]
    trees += [Path("/home", name) for name in (*hub.students, hub.instructor, layout.GRADER)]
    writable = {path for tree in trees for path in everything(tree) if mode(path) & stat.S_IWOTH}
    assert writable == {hub.exchange / "inbound"}
    assert {path.stat().st_uid for path in everything(layout.PLACE)} == {0}


def test_a_submission_is_its_authors_and_the_graders(hub, term):
    for path in everything(submission_of(hub, "student2")):
        assert mode(path) & 0o007 == 0, path
        assert path.owner() == "student2"
        assert path.group() == layout.GRADER


def everything(tree):
    yield tree
    for folder, folders, files in os.walk(tree):
        for name in (*folders, *files):
            path = Path(folder, name)
            if not path.is_symlink() and path.exists():
                yield path


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def hub_command(*words):
    return subprocess.run(
        ["python3", demo_hub.COMMAND, *words], cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.parametrize("verb", ["demo", "install", "start", "remove"])
def test_nothing_is_changed_while_the_hub_runs(hub, verb):
    assert hub_command(verb).stderr == "The hub is running. Stop it first.\n"


def test_a_python_in_a_closed_folder_is_refused(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--copies", closed / "venv"], check=True)
    with pytest.raises(SystemExit, match=r"Other accounts may not enter .*, where .*/closed/"):
        installation.need(str(closed / "venv/bin/python3"))


def run_documented(words, cwd=ROOT):
    done = subprocess.run(documented(words), shell=True, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_gradebook_comes_back_from_a_backup(hub, term):
    run_documented(".backup(")
    backup = hub.course / "backup.db"
    saved = scores_in(backup)
    assert len(saved) >= len(term[0])
    # The gradebook itself is in use; what is restored here is a copy, by the same commands.
    for words in ("rm -f gradebook.db-wal", "cp backup.db gradebook.db"):
        command = documented(words).replace("gradebook.db", "restored.db")
        assert subprocess.run(command, shell=True, cwd=ROOT).returncode == 0
    restored = hub.course / "restored.db"
    assert scores_in(restored) == saved
    assert (restored.owner(), mode(restored) & 0o077) == (layout.GRADER, 0)


def scores_in(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as book:
        return book.execute("select id, auto_score from grade order by id").fetchall()


OF_A_LIVE_COURSE = ("file changed as we read it", "File removed before we read it")


def test_the_course_comes_back_from_its_archive(hub, term, tmp_path):
    made = subprocess.run(
        documented("tar --create"), shell=True, cwd=tmp_path, capture_output=True, text=True
    )
    # The hub runs, and what is handed in meanwhile changes its folder: the page says so.
    said = [line for line in made.stderr.splitlines() if not line.endswith(OF_A_LIVE_COURSE)]
    assert (made.returncode in (0, 1), said) == (True, []), made.stderr
    command = documented("tar --extract").replace(str(layout.COURSES.parent), str(tmp_path))
    assert subprocess.run(command, shell=True, cwd=tmp_path).returncode == 0
    again = tmp_path / "courses" / layout.COURSE_ID
    assert (again.owner(), mode(again)) == (layout.GRADER, 0o700)
    for name in ("source", "rubrics"):
        same = subprocess.run(["diff", "-r", str(again / name), str(hub.course / name)])
        assert same.returncode == 0


def test_the_doctor_finds_the_course_and_its_exchange_well(hub, term):
    command = documented("nbjudge doctor") + " --json"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    checks = {one["name"]: one for one in json.loads(done.stdout)}
    for name, check in checks.items():
        # This machine may have homes of its own.
        assert check["well"] or not check["needed"] or name == "homes", check
    assert f"exchange: {layout.COURSE_ID}/inbound" in checks


PRODUCTION = {
    "NBJUDGE_HOST": "hub.example.edu",
    "NBJUDGE_INSTRUCTORS": "ada",
    "NBJUDGE_STUDENTS": "bob eve",
}
LOGINS = {
    "oauth": ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH2_AUTHORIZE_URL",
              "OAUTH2_TOKEN_URL", "OAUTH2_USERDATA_URL"),
    "lti": ("LTI13_ISSUER", "LTI13_CLIENT_ID", "LTI13_AUTHORIZE_URL", "LTI13_JWKS_ENDPOINT"),
}  # fmt: skip
LOADED = """
import json, sys
from jupyterhub.app import JupyterHub
app = JupyterHub()
app.load_config_file(sys.argv[1])
login = app.authenticator_class(parent=app)
print(json.dumps([type(login).__name__, login.allow_all, sorted(login.allowed_users),
                  app.subdomain_host, app.load_groups, [one["name"] for one in app.services]]))
"""


def load_production(settings):
    program = [str(layout.PROGRAMS / "python"), "-c", LOADED]
    return subprocess.run(
        [*program, str(layout.PLACE / "production_config.py")],
        env={"PATH": layout.SYSTEM_PATH, **settings}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(("login", "name"), [("oauth", "GenericOAuthenticator"),
                                             ("lti", "LTI13Authenticator")])  # fmt: skip
def test_production_loads_and_names_what_is_missing(hub, tmp_path, login, name):
    certificate = tmp_path / "certificate"
    certificate.touch()
    settings = {**PRODUCTION, "NBJUDGE_LOGIN": login}
    settings |= dict.fromkeys(("NBJUDGE_TLS_CERTIFICATE", "NBJUDGE_TLS_KEY"), str(certificate))
    settings |= dict.fromkeys(LOGINS[login], "https://login.example.edu")
    done = load_production(settings)
    assert json.loads(done.stdout) == [
        name, False, ["ada", "bob", "eve"], "https://hub.example.edu",
        {layout.INSTRUCTORS: {"users": ["ada"]}}, [layout.COURSE_ID, "watch", layout.RESULTS],
    ], done.stderr  # fmt: skip
    for missing in ("NBJUDGE_HOST", LOGINS[login][-1]):
        done = load_production({k: v for k, v in settings.items() if k != missing})
        assert f"Set {missing};" in done.stderr


def test_no_account_of_the_machine_is_given_to_a_student(hub):
    script = "import sys, accounts; accounts.make_student(sys.argv[1])"
    for name in ("root", layout.GRADER, "Ada", "ada@example.edu", "-x"):
        done = subprocess.run(
            [str(layout.PROGRAMS / "python"), "-c", script, name],
            cwd=layout.PLACE, capture_output=True, text=True,
        )  # fmt: skip
        assert "AccountError" in done.stderr, name
