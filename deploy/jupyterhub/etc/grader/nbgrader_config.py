"""For the grader: where the course is. The course's own nbgrader_config.py says how it grades."""

import os

c = get_config()  # noqa: F821  (nbgrader defines it)

# Named on each page of feedback. The hub says where it is; a command of a terminal does not know.
c.FeedbackOnSubmit.results_page = os.environ.get("NBJUDGE_RESULTS", "")
c.CourseDirectory.root = "/srv/nbgrader/courses/nlp-llm"
