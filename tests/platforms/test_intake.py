"""`nbjudge import`: an archive's files find their students, and are put whole or not at all."""

import os
import sqlite3

import pytest
from support.course import nbjudge, run
from support.platforms import canvas, moodle
from support.platforms.hostile import packed
from support.platforms.people import LEARNERS, book, enrol, notebook

from nbjudge.platforms.identities import Identity, identities
from nbjudge.platforms.intake import Intake

ADA, ANA, HAN, LAYLA, SEAMUS, ANNA_5, ANNA, ANNA_2 = LEARNERS
NOTEBOOK, OTHER = notebook(), notebook("def double(x):\n    return x + x")


def take(course, files, *options, check=True):
    canvas.archive(course / "all.zip", files)
    return nbjudge("import", "all.zip", "week1", "--yes", *options, cwd=course, check=check)


def there(course):
    folder = course / "submitted"
    files = folder.rglob("*") if folder.exists() else ()
    return {str(p.relative_to(folder)): p.read_bytes() for p in files if not p.is_dir()}


def of_week1(student, name="week1.ipynb"):
    return f"{student}/week1/{name}"


def told(done):
    return " ".join((done.stdout + done.stderr).split())


def kept(course):
    with book(course) as opened:
        return identities(opened, "week1")


def test_the_command_as_a_user_runs_it(enrolled):
    canvas.archive(enrolled / "all.zip", {canvas.entry(ADA): NOTEBOOK})
    done = run("nbjudge", "import", "all.zip", "week1", "--dry-run", cwd=enrolled)
    assert "week1: all.zip, from Canvas." in done.stdout
    assert "Nothing is written." in done.stdout
    assert there(enrolled) == {}
    # Without a terminal nobody can be asked.
    done = run("nbjudge", "import", "all.zip", "week1", cwd=enrolled)
    assert "Say --yes to write it." in done.stdout
    assert there(enrolled) == {}
    done = run("nbjudge", "import", "all.zip", "week1", "--yes", cwd=enrolled)
    assert there(enrolled) == {of_week1("ada"): NOTEBOOK}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    "name",
    ["week1.ipynb", "week1-1.ipynb", "week1 (1).ipynb", "Week1.ipynb.txt", "week1-Copy1.ipynb",
     "work.ipynb", "my_work_2_3.ipynb"],
)  # fmt: skip
def test_canvas_whatever_the_file_is_called(enrolled, name, late):
    take(enrolled, {canvas.entry(one, name, 7, late): NOTEBOOK for one in LEARNERS})
    assert there(enrolled) == {of_week1(one.login): NOTEBOOK for one in LEARNERS}
    assert kept(enrolled)["ada"] == Identity("canvas", "101", canvas.entry(ADA, name, 7, late))


@pytest.mark.parametrize("sheet", [False, True])
@pytest.mark.parametrize("form", [{}, {"folders": False}, {"before_4_1": True}])
def test_moodle_with_and_without_folders(empty, form, sheet):
    enrol(empty, LEARNERS if sheet else LEARNERS[:7], numbers=False)
    (empty / "w.csv").write_text(moodle.worksheet(LEARNERS, {"ada": moodle.LATE}))
    options = ["--worksheet", "w.csv"] if sheet else []
    done = take(empty, {moodle.entry(one, **form): NOTEBOOK for one in LEARNERS[:7]}, *options)
    times = {of_week1(one.login, "timestamp.txt") for one in LEARNERS[:7]} if sheet else set()
    assert set(there(empty)) == {of_week1(one.login) for one in LEARNERS[:7]} | times
    assert kept(empty)["ada"] == Identity("moodle", "9001", moodle.entry(ADA, **form))
    assert ("2 hours 30 minutes" in told(done)) is sheet


def test_times_are_the_worksheets_and_no_others(empty):
    enrol(empty, numbers=False)
    (empty / "w.csv").write_text(moodle.worksheet(LEARNERS, {"ada": moodle.LATE, "ana": "-"}))
    files = {moodle.entry(one): NOTEBOOK for one in (ADA, ANA)}
    files[moodle.entry(ADA, "timestamp.txt")] = b"2020-01-01 00:00:00 UTC"
    done = take(empty, files, "--worksheet", "w.csv", check=False)
    found = there(empty)
    assert found[of_week1("ada", "timestamp.txt")] == b"2026-12-05 19:30:00.000000 UTC"
    assert of_week1("ana", "timestamp.txt") not in found
    assert "a student's is not believed" in told(done)


def test_two_of_one_name_need_the_worksheet(empty):
    enrol(empty, numbers=False)
    files = {moodle.entry(one): NOTEBOOK for one in (ANNA, ANNA_2)}
    done = take(empty, files, check=False)
    assert (done.returncode, there(empty)) == (1, {})
    assert "anna and anna2 have this name" in told(done)
    (empty / "w.csv").write_text(moodle.worksheet(LEARNERS))
    take(empty, files, "--worksheet", "w.csv")
    assert {of_week1("anna"), of_week1("anna2")} < set(there(empty))
    # Known from then on, also without it.
    assert "0 new, 0 in the place of an earlier one, 2 there already" in told(take(empty, files))


def test_a_worksheet_of_another_assignment_takes_nobody(empty):
    enrol(empty, numbers=False)
    (empty / "w.csv").write_text(moodle.worksheet(LEARNERS[1:]))
    done = take(empty, {moodle.entry(ADA): NOTEBOOK}, "--worksheet", "w.csv", check=False)
    assert (done.returncode, there(empty)) == (1, {})
    assert "the worksheet has no participant 9001" in told(done)


@pytest.mark.parametrize("platform", ["canvas", "moodle"])
def test_who_is_anonymous_goes_by_the_platforms_number(enrolled, platform):
    options = []
    if platform == "canvas":
        path, student, number = "anon_aB3d_6_week1.ipynb", "anon_aB3d", "anon_aB3d"
    else:
        (enrolled / "w.csv").write_text(moodle.worksheet(LEARNERS, blind=True))
        path, student, number = moodle.entry(ADA, blind=True), "participant-9001", "9001"
        options = ["--worksheet", "w.csv"]
    done = take(enrolled, {path: NOTEBOOK}, *options)
    assert "new, anonymous" in told(done)
    assert there(enrolled)[of_week1(student)] == NOTEBOOK
    assert kept(enrolled) == {student: Identity(platform, number, path)}
    with book(enrolled) as opened:
        assert opened.find_student(student).lms_user_id is None


def test_canvas_without_ids_goes_by_name_where_one_student_has_it(empty):
    enrol(empty, numbers=False)
    done = take(empty, {canvas.entry(one): NOTEBOOK for one in (ADA, ANNA)}, check=False)
    assert set(there(empty)) == {of_week1("ada")}
    assert "new, by name" in told(done)
    assert "anna and anna2 have this name" in told(done)


def test_a_name_that_ends_in_a_number_is_settled_by_the_roster(enrolled):
    take(enrolled, {"schmidt_5_106_88_week1.ipynb": NOTEBOOK})
    assert set(there(enrolled)) == {of_week1("anna5")}


def test_two_numbers_that_lead_to_one_student_are_not_mixed(empty):
    enrol(empty, LEARNERS[:1], numbers=False)
    names = ["Ada Lovelace_1_assignsubmission_file/week1.ipynb",
             "ada lovelace_2_assignsubmission_file/week1.ipynb"]  # fmt: skip
    done = take(empty, dict.fromkeys(names, NOTEBOOK), check=False)
    assert there(empty) == {}
    assert "the platform's numbers 1 and 2 both lead to ada" in told(done)


def test_a_group_of_canvas_goes_to_who_sent_it_and_is_named(enrolled):
    done = take(enrolled, {"teamblue_101_5_week1.ipynb": NOTEBOOK})
    assert set(there(enrolled)) == {of_week1("ada")}
    assert "as 'teamblue'" in told(done)


@pytest.mark.parametrize("platform", ["canvas", "moodle"])
def test_with_a_list_of_groups_each_member_gets_the_groups_work(enrolled, platform):
    (enrolled / "groups.csv").write_text("Group;Student\nTeam Blue;ada\nTeam Blue;ana\nRed;zed\n")
    (enrolled / "w.csv").write_text(moodle.worksheet(LEARNERS))
    names = {
        "canvas": ["teamblue_101_5_week1.ipynb", "red_103_6_week1.ipynb"],
        "moodle": [f"{one}_assignsubmission_file/week1.ipynb" for one in ("Team Blue_7", "Red_8")],
    }[platform]
    options = ["--worksheet", "w.csv"] if platform == "moodle" else []
    files = dict.fromkeys(names, NOTEBOOK)
    done = take(enrolled, files, "--groups", "groups.csv", *options, check=False)
    found = {name for name in there(enrolled) if name.endswith(".ipynb")}
    assert found == {of_week1("ada"), of_week1("ana")}
    assert "the gradebook knows no zed of the group" in told(done).lower().replace("'red'", "'Red'")
    own = {"canvas": ("101", "102"), "moodle": ("9001", "9002")}[platform]
    assert (kept(enrolled)["ada"].identifier, kept(enrolled)["ana"].identifier) == own


def test_of_several_files_the_newest_upload_counts_and_the_others_lie_beside_it(enrolled):
    files = {
        canvas.entry(ADA, "week1.ipynb", 8): OTHER,
        canvas.entry(ADA, "week1-1.ipynb", 9): NOTEBOOK,
        canvas.entry(ADA, "helper-2.py", 10): b"x = 1",
        canvas.entry(ADA, "data.csv", 11): b"1,2",
        canvas.entry(ADA, "notes.ipynb", 12): OTHER,
    }
    take(enrolled, files)
    assert there(enrolled) == {
        of_week1("ada"): NOTEBOOK,
        of_week1("ada", "other-week1.ipynb"): OTHER,
        of_week1("ada", "helper.py"): b"x = 1",
        of_week1("ada", "data.csv"): b"1,2",
        of_week1("ada", "notes.ipynb"): OTHER,
    }


def test_what_lies_beside_the_notebook_lies_there_again(empty):
    enrol(empty, numbers=False)
    inner = packed([("all/week1.ipynb", NOTEBOOK), ("all/data/a.csv", b"1"), ("b.csv", b"2")])
    files = {
        moodle.entry(ADA, "my work/week1 (1).ipynb"): NOTEBOOK,
        moodle.entry(ADA, "my work/data/a.csv"): b"1",
        moodle.entry(ADA, "b.csv"): b"2",
        moodle.entry(ANA, "all.zip"): inner,
    }
    take(empty, files)
    every = {"week1.ipynb": NOTEBOOK, "data/a.csv": b"1", "b.csv": b"2"}
    assert there(empty) == {
        of_week1(student, name): content
        for student in ("ada", "ana")
        for name, content in every.items()
    }


def test_a_later_archive_replaces_what_an_archive_put_there(enrolled):
    take(enrolled, {canvas.entry(ADA, upload=1): NOTEBOOK, canvas.entry(ANA): NOTEBOOK})
    later = {canvas.entry(ADA, "week1-1.ipynb", 2): OTHER, canvas.entry(ANA): NOTEBOOK}
    done = take(enrolled, later)
    assert "0 new, 1 in the place of an earlier one, 1 there already" in told(done)
    assert there(enrolled) == {of_week1("ada"): OTHER, of_week1("ana"): NOTEBOOK}
    assert kept(enrolled)["ada"].entry == canvas.entry(ADA, "week1-1.ipynb", 2)


def test_what_did_not_come_from_an_archive_is_never_replaced(enrolled):
    place = enrolled / "submitted/ada/week1"
    place.mkdir(parents=True)
    (place / "week1.ipynb").write_bytes(OTHER)
    done = take(enrolled, {canvas.entry(ADA): NOTEBOOK, canvas.entry(ANA): NOTEBOOK}, check=False)
    assert there(enrolled) == {of_week1("ada"): OTHER, of_week1("ana"): NOTEBOOK}
    assert "holds a submission that did not come from an archive" in told(done)


@pytest.mark.parametrize("step", ["write_bytes", "rename"])
def test_a_run_that_ends_anywhere_leaves_each_submission_whole(enrolled, monkeypatch, step):
    """Before every write and every renaming in turn; the next run puts the rest."""
    old = {canvas.entry(one, upload=1): NOTEBOOK for one in (ADA, ANA)}
    new = {canvas.entry(one, upload=2): OTHER for one in (ADA, ANA)}
    take(enrolled, old)
    files = {name for student in ("ada", "ana") for name in (of_week1(student),)}
    for number in range(10):
        canvas.archive(enrolled / "all.zip", new)
        intake = Intake(enrolled, "week1", enrolled / "all.zip")
        with monkeypatch.context() as patched:
            calls = iter(range(100))
            kind = type(enrolled)
            real = getattr(kind, step)

            def stopped(self, *given, real=real, calls=calls, number=number):
                if next(calls) == number:
                    raise KeyboardInterrupt
                return real(self, *given)

            patched.setattr(kind, step, stopped)
            try:
                intake.write()
                ended = True
            except KeyboardInterrupt:
                ended = False
        whole = {name: data for name, data in there(enrolled).items() if "/." not in name}
        assert all(data in (NOTEBOOK, OTHER) for data in whole.values())
        if ended:
            break
    assert number > 1
    assert {name: there(enrolled)[name] for name in files} == dict.fromkeys(files, OTHER)


def test_who_handed_in_nothing_is_named(enrolled):
    done = take(enrolled, {canvas.entry(ADA): NOTEBOOK})
    assert "not in this archive: ana, anna, anna2, anna5, layla, seamus, xiaoming." in told(done)


def test_an_identity_goes_with_its_student(enrolled):
    take(enrolled, {canvas.entry(ADA): NOTEBOOK, canvas.entry(ANA): NOTEBOOK})
    with sqlite3.connect(enrolled / "gradebook.db") as opened:
        opened.execute("delete from student where id = 'ada'")
    assert set(kept(enrolled)) == {"ana"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(enrolled):
    (enrolled / "submitted").mkdir(mode=0o500)
    done = take(enrolled, {canvas.entry(ADA): NOTEBOOK}, check=False)
    assert "submitted" in done.stderr
    assert "Permission denied" in done.stderr


def test_an_assignment_that_is_not_there_is_said(enrolled):
    canvas.archive(enrolled / "all.zip", {canvas.entry(ADA): NOTEBOOK})
    done = nbjudge("import", "all.zip", "week9", cwd=enrolled, check=False)
    assert "The gradebook knows no assignment 'week9'" in done.stderr
