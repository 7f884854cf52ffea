"""The wrong kind of file: a sentence says what it is, and which command takes it."""

import io
import zipfile

import pytest

from nbjudge.course import RubricError
from nbjudge.platforms.archive import Archive
from nbjudge.platforms.sheet import Sheet


def packed(*names):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        for name in names:
            opened.writestr(name, "x")
    return written.getvalue()


FILES = {
    "archive": packed("lovelaceada_1_2_week1.ipynb"),
    "workbook": packed("[Content_Types].xml", "xl/workbook.xml"),
    "workbook of LibreOffice": packed("mimetype").replace(
        b"mimetypex", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    ),
    "old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
    "rar": b"Rar!\x1a\x07\x01\x00" + bytes(99),
    "notebook": b'{\n "cells": [],\n "metadata": {}}',
    "page": b"\n<!DOCTYPE html>\n<html><body>Log in, please</body></html>",
    "pdf": b"%PDF-1.7\n%\xe2\xe3",
    "table": b"id,name\nada,Ada\n",
    "table of Excel": "id\tname\nada\tAda\n".encode("utf-16"),
}
NO_TABLE = {
    "archive": "is a ZIP archive, and no table. 'nbjudge import given ASSIGNMENT' takes",
    "workbook": "is a workbook of a spreadsheet program. Take the CSV file",
    "workbook of LibreOffice": "is a workbook of a spreadsheet program",
    "old workbook": "is a workbook of a spreadsheet program",
    "rar": "is an archive, and no table",
    "notebook": "is a notebook, and no table",
    "page": "is a web page. Platforms give one in the place of a file to who is not logged in",
    "pdf": "is a PDF file, and no table",
}
NO_ARCHIVE = {
    "table": "is a table, and no archive. 'nbjudge roster given' takes a list of students",
    "table of Excel": "is a table, and no archive",
    "workbook": "is a workbook of a spreadsheet program",
    "old workbook": "is a workbook of a spreadsheet program",
    "rar": "is an archive, and no ZIP archive",
    "notebook": "is one notebook, and no archive. Put it into submitted/STUDENT/ASSIGNMENT/",
    "page": "is a web page",
    "pdf": "is a PDF file, and no archive",
}


@pytest.fixture
def given(tmp_path):
    def given(kind):
        (tmp_path / "given").write_bytes(FILES[kind])
        return tmp_path / "given"

    return given


@pytest.mark.parametrize("kind", NO_TABLE)
def test_a_file_in_the_place_of_a_table_is_named(given, kind):
    with pytest.raises(RubricError) as refused:
        Sheet.read(given(kind))
    assert f"/given {NO_TABLE[kind]}" in str(refused.value)


@pytest.mark.parametrize("kind", NO_ARCHIVE)
def test_a_file_in_the_place_of_an_archive_is_named(given, kind):
    with pytest.raises(RubricError) as refused:
        Archive(given(kind))
    assert f"/given {NO_ARCHIVE[kind]}" in str(refused.value)


def test_what_is_right_is_read(given):
    assert Sheet.read(given("table")).header == ["id", "name"]
    assert Sheet.read(given("table of Excel")).header == ["id", "name"]
    assert [one.where for one in Archive(given("archive")).files] == ["lovelaceada_1_2_week1.ipynb"]
