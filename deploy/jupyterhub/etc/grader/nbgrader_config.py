"""For the grader: where the course is. The course's own nbgrader_config.py says how it grades."""

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.root = "/srv/nbgrader/courses/nlp-llm"
