"""The grader: where the course is. Its own nbgrader_config.py says how it is graded."""

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.root = "/srv/nbgrader/courses/nlp-llm"
