"""Pages of feedback as the ZIP that Moodle takes (*Upload multiple feedback files in a zip*).

Moodle reads whose a file is from its folder, `<anything>_<participant>_assignsubmission_file`
(moodle/moodle, `mod/assign/feedback/file/importziplib.php`). A page is one file: its pictures are
in it, and nothing is loaded from elsewhere.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

_SEPARATORS = re.compile(r"[\x00-\x1f/\\:*?\"<>|_]+")  # and what some systems take for one
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # so that equal pages are an equal archive


def feedback_zip(pages: Iterable[tuple[str, str, Path]]) -> bytes:
    """Return an archive; `pages` are name and number of a participant, and a file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, number, page in sorted(pages):
            where = f"{_folder(name)}_{number}_assignsubmission_file/{page.name}"
            entry = zipfile.ZipInfo(where, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, page.read_bytes())
    return file.getvalue()


def _folder(name: str) -> str:
    """Return a name as a part of a path: Moodle splits it at underscores, and skips hidden ones."""
    return _SEPARATORS.sub(" ", name).strip(" .~") or "participant"
