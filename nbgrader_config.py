"""The course, for nbgrader: where things are, and which of our classes take part in each step.

Every list is assigned whole. nbgrader reads this file twice (from the working directory and from
the course folder), so `.insert(0, ...)` would run a preprocessor twice.
"""

import os

from nbjudge.markup import TEMPLATES

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "nlp-llm"
c.CourseDirectory.solution_directory = "solutions"
if "NBGRADER_DB_URL" in os.environ:  # e.g. postgresql+psycopg://user@host/name
    c.CourseDirectory.db_url = os.environ["NBGRADER_DB_URL"]

# source/ -> release/: placeholders that follow from the solution.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbjudge.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# source/ -> solutions/: to read and to run, without markers, hidden tests and outputs.
c.GenerateSolution.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbjudge.preprocessors.RemoveSolutionMarkers",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ClearOutput",
]

# submitted/ -> autograded/, first pass: the student's text in the master's cells.
c.Autograde.exporter_class = "nbjudge.preprocessors.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbjudge.preprocessors.RepairSubmission",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# Second pass: run and mark in the judge, keep the scorecards.
c.Autograde.autograde_preprocessors = [
    "nbjudge.preprocessors.Judge",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbjudge.preprocessors.SaveScorecards",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# What one submission may use; docs/instructors.md lists every limit. A breach costs its exercise.
c.Judge.limits = {"cell_seconds": 60, "total_seconds": 300, "memory_mb": 4096}
# With --Judge.engine=plain nbgrader's own Execute runs instead: no isolation, a kernel for each.
c.Execute.timeout = 60  # seconds a cell
# nbclient skips cells with this tag, and a skipped test cell would earn all its points.
c.Execute.skip_cells_with_tag = "nbjudge-skips-no-cell"
# A line in the log for each kernel, about a transport that never leaves this machine, helps nobody.
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--Application.log_level=40"]
c.LimitOutput.max_lines = 1000
c.CourseDirectory.max_file_size = 10_000  # KB; larger files are left out when a submission is sent

# autograded/ -> feedback/: no hidden tests, nothing that runs in a reader's browser.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "nbjudge.markup.harmless",
    "markdown2html": "nbjudge.formulas.markdown2html",
    "strip_files_prefix": "nbjudge.markup.harmless_markdown",
}
# Formulas become MathML, which needs no script; nbgrader's pages would load MathJax from a CDN.
c.HTMLExporter.extra_template_basedirs = TEMPLATES

# The exchange, closed to other students; docs/jupyterhub.md says how it is set up.
c.ExchangeFactory.list = "nbjudge.exchange.List"
c.ExchangeFactory.fetch_assignment = "nbjudge.exchange.FetchAssignment"
c.ExchangeFactory.fetch_feedback = "nbjudge.exchange.FetchFeedback"
c.ExchangeFactory.submit = "nbjudge.exchange.Submit"
c.ExchangeFactory.collect = "nbjudge.exchange.Collect"
c.ExchangeFactory.release_assignment = "nbjudge.exchange.ReleaseAssignment"
c.ExchangeFactory.release_feedback = "nbjudge.exchange.ReleaseFeedback"
# Feedback while students work (nbjudge watch). Before the due date it shows "nothing", "results"
# (each criterion, met or not), or "messages", too.
c.FeedbackOnSubmit.before_deadline = "messages"
c.FeedbackOnSubmit.counts = "last"  # or "best"
c.FeedbackOnSubmit.attempts = 0  # how many are graded; 0 for any number
c.FeedbackOnSubmit.minimum_interval = 10  # seconds between the gradings of two attempts
