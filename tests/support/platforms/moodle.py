"""Writes what Moodle gives: the grading worksheet, and the archive of submissions.

As moodle does in `mod/assign/gradingtable.php` and `mod/assign/classes/downloader.php`.
"""

import csv
import io

HEADER = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
)  # fmt: skip
IN_TIME = "Saturday, 5 December 2026, 5:00 PM"
LATE = "Saturday, 5 December 2026, 8:30 PM"


def worksheet(learners, came=None, header=HEADER, blind=False):
    """Return the worksheet's CSV as text; `came` has the time of a submission by log-in."""
    written = io.StringIO()
    out = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    out.writerow([one for one in header if not blind or one not in ("Full name", "Email address")])
    for one in learners:
        when = (came or {}).get(one.login, IN_TIME)
        status = "Submitted for grading -  - " if when != "-" else "No submission -  - "
        who = [] if blind else [one.name, one.email]
        rest = [status, "", "100.00", "Yes", when, "-", ""]
        out.writerow([f"Participant {one.participant}", *who, *rest])
    return written.getvalue()


def entry(one, file="week1.ipynb", folders=True, before_4_1=False, blind=False):
    """Return the path of a file of a student in the archive."""
    name = "Participant" if blind else one.name.replace("_", " ")
    begin = f"{name}_{one.participant}_assignsubmission_file"
    return f"{begin}{'_' * before_4_1}/{file}" if folders else f"{begin}_{file}"
