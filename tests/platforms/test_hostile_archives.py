"""No archive gets out of its place, fills the machine, or stops the others: refused by name."""

import random
import stat
import zipfile
from contextlib import nullcontext

import pytest
from support.course import nbjudge
from support.platforms import hostile
from support.platforms.hostile import MB, packed
from support.platforms.people import book, notebook

GOOD = "müllerana_102_1_week1.ipynb"
BAD = "lovelaceada_101_2_week1.ipynb"
ADA, NOTEBOOK = "lovelaceada_101_2_work.zip", notebook()
INNER = [("week1.ipynb", NOTEBOOK)]


def files(course):
    folder = course / "submitted"
    found = folder.rglob("*") if folder.exists() else ()
    return sorted(str(one.relative_to(folder)) for one in found if not one.is_dir())


def take(course, content, *options):
    (course / "all.zip").write_bytes(content)
    before = {one for one in course.parent.rglob("*") if "submitted" not in one.parts}
    done = nbjudge("import", "all.zip", "week1", "--yes", *options, cwd=course, check=False)
    after = {one for one in course.parent.rglob("*") if "submitted" not in one.parts}
    assert after == before  # nothing was written elsewhere
    assert "Traceback" not in done.stderr
    return done


# What is beside one good submission, and what is said of it.
BESIDE = {
    "a way up": ([("../../lovelaceada_101_2_week1.ipynb", NOTEBOOK)], "leads out"),
    "a way up within": ([("x/../../lovelaceada_101_2_week1.ipynb", NOTEBOOK)], "leads out"),
    "a way up with backslashes": ([("..\\..\\lovelaceada_101_2_week1.ipynb", b"")], "leads out"),
    "an absolute path": ([("/tmp/lovelaceada_101_2_week1.ipynb", NOTEBOOK)], "leads out"),
    "a drive": ([("C:\\lovelaceada_101_2_week1.ipynb", NOTEBOOK)], "leads out"),
    "a share": ([("\\\\host\\lovelaceada_101_2_week1.ipynb", NOTEBOOK)], "leads out"),
    "a link": ([hostile.link(BAD)], "a link or a device"),
    "a device": ([hostile.link(BAD, b"", stat.S_IFCHR)], "a link or a device"),
    "a pipe": ([hostile.link(BAD, b"", stat.S_IFIFO)], "a link or a device"),
    "one name twice": ([(BAD, NOTEBOOK), (BAD, b"other")], "twice"),
    "too large a file": ([(BAD, hostile.zeros(51))], "larger than 50 MB"),
    "a bomb": ([(BAD, hostile.zeros(40))], "more than 200 times"),
    "a bomb within": ([(ADA, packed([("week1.ipynb", hostile.zeros(40))]))], "200 times"),
    "a large archive within": (
        [(ADA, packed([(f"{n}.ipynb", hostile.zeros(20)) for n in range(3)]))], "more than 50 MB"),
    "many files within": ([(ADA, hostile.many(1001))], "more than 1000 files"),
    "an archive within one within": (
        [(ADA, packed([("inner.zip", packed(INNER))]))], "an archive within"),
    "an archive that is none": ([(ADA, b"PK no archive")], "no ZIP archive"),
    "an archive cut short": ([(ADA, packed(INNER)[:-30])], "no ZIP archive"),
    "a way up within an archive": ([(ADA, packed([("../../week1.ipynb", b"")]))], "leads out"),
    "a link within an archive": ([(ADA, packed([hostile.link("week1.ipynb")]))], "a link or"),
    "an encrypted archive": ([(ADA, hostile.with_flag(packed(INNER), 1))], "encrypted"),
    "a damaged file within": ([(ADA, hostile.damaged(packed(INNER)))], "damaged"),
    "a control character": ([("lovelaceada_101_2_\x1b[2Jweek1.ipynb", b"")], "control characters"),
    "a text that was typed": ([("lovelaceada_101_text.html", b"")], "typed into Canvas"),
    "another's folder within": (
        [(ADA, packed([("müllerana_102_9_week1.ipynb", b"forged")]))], "the assignment asks for"),
    "a name without a number": ([("week1.ipynb", NOTEBOOK)], "none that Moodle or Canvas gives"),
    "a stranger": ([("nobody_999_2_week1.ipynb", NOTEBOOK)], "Canvas's id 999"),
}  # fmt: skip


@pytest.mark.parametrize("case", BESIDE)
def test_what_is_refused_is_named_and_stops_nobody_else(enrolled, case):
    beside, says = BESIDE[case]
    with pytest.warns() if case == "one name twice" else nullcontext():
        content = packed([(GOOD, NOTEBOOK), *beside])
    done = take(enrolled, content)
    told = " ".join(done.stdout.split())
    assert says in told
    assert "\x1b" not in done.stdout
    assert (done.returncode, files(enrolled)) == (1, ["ana/week1/week1.ipynb"])
    assert (enrolled / "submitted/ana/week1/week1.ipynb").read_bytes() == NOTEBOOK


# Archives that are refused as a whole, and what is said of them.
WHOLE = {
    "no archive": (b"<html>log in</html>", "is a web page"),
    "empty": (b"", "cannot be read as a ZIP archive"),
    "cut short": (packed([(GOOD, NOTEBOOK)])[:-10], "cannot be read as a ZIP archive"),
    "without files": (packed([]), "holds no file"),
    "of nobody": (packed([("week1.ipynb", NOTEBOOK)]), "holds no file"),
    "of two platforms": (
        packed([(GOOD, NOTEBOOK), ("Ada_1_assignsubmission_file/week1.ipynb", NOTEBOOK)]),
        "both Moodle and Canvas"),
    "of 100,000 files": (hostile.many(100_000), "holds 100000 files"),
    "upon one another": (hostile.upon_one_another(200), "lie upon one another"),
    "of forty bombs": (
        packed([(f"ada_101_{n}_f.bin", hostile.zeros(40)) for n in range(40)]), "unpacks to 2 GB"),
}  # fmt: skip


@pytest.mark.parametrize("case", WHOLE)
def test_an_archive_that_no_platform_made_is_refused_whole(enrolled, case):
    content, says = WHOLE[case]
    done = take(enrolled, content)
    assert says in " ".join((done.stdout + done.stderr).split())
    assert "all.zip" in done.stderr
    assert (done.returncode, files(enrolled)) == (1, [])


# The one file of one student, which is not read.
ALONE = {
    "cut at the front": (packed([(BAD, NOTEBOOK)])[40:], "it is damaged"),
    "encrypted": (hostile.with_flag(packed([(BAD, NOTEBOOK)]), 1), "it is encrypted"),
    "damaged": (hostile.damaged(packed([(BAD, NOTEBOOK)])), "it is damaged"),
    "longer than it says": (hostile.with_size(packed([(BAD, NOTEBOOK)]), 10), "it is damaged"),
    "shorter than it says": (hostile.with_size(packed([(BAD, NOTEBOOK)]), 999), "it is damaged"),
    "by bzip2": (packed([(BAD, NOTEBOOK)], zipfile.ZIP_BZIP2), "method that is not read"),
    "by LZMA": (packed([(BAD, NOTEBOOK)], zipfile.ZIP_LZMA), "method that is not read"),
    "a time alone": (packed([("ada_101_2_timestamp.txt", b"2020")]), "the assignment asks for"),
}


@pytest.mark.parametrize("case", ALONE)
def test_a_file_that_cannot_be_read_is_no_submission(enrolled, case):
    content, says = ALONE[case]
    done = take(enrolled, content)
    assert says in " ".join((done.stdout + done.stderr).split())
    assert (done.returncode, files(enrolled)) == (1, [])


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("Müller Ana-Lucía", "cp437"), ("陈 小明", "utf-8"), ("ליל", "utf-8"), ("Ñandú", "cp1252")],
)
def test_names_of_old_programs_are_read_by_their_number(empty, name, encoding):
    with book(empty) as opened:
        opened.add_student("ada", lms_user_id="101")
    done = take(empty, hostile.in_old_encoding(f"{name}_101_2_week1.ipynb", encoding))
    assert (done.returncode, files(empty)) == (0, ["ada/week1/week1.ipynb"])


def test_a_students_time_and_secret_are_not_taken(enrolled):
    beside = [
        ("lovelaceada_101_3_timestamp.txt", b"2020-01-01 00:00:00 UTC"),
        ("lovelaceada_101_4_submission_secret.txt", b"1"),
        ("lovelaceada_101_5_data.csv", b"1,2"),
        ("lovelaceada_101_6_Data.csv", b"1,2"),
        ("lovelaceada_101_7_.hidden", b""),
    ]
    done = take(enrolled, packed([(BAD, NOTEBOOK), *beside]))
    assert files(enrolled) == ["ada/week1/data.csv", "ada/week1/week1.ipynb"]
    told = " ".join(done.stdout.split())
    assert told.count("a student's is not believed") == 2
    assert "but for the case of letters" in told


def test_the_largest_file_that_is_read(enrolled):
    """A notebook of many pictures is no bomb."""
    content = b'{"cells": []}' + random.Random(0).randbytes(4 * MB)
    assert take(enrolled, packed([(GOOD, content)])).returncode == 0
