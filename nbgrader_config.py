"""What this course chooses, for nbgrader; how it is built and graded stands in the package."""

import os

from nbjudge.nbgrader_ext.defaults import configure

c = get_config()  # noqa: F821  (nbgrader defines it)
configure(c)

c.CourseDirectory.course_id = "nlp-llm"
if "NBGRADER_DB_URL" in os.environ:  # e.g. postgresql+psycopg://user@host/name
    c.CourseDirectory.db_url = os.environ["NBGRADER_DB_URL"]
# What one submission may use; docs/instructors.md lists every limit. A breach costs its exercise.
c.Judge.limits = {"cell_seconds": 60, "total_seconds": 300, "memory_mb": 4096}
# Feedback while students work (nbjudge watch). Before the due date it shows "nothing", "results"
# (each criterion, met or not), or "messages", too.
c.FeedbackOnSubmit.before_deadline = "messages"
c.FeedbackOnSubmit.counts = "last"  # or "best"
c.FeedbackOnSubmit.attempts = 0  # how many are graded; 0 for any number
c.FeedbackOnSubmit.minimum_interval = 10  # seconds between the gradings of two attempts
