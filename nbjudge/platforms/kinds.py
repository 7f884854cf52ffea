"""What a file is that is no table, or no archive: people mix up what they downloaded.

By how the file begins, and never by its name: browsers and students choose names.
"""

import re
from pathlib import Path

ZIP, WORKBOOK, PACKED, NOTEBOOK, PAGE, PDF, TABLE, OTHER = range(8)
_READ = 4096  # bytes
_MAGIC = {
    b"%PDF": PDF,
    b"\xd0\xcf\x11\xe0": WORKBOOK,  # Excel's, before 2007
    b"\x1f\x8b": PACKED,  # gzip
    b"7z\xbc\xaf": PACKED,
    b"Rar!": PACKED,
    b"\xfd7zXZ": PACKED,
    b"BZh": PACKED,
}
# The first file within a workbook of today, behind the 30 bytes that say how it is packed.
_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"mimetypeapplication/vnd.oasis")
_NOTEBOOK = re.compile(rb'\s*\{\s*"(cells|metadata|nbformat)')
_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml)", re.I)
_HEADING = re.compile(rb"[^\r\n]*[,;\t][^\r\n]*")
_WORKBOOK = (
    "is a workbook of a spreadsheet program. Take the CSV file that the platform gives; save a "
    "list of your own as CSV"
)
_PAGE_CAME = (
    "is a web page. Platforms give one in the place of a file to who is not logged in: log in, and "
    "download it again"
)


def no_table(file: Path, data: bytes) -> str:
    """Return what a file is that is no table, and what to do; empty where it may be one."""
    return {
        ZIP: (
            f"is a ZIP archive, and no table. 'nbjudge import {file.name} ASSIGNMENT' takes an "
            "archive of submissions; a list of students or grades is a CSV file"
        ),
        PACKED: "is an archive, and no table. Take the CSV file that the platform gives",
        WORKBOOK: _WORKBOOK,
        NOTEBOOK: "is a notebook, and no table. Take the CSV file that the platform gives",
        PAGE: _PAGE_CAME,
        PDF: "is a PDF file, and no table. Take the CSV file that the platform gives",
    }.get(_kind(data), "")


def no_archive(file: Path) -> str:
    """Return what a file is that is no ZIP archive, and what to do; empty where it may be one."""
    with file.open("rb") as opened:
        data = opened.read(_READ)
    return {
        TABLE: (
            f"is a table, and no archive. 'nbjudge roster {file.name}' takes a list of students; "
            f"Moodle's worksheet goes beside the archive, as --worksheet {file.name}; 'nbjudge "
            "export' fills a platform's file with grades"
        ),
        PACKED: "is an archive, and no ZIP archive. Take the one that Moodle or Canvas gives",
        WORKBOOK: _WORKBOOK,
        NOTEBOOK: (
            "is one notebook, and no archive. Put it into submitted/STUDENT/ASSIGNMENT/, and run "
            "'nbjudge autograde ASSIGNMENT'"
        ),
        PAGE: _PAGE_CAME,
        PDF: "is a PDF file, and no archive. Take the archive that Moodle or Canvas gives",
    }.get(_kind(data), "")


def _kind(data: bytes) -> int:
    """Return what a file is, as far as its beginning says."""
    head = data[:_READ]
    if head.startswith(b"PK"):
        return WORKBOOK if head[30:].startswith(_PARTS) else ZIP
    if found := [kind for magic, kind in _MAGIC.items() if head.startswith(magic)]:
        return found[0]
    if _NOTEBOOK.match(head):
        return NOTEBOOK
    if _PAGE.match(head):
        return PAGE
    marked = head.startswith((b"\xff\xfe", b"\xfe\xff"))  # UTF-16
    plain = head.replace(b"\0", b"") if marked else head
    return TABLE if b"\0" not in plain and _HEADING.match(plain) else OTHER
