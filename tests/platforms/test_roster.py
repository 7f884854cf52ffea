"""`nbjudge roster`: who is new, what changed, who is gone; rows that are unclear, by line."""

import pytest
from support.course import nbjudge, run
from support.platforms import canvas, moodle
from support.platforms.people import LEARNERS, book

from nbjudge.course import RubricError
from nbjudge.platforms.roster import roster


@pytest.fixture
def listed(tmp_path):
    """Write a file, and read it as a list of students."""

    def listed(text, column=None, encoding="utf-8"):
        file = tmp_path / "list.csv"
        file.write_bytes(text.encode(encoding))
        return roster(file, column)

    return listed


def known(course):
    with book(course) as opened:
        return {
            one.id: (one.first_name, one.last_name, one.email, one.lms_user_id)
            for one in opened.students
        }


def write(course, text, encoding="utf-8"):
    (course / "list.csv").write_bytes(text.encode(encoding))


def enrol(course, *options, check=True):
    return nbjudge("roster", "list.csv", "--yes", *options, cwd=course, check=check)


def told(done):
    return " ".join((done.stdout + done.stderr).split())


def test_the_command_as_a_user_runs_it(empty):
    write(empty, canvas.gradebook(LEARNERS[:2]))
    done = run("nbjudge", "roster", "list.csv", "--dry-run", cwd=empty)
    assert "nbgrader's student id is 'SIS Login ID'" in done.stdout
    assert "Students: 2 new, 0 changed, 0 as they were, 0 gone." in done.stdout
    assert "Nothing is written." in done.stdout
    assert known(empty) == {}


def test_canvas_gives_names_and_its_own_ids(empty):
    write(empty, canvas.gradebook(LEARNERS))
    done = enrol(empty)
    assert known(empty) == {one.login: (one.first, one.last, None, one.number) for one in LEARNERS}
    assert "Canvas's test student" in done.stdout
    assert "0 new, 0 changed, 8 as they were, 0 gone" in told(enrol(empty))


def test_moodles_worksheet_gives_names_and_addresses(empty):
    write(empty, moodle.worksheet(LEARNERS))
    assert "what stands before the @ in 'Email address'" in told(enrol(empty))
    found = known(empty)
    assert found["ada"] == ("Ada", "Lovelace", "ada@example.edu", None)
    assert found["seamus"] == ("Séamus", "O'Brien", "seamus@example.edu", None)


@pytest.mark.parametrize("header", [
    "Vorname,Nachname,Anmeldename,E-Mail-Adresse",
    "Prénom,Nom de famille,Nom d’utilisateur,Adresse de courriel",
    "Nombre,Apellido(s),Nombre de usuario,Dirección de correo",
    "Nome,Cognome,Username,Indirizzo email",
    "Voornaam,Achternaam,Gebruikersnaam,E-mailadres", "First name,Surname,Username,Email address",
    "first_name,last_name,id,email", "名,姓,ユーザ名,メールアドレス",
])  # fmt: skip
def test_columns_are_known_in_many_languages(listed, header):
    (one,) = listed(f"{header}\nAna,Müller,ana,a@example.edu\n").students
    assert (one.student, one.first, one.last, one.email) == (
        "ana", "Ana", "Müller", "a@example.edu",
    )  # fmt: skip


def test_what_a_spreadsheet_saved_is_read(listed):
    text = "id;last_name;first_name\r\nana;Müller;Ana-Lucía\r\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        (one,) = listed(text, encoding=encoding).students
        assert (one.student, one.last) == ("ana", "Müller")


def test_a_change_says_from_what_to_what_and_nobody_is_removed(enrolled):
    ada, ana = LEARNERS[:2]
    write(enrolled, f"id,first_name,last_name,email,lms_user_id\nada,Ada,King,,{ada.number}\n"
          f"ana,{ana.first},{ana.last},{ana.email},{ana.number}\nzoe,Zoë,Zed,,\n")  # fmt: skip
    done = enrol(enrolled)
    assert "last name 'Lovelace' → 'King'" in told(done)
    assert "1 new, 1 changed, 1 as they were, 6 gone" in told(done)
    found = known(enrolled)
    assert found["ada"] == ("Ada", "King", ada.email, ada.number)  # the empty cell takes nothing
    assert set(found) == {one.login for one in LEARNERS} | {"zoe"}


def test_who_has_the_platforms_id_keeps_the_id_of_nbgrader(enrolled):
    write(enrolled, canvas.gradebook(LEARNERS[:1]).replace(",ada,", ",alovelace,"))
    enrol(enrolled)
    assert "alovelace" not in known(enrolled)


def test_a_new_student_with_the_name_of_one_who_is_gone_is_asked_about(empty):
    write(empty, "id,first_name,last_name\nada,Ada,Lovelace\n")
    enrol(empty)
    write(empty, "id,first_name,last_name\nalovelace,Ada,Lovelace\n")
    assert "ada, who is not in the file, has this name: the same person?" in told(
        enrol(empty, "--dry-run")
    )


def test_two_of_one_name_are_two(empty):
    write(empty, canvas.gradebook(LEARNERS[6:]))
    enrol(empty)
    assert set(known(empty)) == {"anna", "anna2"}


def test_another_column_is_named(listed):
    text = canvas.gradebook(LEARNERS[:1])
    assert listed(text, "SIS User ID").students[0].student == "S101"
    with pytest.raises(RubricError, match="line 1: --id names 'Nope', and the columns are Student"):
        listed(text, "Nope")


def test_a_name_that_begins_like_a_formula_is_a_name(listed):
    (one,) = listed('Student,ID,SIS Login ID,Section\n"=""=cmd""",1,eve,A\n').students
    assert (one.first, one.last) == ("", "=cmd")


# A row below the header, and what is said of it.
ROWS = {
    "no id": (",Ada,Lovelace,", "nothing stands in 'id'"),
    "a cut number": ("1.23457E+11,Ada,Lovelace,", "a number that a spreadsheet cut"),
    "a cut number of the platform": ("ada,Ada,Lovelace,1.2E+15", "a spreadsheet cut"),
    "a way up": ("../ada,Ada,Lovelace,", "can be no student id"),
    "a hidden folder": (".ada,Ada,Lovelace,", "can be no student id"),
    "an option": ("-rf,Ada,Lovelace,", "can be no student id"),
    "a backslash": ("a\\b,Ada,Lovelace,", "can be no student id"),
    "a star": ("*,Ada,Lovelace,", "can be no student id"),
    "a plus": ("ada+eve,Ada,Lovelace,", "can be no student id"),
    "a blank": ("ada eve,Ada,Lovelace,", "can be no student id"),
    "a new line": ('"ada\neve",Ada,Lovelace,', "can be no student id"),
    "a colour": ("ada\x1b[31m,Ada,Lovelace,", "can be no student id"),
    "an order turned around": ("ada\u202eeve,Ada,Lovelace,", "can be no student id"),
    "too long": ("a" * 129 + ",Ada,Lovelace,", "more than 128 letters"),
    "too long a name": ("ada," + "A" * 129 + ",Lovelace,", "more than 128 letters"),
    "another's number": ("ada,Ada,Lovelace,102", "is ana's, and its student id ada's"),
    "zeros eaten": ("7,Ada,Lovelace,", "and '007' is. Spreadsheets take zeros away"),
    "capitals": ("ADA,Ada,Lovelace,", "and 'ada' is."),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_row_that_is_unclear_is_refused_by_line_and_stops_nobody_else(enrolled, case):
    row, says = ROWS[case]
    with book(enrolled) as opened:
        opened.add_student("007")
    before = known(enrolled)
    write(enrolled, f"id,first_name,last_name,lms_user_id\n{row}\nzoe,Zoë,Zed,\n")
    done = enrol(enrolled, check=False)
    assert done.returncode == 1
    assert "list.csv, line 2: " in told(done)
    assert says in told(done)
    assert "\x1b" not in done.stdout
    assert known(enrolled) == before | {"zoe": ("Zoë", "Zed", None, None)}


@pytest.mark.parametrize("student", [
    "=ned", "+ned", "-ned", "@ned", "'ned", ".ned", "n\ted", "ned lee", "ned\u00a0lee", "a/b",
    "a\\b", "..", "ned.", "ned\x07", "ned\u200b", "ned*", "n[ed]", "n{ed}", "$ned", "n;ed", "n,ed",
    "n`ed", "n&ed", "n|ed", "n<ed>", "n%ed", "n:ed", "ned~", "n\ufeffed", "\uff1dned", "n\u202eed",
])  # fmt: skip
def test_what_no_folder_and_no_table_should_hold_is_no_student_id(listed, student):
    found = listed(f'id;first_name\n"{student}";Ned\nzoe;Zoë\n')
    assert [one.student for one in found.students] == ["zoe"]
    (why,) = found.refused.values()
    assert "can be no student id: " in why
    assert "Correct the file, or name another column with --id" in why
    assert why.isprintable()


@pytest.mark.parametrize("student", [
    "a.b-c_d@x.org", "ada", "007", "Ada.Lovelace", "_ada", "o'brien", "müller", "李明", "अदिति",
    "x" * 128,
])  # fmt: skip
def test_ids_as_universities_give_them_are_taken(listed, student):
    found = listed(f"id,first_name\n{student},Ada\n")
    assert [one.student for one in found.students] == [student]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("ada,Ada,L\nada,Eve,M\n", "the student id 'ada' stands in lines 2 and 3"),
        ("07,Ada,L\n7,Eve,M\n", "stands in lines 2 and 3"),
        ("ada,Ada,L\nAda,Eve,M\n", "stands in lines 2 and 3"),
    ],
)
def test_two_rows_of_one_id_are_both_refused(listed, rows, says):
    found = listed(f"id,first_name,last_name\n{rows}")
    assert (found.students, len(found.refused)) == ([], 2)
    assert all(says in why for why in found.refused.values())


def test_a_row_that_stands_there_twice_counts_once(listed):
    assert len(listed("id,first_name\nada,Ada\nada,Ada\n").students) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04\x00\x00", "'nbjudge import list.csv ASSIGNMENT' takes an archive"),
        (b"a,b\n1,2\n", "no column is known to hold nbgrader's student id"),
        (b'id,name\n"ada,Ada\n', "a quotation mark opens a cell"),
        (b"Student,ID,SIS Login ID\n", "no column is known|Section is missing"),
        (b"id,name\n\xff\xfe\x00", "no CSV file"),
    ],
)
def test_a_file_that_is_no_list_is_refused_and_nothing_is_written(enrolled, content, says):
    before = known(enrolled)
    (enrolled / "list.csv").write_bytes(content)
    done = enrol(enrolled, check=False)
    assert done.returncode == 1
    assert any(one in told(done) for one in says.split("|"))
    assert "Traceback" not in done.stderr
    assert known(enrolled) == before
