"""Names in an archive: whose a file is, and what the student called it."""

import pytest

from nbjudge.platforms.entries import NotTaken, fold, names, readings


@pytest.mark.parametrize(
    ("where", "number", "path"),
    [
        ("Ada Lovelace_12_assignsubmission_file/week1.ipynb", "12", "week1.ipynb"),
        ("Ada Lovelace_12_assignsubmission_file_/week1.ipynb", "12", "week1.ipynb"),
        ("Ada Lovelace_12_assignsubmission_file_week1.ipynb", "12", "week1.ipynb"),
        ("Ada_12_assignsubmission_file_/my work/a_b.ipynb", "12", "my work/a_b.ipynb"),
        ("all/陈 小明_8_assignsubmission_file_/week1.ipynb", "8", "week1.ipynb"),
        ("حداد ليلى_9_assignsubmission_file_week1.ipynb", "9", "week1.ipynb"),
        ("lovelaceada_12_67890_week1.ipynb", "12", "week1.ipynb"),
        ("lovelaceada_LATE_12_67890_week1-2.ipynb", "12", "week1-2.ipynb"),
        ("group_blue_7_12_67890_my_work_1.ipynb", "7", "67890_my_work_1.ipynb"),
        ("LATE_anon_aB3d_6_week1.ipynb", "anon_aB3d", "week1.ipynb"),
        ("anon_aB3d_6_week1.ipynb", "anon_aB3d", "week1.ipynb"),
        ("12_67890_week1.ipynb", "12", "week1.ipynb"),
    ],
)
def test_a_name_says_whose_a_file_is(where, number, path):
    entry = readings(where)[0]
    assert (entry.number, str(entry.path)) == (number, path)


def test_a_name_that_ends_in_a_number_reads_in_each_way():
    found = [(one.person, one.number, str(one.path)) for one in readings("anna_5_77_88_f.ipynb")]
    assert found == [("anna", "5", "88_f.ipynb"), ("anna_5", "77", "f.ipynb")]


@pytest.mark.parametrize(
    "where",
    [
        "ada_1_2_work.zip/Bob_7_assignsubmission_file/week1.ipynb",
        "ada_1_2_work.zip/bob_7_8_week1.ipynb",
        "Ada_1_assignsubmission_file/Bob_7_assignsubmission_file/week1.ipynb",
        "Ada_1_assignsubmission_file/bob_7_8_week1.ipynb",
    ],
)
def test_what_a_student_named_below_says_nothing(where):
    assert {one.number for one in readings(where)} == {"1"}


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("Default team_assignsubmission_file/week1.ipynb", "default group"),
        ("Ada_4_assignsubmission_onlinetext_/onlinetext.html", "typed into Moodle"),
        ("lovelaceada_12_text.html", "a text that was typed into Canvas"),
        ("lovelaceada_LATE_12_99_link.html", "a link that was typed into Canvas"),
        ("week1.ipynb", "none that Moodle or Canvas gives"),
        ("__MACOSX/Ada_1_assignsubmission_file/._week1.ipynb", None),
        ("Ada_1_assignsubmission_file/.DS_Store", None),
        ("Thumbs.db", None),
    ],
)
def test_what_is_no_file_of_a_student_is_named_and_what_is_nobodys_is_not(where, why):
    with pytest.raises(NotTaken) as told:
        readings(where)
    assert why in str(told.value) if why else str(told.value) == ""


@pytest.mark.parametrize(
    "name",
    [
        "week1.ipynb", "Week1.ipynb", "week1-2.ipynb", "week1 (1).ipynb", "week1(1).ipynb",
        "week1-Copy1.ipynb", "week1 copy.ipynb", "week1 copy 2.ipynb", "week1.ipynb.txt",
        "week1-1 (2).ipynb", "week1 (1).ipynb.txt",
    ],
)  # fmt: skip
def test_what_is_put_behind_a_name_is_known(name):
    assert "week1.ipynb" in names(name)


def test_a_number_that_is_part_of_the_name_stays_first():
    assert names("week-2.ipynb") == ["week-2.ipynb", "week.ipynb"]
    assert names("e\u0301tude.ipynb") == ["\u00e9tude.ipynb"]


def test_a_name_is_compared_as_canvas_writes_it():
    assert fold("O'Brien-Müller, Ana-Lucía") == "obrienmülleranalucía"
    assert fold("e\u0301") == fold("\u00c9")
