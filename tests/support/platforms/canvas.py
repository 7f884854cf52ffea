"""Writes what Canvas gives: the gradebook as CSV, and the archive of submissions.

As canvas-lms does in `lib/gradebook_exporter.rb` and `lib/content_zipper.rb`.
"""

import csv
import io
import re
import zipfile


def gradebook(learners, assignments=("Week 1 (4711)",), points=100):
    """Return the gradebook's CSV as text: a posting row, the points, and a student a row."""
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\n")
    out.writerow(
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *assignments, "Current Score"]
    )
    out.writerow(["", "", "", "", "", *["Manual Posting"] * len(assignments), ""])
    out.writerow(
        ["    Points Possible", "", "", "", "", *[points] * len(assignments), "(read only)"]
    )
    for one in learners:
        who = [f"{one.last}, {one.first}", one.number, f"S{one.number}", one.login, "Group A"]
        out.writerow([*who, *[""] * len(assignments), ""])
    out.writerow(["Student, Test", "9999", "", "0f3a", "Group A", *[""] * len(assignments), ""])
    return written.getvalue()


def slug(name):
    """Return a name as it stands in the archive: lower case, letters and digits alone."""
    return re.sub(r"_(\d+)_", r"\1", re.sub(r"\W", "", name.lower()))


def entry(one, file="week1.ipynb", upload=1, late=False):
    """Return the name of a file of a student in the archive."""
    parts = [slug(f"{one.last}, {one.first}"), *["LATE"] * late, one.number, str(upload)]
    return "_".join([*parts, re.sub(r'[\x00/\\:*?"<>|]', "_", file)])


def archive(path, files):
    """Write an archive: the content of each entry by its name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path
