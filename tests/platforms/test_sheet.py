"""A CSV file of a platform is read cell by cell, and only the cells that are named change."""

import csv
import io
import random

import pytest
from support.sampling import sample_seed

from nbjudge.course import RubricError
from nbjudge.platforms.sheet import Sheet

NAMES = [
    "Ana",
    "Müller, Ana-Lucía",
    'Ann "Annie" Lee',
    "李 雷",
    "عمر",
    "two\nlines",
    "=1+1",
    "",
    "  ",
]


@pytest.fixture
def read(tmp_path):
    """Write bytes, or a text in UTF-8, to a file, and read it."""

    def read(data):
        file = tmp_path / "grades.csv"
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
        return Sheet.read(file)

    return read


def written(rows, separator=",", line_end="\r\n", quoting=csv.QUOTE_MINIMAL):
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("bom", [True, False])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_it_reads_what_a_csv_writer_writes(read, bom, line_end, separator, quoting):
    rows = [["Student", "ID", "Task (1)"], *([name, str(place), "9.5"] for place, name in
            enumerate(NAMES))]  # fmt: skip
    text = written(rows, separator, line_end, quoting)
    found = read(text.encode("utf-8-sig" if bom else "utf-8"))
    assert (found.header, found.rows) == (rows[0], rows[1:])
    assert (found.separator, found.encoding, found.marked) == (separator, "utf-8", bom)


@pytest.mark.parametrize(
    ("encoding", "mark", "name"),
    [
        ("utf-16-le", b"\xff\xfe", "李"),
        ("utf-16-be", b"\xfe\xff", "عمر"),
        ("cp1252", b"", "Müller"),
    ],
)
def test_it_reads_the_encodings_of_excel(read, encoding, mark, name):
    data = mark + f"Student;ID\r\n{name};7\r\n".encode(encoding)
    found = read(data)
    assert (found.rows, found.encoding) == ([[name, "7"]], encoding)
    assert found.with_cells({(0, 1): "8"}) == mark + f"Student;ID\r\n{name};8\r\n".encode(encoding)


def test_only_the_named_cells_change(read):
    text = 'a,"b",c\r\n"x, y","",  z \n\n"1\r\n2",,3\r4,5,6'
    found = read("\ufeff" + text)
    changed = found.with_cells({(0, 1): "93.5", (1, 1): 'he said "no"', (2, 2): "é"})
    assert changed.decode("utf-8") == (
        '\ufeffa,"b",c\r\n"x, y","93.5",  z \n\n"1\r\n2","he said ""no""",3\r4,5,é'
    )
    assert found.with_cells({}).decode("utf-8") == "\ufeff" + text


def test_random_files_are_read_as_pythons_reader_reads_them_and_change_in_one_cell(read):
    random_ = random.Random(sample_seed())
    for _ in range(60):
        separator, line_end = random_.choice(",;\t"), random_.choice(["\r\n", "\n"])
        width = random_.randint(2, 7)
        head = [f"column {place}" for place in range(width)]
        pick = [*NAMES, "a" * 40, separator, "93.50", '"', "\r\n"]
        rows = [[random_.choice(pick) for _ in range(width)] for _ in range(random_.randint(1, 9))]
        text = written([head, *rows], separator, line_end)
        found = read(text)
        assert found.rows == rows
        row, column = random_.randrange(len(rows)), random_.randrange(width)
        new = random_.choice(pick)
        again = read(found.with_cells({(row, column): new}))
        rows[row][column] = new
        assert again.rows == rows


def test_the_line_ends_of_old_macs_are_line_ends(read):
    assert read("a,b\r1,2\r3,4").rows == [["1", "2"], ["3", "4"]]


def test_a_row_knows_its_line(read):
    found = read('a,b\n"one\ntwo",2\n\n3,4\n')
    assert found.lines == [2, 5]
    assert found.where(1) == "grades.csv, line 5"


def test_a_new_text_without_quotes_in_a_cell_without_quotes_has_none(read):
    assert read("a,b\n1,2\n").with_cells({(0, 0): "93.5"}) == b"a,b\n93.5,2\n"


HOSTILE = {
    "nothing": (b"", "is empty"),
    "line ends alone": (b"\r\n\r\n\n", "is empty"),
    "a byte order mark alone": (b"\xef\xbb\xbf", "is empty"),
    "zero bytes": (b"a,b\n\0\0,1\n", "zero bytes"),
    "a zip archive": (b"PK\x03\x04\x14\x00\x00\x00\x08\x00", "is a ZIP archive, and no table"),
    "an xlsx renamed to csv": (
        b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "is a workbook"),
    "utf-16 without a mark": ("a,b\n1,2\n".encode("utf-16-le"), "zero bytes"),
    "half of utf-16": (b"\xff\xfea", "utf-16-le, and does not go on so"),
    "a lone surrogate": (b"\xff\xfe\x00\xd8a\x00", "utf-16-le, and does not go on so"),
    "a broken mark": (b"\xef\xbb\xbfa,b\n\xff,1\n", "utf-8, and does not go on so"),
    "no encoding": (b"a,b\n\x81\x8d,1\n", "neither UTF-8 nor cp1252"),
    "overlong utf-8 of a slash": (b"a,b\n\xc0\xaf\x81,1\n", "neither UTF-8 nor cp1252"),
    "an open quote": (b'a,b\n"1,2\n3,4\n', "line 2: a quotation mark opens a cell"),
    "an open quote at the end": (b'a,b\n1,"', "line 2: a quotation mark opens a cell"),
    "an odd number of quotes": (b'a,b\n1,"""\n', "line 2: a quotation mark opens a cell"),
    "text behind a quote": (b'a,b\n"1"x,2\n', "line 2: behind the closing quotation mark"),
    "a quote by backslash": (b'a,b\n"1\\"x",2\n', "line 2: behind the closing quotation mark"),
    "a quote in a cell": (b'a,b\n1"x,2\n', "line 2: a quotation mark stands in the middle"),
    "a formula by Excel": (b'a,b\n="1",2\n', "line 2: a quotation mark stands in the middle"),
    "more columns than any": (b"," * 3000 + b"\n1\n", "more than 2,000 columns"),
    "a wide row below": (b"a,b\n" + b"1," * 3000, "line 2: it has more than 2,000 columns"),
    "Canvas's own example of no csv": (
        b'"1,asdf,fdsa \\"rew qwer q\\" ljhg,zxcv"\n<xml>\n', "line 1: behind the closing"),
    "a line number behind many lines": (b'a\n"1\n2\n3"\n\n4"\n', "line 6: a quotation mark"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_csv_is_refused_with_its_place(read, name):
    data, told = HOSTILE[name]
    with pytest.raises(RubricError) as refused:
        read(data)
    assert "grades.csv" in str(refused.value)
    assert told in str(refused.value)


HARMLESS = {
    "control characters": b"a,b\n\x1b[31m,\x07\n",
    "a formula": b"a,b\n=cmd|' /C calc'!A0,2\n",
    "paths": b"a,b\n../../etc/passwd,/etc/passwd\n",
    "right to left": "a,b\n\u202egnp.exe,2\n".encode(),
    "line separators of Unicode": "a,b\n1\u20282\x852,\x0b3\n".encode(),
    "ten thousand empty lines": b"a,b\n" + b"\r\n" * 10_000 + b"1,2\n",
    "ten thousand quotes": b'a,b\n"' + b'""' * 10_000 + b'",2\n',
    "a long cell": b"a,b\n" + b"x" * 1_000_000 + b",2\n",
    "short rows": b"a,b,c\n1\n1,2\n",
    "long rows": b"a\n1,2,3\n",
    "no line end": b"a,b\n1,2",
    "a separator in quotes": b'"a;b;c;d",e\n1,2\n',
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_odd_is_read_and_kept_byte_by_byte(read, name):
    found = read(HARMLESS[name])
    assert found.with_cells({}) == HARMLESS[name]
    assert len(found.rows) in (1, 2)


def test_a_cell_that_a_row_lacks_is_read_as_empty_and_never_written(read):
    found = read("a,b,c\n1\n")
    assert found.cell(0, 2) == found.cell(0, None) == ""
    with pytest.raises(RubricError, match=r"line 2: the row has 1 cells, and the header 3"):
        found.with_cells({(0, 2): "9"})


def test_a_text_that_the_encoding_cannot_write_is_refused(read):
    with pytest.raises(RubricError, match="cp1252, which has no '李'"):
        read("a,b\nM\xfcller,2\n".encode("cp1252")).with_cells({(0, 1): "李"})


def test_a_huge_file_is_refused_before_it_is_read(read, tmp_path):
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(2**40)  # a hole, which takes no room
    with pytest.raises(RubricError, match="1,048,576 MB; 16 MB are read at most"):
        Sheet.read(tmp_path / "huge.csv")


@pytest.mark.parametrize("name", ["missing.csv", "../."])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(RubricError, match=r"cannot be read .* Check its path"):
        Sheet.read(tmp_path / name)
