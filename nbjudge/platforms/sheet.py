"""A table that a platform wrote as CSV: read, and filled in single cells while all else stays.

The csv module of Python writes a whole file anew, with its own quotes and line ends. A platform
reads its own file most surely as it wrote it. So this module knows where each cell stands in the
file, and replaces the cells that it is told to, and nothing between them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nbjudge.course import RubricError
from nbjudge.platforms.kinds import no_table

_MOST_BYTES = 16 * 1024 * 1024
_MOST_COLUMNS = 2_000
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEPARATORS = ",;\t"
_AGAIN = "Download it from the platform again, and do not save it with another program."
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_LINE_END = re.compile(r"\r\n|\r|\n")


class _Cell(NamedTuple):
    """A cell; `start` and `end` are where it stands in the text, its quotes included."""

    text: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True)
class Sheet:
    """A CSV file as it is: the cells, and all that lies between them.

        file        where it was read
        header      the names of the columns, without blanks around them
        rows        the cells of each row below the header; a row may have fewer than the header
        lines       the line of the file where each row begins, counted from 1
        encoding    "utf-8", "utf-16-le", "utf-16-be" or "cp1252"
        separator   a comma, a semicolon or a tab
        marked      whether the file begins with a byte order mark

    Lines without a single character are left out of `rows`.
    """

    file: Path
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    encoding: str
    separator: str
    marked: bool
    _text: str
    _bom: bytes
    _cells: list[list[_Cell]]

    @classmethod
    def read(cls, path: Path) -> "Sheet":
        """Read a file; raises `RubricError`, with file, line, cause and mend, where it is no CSV.

        Without a byte order mark it is UTF-8 where it can be, else cp1252, as Excel writes it. The
        separator is the one that the first line has most of, outside quotes.
        """
        data = _bytes(path)
        if why := no_table(path, data):
            raise RubricError(f"{path} {why}.")
        bom, encoding, text = _decoded(path, data)
        separator = _separator(text)
        records = list(_records(path, text, separator))
        if not records:
            raise RubricError(f"{path} is empty. {_AGAIN}")
        (_, head), *below = records
        return cls(
            file=path,
            header=[cell.text.strip() for cell in head],
            rows=[[cell.text for cell in cells] for _, cells in below],
            lines=[line for line, _ in below],
            encoding=encoding,
            separator=separator,
            marked=bool(bom),
            _text=text,
            _bom=bom,
            _cells=[cells for _, cells in below],
        )

    def cell(self, row: int, column: int | None) -> str:
        """Return the text of a cell, without blanks around it; empty where there is no such cell.

        A `column` of None stands for one that the file does not have.
        """
        if column is None or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column].strip()

    def where(self, row: int) -> str:
        """Return "grades.csv, line 12", for a message on a row."""
        return f"{self.file.name}, line {self.lines[row]}"

    def with_cells(self, texts: Mapping[tuple[int, int], str]) -> bytes:
        """Return the file with other texts in the cells `(row, column)`, every other byte the same.

        A cell keeps its quotes, and gets quotes where its new text needs them. Raises `RubricError`
        where a row has no such column, and where the file's encoding cannot write a text.
        """
        pieces, done = [], 0
        for (row, column), text in sorted(texts.items()):
            if column >= len(self._cells[row]):
                raise RubricError(
                    f"{self.file}, line {self.lines[row]}: the row has {len(self._cells[row])} "
                    f"cells, and the header {len(self.header)}. {_AGAIN}"
                )
            cell = self._cells[row][column]
            pieces += [self._text[done : cell.start], self._written(text, cell.quoted)]
            done = cell.end
        written = "".join([*pieces, self._text[done:]])
        try:
            return self._bom + written.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise RubricError(
                f"{self.file} is in {self.encoding}, which has no '{written[error.start]}'. "
                f"{_AGAIN}"
            ) from error

    def _written(self, text: str, quoted: bool) -> str:
        needs = any(mark in text for mark in f'{self.separator}"\r\n') or text != text.strip()
        return '"' + text.replace('"', '""') + '"' if quoted or needs else text


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise RubricError(
                f"{path} has {size / 2**20:,.0f} MB; {_MOST_BYTES // 2**20} MB are read at most. "
                f"{_AGAIN}"
            )
        return path.read_bytes()
    except OSError as error:
        raise RubricError(f"{path} cannot be read ({error.strerror}). Check its path.") from error


def _decoded(path: Path, data: bytes) -> tuple[bytes, str, str]:
    """Return the byte order mark, the encoding and the text behind the mark."""
    marks = [(bom, encoding) for bom, encoding in _BOMS if data.startswith(bom)]
    tried = marks or [(b"", "utf-8"), (b"", "cp1252")]
    for bom, encoding in tried:
        body = data[len(bom) :]
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise RubricError(f"{path} holds zero bytes, so it is no CSV file. {_AGAIN}")
        if text.encode(encoding) == body:
            return bom, encoding, text
    if marks:
        raise RubricError(f"{path} begins as {marks[0][1]}, and does not go on so. {_AGAIN}")
    raise RubricError(f"{path} is neither UTF-8 nor cp1252, so it is no CSV file. {_AGAIN}")


def _separator(text: str) -> str:
    """Return the separator that the first line has most of, outside quotes."""
    head = _LINE_END.split(_QUOTED.sub("", text.lstrip("\r\n")[:100_000]), maxsplit=1)[0]
    return max(_SEPARATORS, key=head.count)


def _records(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[_Cell]]]:
    """Yield the line where each row begins, and its cells; nothing for an empty line."""
    # A cell and what ends it, by one match: a file may have a hundred thousand of them.
    cell = re.compile(rf'("(?:[^"]|"")*+"|[^{separator}"\r\n]*)({separator}|\r\n|\r|\n|\Z)')
    place, line, began, cells = 0, 1, 1, list[_Cell]()
    while True:
        found = cell.match(text, place)
        if found is None:
            raise RubricError(f"{path}, line {line}: {_misplaced(text, place)} {_AGAIN}")
        written, place = found[1], found.end()
        quoted = written.startswith('"')
        line += len(_LINE_END.findall(written)) if quoted else 0
        told = written[1:-1].replace('""', '"') if quoted else written
        cells.append(_Cell(told, found.start(), found.end(1), quoted))
        if len(cells) > _MOST_COLUMNS:
            raise RubricError(
                f"{path}, line {line}: it has more than {_MOST_COLUMNS:,} columns. {_AGAIN}"
            )
        if found[2] == separator:
            continue
        if len(cells) > 1 or written:
            yield began, cells
        if not found[2] or place == len(text):
            return
        line += 1
        began, cells = line, []


def _misplaced(text: str, place: int) -> str:
    """Return what is wrong with the quotation marks of the cell that begins at `place`."""
    closed = _QUOTED.match(text, place)
    if closed:
        return f"behind the closing quotation mark of a cell stands {text[closed.end()]!r}."
    if text.startswith('"', place):
        return "a quotation mark opens a cell, and nothing closes it."
    return "a quotation mark stands in the middle of a cell."
