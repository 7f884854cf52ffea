"""`nbgrader zip_collect` takes submissions out of archives of Moodle and Canvas, or fails."""

import shutil
import zipfile

import pytest
from nbgrader.api import Gradebook
from support.course import ROOT, nbgrader

NOTEBOOK = (ROOT / "examples/submissions/perfect/attention/attention.ipynb").read_bytes()
MOODLE = "{}_assignsubmission_file_/attention.ipynb"


@pytest.fixture
def course(built, tmp_path):
    shutil.copytree(built, tmp_path / "course")
    return tmp_path / "course"


def archive(course, name="all.zip", **files):
    folder = course / "downloaded/attention/archive"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as packed:
        for path, content in files.items():
            packed.writestr(path, content)
    return folder


def collect(course, *options):
    done = nbgrader("zip_collect", "attention", *options, cwd=course, check=False)
    return done.returncode, done.stderr


def collected(course):
    folder = course / "submitted"
    files = folder.rglob("*") if folder.exists() else ()
    return {str(p.relative_to(folder)): p.read_bytes() for p in files if p.is_file()}


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("Ada Lovelace_12345_assignsubmission_file_/attention.ipynb", "12345"),
        ("Ada Lovelace_12345_assignsubmission_file/attention.ipynb", "12345"),
        ("Ada Lovelace_12345_assignsubmission_file_attention.ipynb", "12345"),
        ("Ada Lovelace_12345_assignsubmission_file_/my work/attention (1).ipynb", "12345"),
        ("Jörg O'Brien-Müller_7_assignsubmission_file_/attention.ipynb", "7"),
        ("陈 小明_8_assignsubmission_file_/attention.ipynb", "8"),
        ("Participant_99_assignsubmission_file_/Attention.ipynb", "99"),
        ("lovelaceada_12345_67890_attention.ipynb", "12345"),
        ("lovelaceada_LATE_12345_67890_attention.ipynb", "12345"),
        ("lovelaceada_12345_67890_attention-1.ipynb", "12345"),
        ("mülleranalucía_5_6_attention-2 (1).ipynb", "5"),
        ("LATE_anon_aB3d_6_attention.ipynb", "anon_aB3d"),
        ("anon_aB3d_6_attention.ipynb", "anon_aB3d"),
        ("Ada_12345_assignsubmission_file_/attention.ipynb.txt", "12345"),
    ],
)
def test_a_notebook_is_collected_whatever_the_lms_calls_it(course, path, student):
    archive(course, **{path: NOTEBOOK})
    assert collect(course)[0] == 0
    assert collected(course) == {f"{student}/attention/attention.ipynb": NOTEBOOK}
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        assert book.find_student(student).lms_user_id == student


def test_files_outside_of_an_archive_and_an_archive_of_a_students_own_are_taken(course):
    folder = archive(course, "inner.zip", **{"work/attention.ipynb": NOTEBOOK})
    (folder / "inner.zip").rename(folder / "doejoe_2_3_work.zip")
    (folder / "lovelaceada_12345_67890_attention.ipynb").write_bytes(NOTEBOOK)
    assert collect(course)[0] == 0
    assert sorted(collected(course)) == [
        "12345/attention/attention.ipynb", "2/attention/attention.ipynb",
    ]  # fmt: skip


def test_two_of_one_name_stay_two_and_the_roster_knows_its_own(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        book.add_student("eve", lms_user_id="3", first_name="E.", last_name="Adams")
    people = [f"Anna Schmidt_{number}" for number in (1, 2)] + ["Eve Adams_3"]
    archive(course, **{MOODLE.format(one): NOTEBOOK for one in people})
    assert collect(course)[0] == 0
    assert {path.split("/")[0] for path in collected(course)} == {"1", "2", "eve"}
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        names = [(one.id, one.first_name, one.last_name) for one in book.students]
    anna = "Anna", "Schmidt"
    assert sorted(names) == [("1", *anna), ("2", *anna), ("eve", "E.", "Adams")]


def test_two_numbers_that_lead_to_one_student_are_not_mixed(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        book.add_student("7", lms_user_id="3")
    archive(course, **{MOODLE.format(one): one for one in ("Ada_3", "Bob_7", "Cleo_8")})
    status, said = collect(course)
    assert status == 1
    assert "Bob_7" in said
    assert collected(course) == {
        "7/attention/attention.ipynb": b"Ada_3",
        "8/attention/attention.ipynb": b"Cleo_8",
    }


def test_of_several_uploads_the_newest_counts_and_the_others_lie_beside_it(course):
    uploads = {9: "attention-1.ipynb", 10: "attention-2.ipynb", 8: "attention.ipynb"}
    archive(course, **{f"ada_1_{number}_{name}": str(number) for number, name in uploads.items()})
    assert collect(course)[0] == 0
    assert collected(course) == {
        "1/attention/attention.ipynb": b"10",
        "1/attention/attention-1.ipynb": b"9",
        "1/attention/other-attention.ipynb": b"8",
    }


def test_what_cannot_be_collected_is_named_and_stops_nobody_else(course):
    folder = archive(
        course,
        **{
            MOODLE.format("Ada_1"): NOTEBOOK,
            "Bob_2_assignsubmission_file_/essay.pdf": b"",
            "Cleo_3_assignsubmission_file_/my_homework.ipynb": NOTEBOOK,
            "Team Blue_assignsubmission_file_/attention.ipynb": NOTEBOOK,
            "Dan_4_assignsubmission_onlinetext_/onlinetext.html": b"ignored",
            "__MACOSX/Ada_1_assignsubmission_file_/._attention.ipynb": b"ignored",
            "../../evil_5_6_attention.ipynb": NOTEBOOK,
        },
    )
    (folder / "broken.zip").write_bytes(b"PK no archive")
    status, said = collect(course)
    assert status == 1
    said = said.split("Not collected:")[1]
    for one, why in {
        "all.zip/Bob_2_assignsubmission_file_/essay.pdf": "no notebook with a name by Moodle",
        "all.zip/Cleo_3_assignsubmission_file_/my_homework.ipynb": "asks for attention.ipynb",
        "all.zip/Team Blue_assignsubmission_file_/attention.ipynb": "nothing says who is in it",
        "all.zip/Dan_4_assignsubmission_onlinetext_/onlinetext.html": "typed into Moodle",
        "all.zip/../../evil_5_6_attention.ipynb": "its path leads out of the archive",
        "broken.zip": "cannot be read as a ZIP archive",
    }.items():
        (line,) = [line for line in said.splitlines() if f" - {one}: " in line]
        assert why in line
    assert "MACOSX" not in said
    assert set(collected(course)) == {"1/attention/attention.ipynb"}


@pytest.mark.parametrize("there", [False, True])
def test_nothing_to_collect_is_a_failure(course, there):
    if there:
        (course / "downloaded/attention/archive").mkdir(parents=True)
    status, said = collect(course)
    assert status == 1
    assert "downloaded/attention/archive" in said
    assert "Put the archive that Moodle or Canvas gives there" in said


def test_a_second_archive_needs_force_and_then_replaces(course):
    archive(course, **{MOODLE.format("Ada_1"): b"old"})
    assert collect(course)[0] == 0
    archive(course, **{MOODLE.format("Ada_1"): b"new"})
    assert collect(course)[0] == 1
    assert collect(course, "--force")[0] == 0
    assert collected(course) == {"1/attention/attention.ipynb": b"new"}
