"""Our wiring of nbgrader: which of our classes take part in each of its steps.

A course's `nbgrader_config.py` says

    from nbjudge.nbgrader_ext.defaults import configure

    c = get_config()
    configure(c)

and below that only what the course chooses. Each list is assigned whole: nbgrader reads the file
twice (from the working directory and from the course folder), so an `.insert(0, ...)` would run a
step twice. Names are strings, so that reading a configuration imports none of the steps.
"""

from importlib.resources import files
from typing import Any

_STEPS = "nbjudge.nbgrader_ext"


def configure(c: Any) -> None:
    """Let nbgrader build, grade, show and exchange through nbjudge; `c` is its configuration."""
    c.CourseDirectory.solution_directory = "solutions"
    _configure_building(c)
    _configure_grading(c)
    _configure_pages(c)
    # The gradebook -> grades.csv
    c.ExportApp.plugin_class = f"{_STEPS}.grades.GradesExport"
    # Archives of an LMS -> submitted/; the expression takes apart what our Extractor writes.
    c.ZipCollectApp.extractor_plugin = "nbjudge.platforms.zip_collect.Extractor"
    c.FileNameCollectorPlugin.named_regexp = (
        r".*[/\\](?P<student_id>[^/\\]+)[/\\](?P<file_id>[^/\\]+)$"
    )
    configure_exchange(c)


def configure_exchange(c: Any) -> None:
    """Let submissions and feedback travel through our safer classes.

    A student's server needs nothing else of `configure`.
    """
    c.CourseDirectory.max_file_size = 10_000  # KB; a larger file refuses the whole
    # Names that begin with a dot are what tools keep. Among them are links, which nbgrader follows
    # when it copies a submission.
    c.CourseDirectory.ignore = [".*", "*.pyc", "__pycache__", "feedback"]
    for name, kind in (
        ("list", "List"),
        ("fetch_assignment", "FetchAssignment"),
        ("fetch_feedback", "FetchFeedback"),
        ("submit", "Submit"),
        ("collect", "Collect"),
        ("release_assignment", "ReleaseAssignment"),
        ("release_feedback", "ReleaseFeedback"),
    ):
        c.ExchangeFactory[name] = f"nbjudge.exchange.{kind}"


def _configure_building(c: Any) -> None:
    # source/ -> release/: tests for AUTOTEST lines, placeholders that follow from the solution.
    c.GenerateAssignment.preprocessors = [
        "nbgrader.preprocessors.IncludeHeaderFooter",
        f"{_STEPS}.autotests.InstantiateAndKeep",
        "nbgrader.preprocessors.LockCells",
        f"{_STEPS}.release.ClearSolutions",
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
        f"{_STEPS}.release.RemoveSolutionMarkers",
        "nbgrader.preprocessors.ClearHiddenTests",
        "nbgrader.preprocessors.ClearMarkScheme",
        "nbgrader.preprocessors.ClearOutput",
    ]


def _configure_grading(c: Any) -> None:
    # submitted/ -> autograded/, first pass: the student's text in the master's cells.
    c.Autograde.exporter_class = f"{_STEPS}.submitted.SubmissionExporter"
    c.Autograde.sanitize_preprocessors = [
        f"{_STEPS}.submitted.RepairSubmission",
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.OverwriteKernelspec",
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    # Second pass: run and mark in the judge process, keep the scorecards.
    c.Autograde.autograde_preprocessors = [
        f"{_STEPS}.autograde.Judge",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        f"{_STEPS}.autograde.SaveScorecards",
        f"{_STEPS}.autograde.LatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.LimitOutput.max_lines = 1000
    # What follows is for --Judge.engine=plain, where nbgrader's own Execute runs in a kernel.
    c.Execute.timeout = 60  # seconds a cell
    # nbclient skips cells with this tag, and a skipped test cell would earn all its points.
    c.Execute.skip_cells_with_tag = "nbjudge-skips-no-cell"
    # Quiet: each kernel would write a line to the log, about a transport that never leaves this
    # machine.
    c.Execute.extra_arguments = [
        "--HistoryManager.hist_file=:memory:",
        "--Application.log_level=40",
    ]


def _configure_pages(c: Any) -> None:
    # autograded/ -> feedback/: no hidden tests, nothing that runs in a reader's browser.
    c.GenerateFeedback.exporter_class = "nbjudge.exchange.exporter.FeedbackExporter"
    c.GenerateFeedback.preprocessors = [
        f"{_STEPS}.feedback.GetGrades",
        f"{_STEPS}.feedback.HideFromStudents",
    ]
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {
        "clean_html": "nbjudge.sanitize.html.harmless",
        "markdown2html": "nbjudge.sanitize.formulas.markdown2html",
        "strip_files_prefix": "nbjudge.sanitize.html.harmless_markdown",
    }
    c.HTMLExporter.extra_template_basedirs = templates()


def templates() -> list[str]:
    """Return folders of templates, ours before nbgrader's.

    nbgrader's pages load MathJax from a CDN. In ours formulas are MathML, which needs no script.
    """
    return [
        str(files("nbjudge") / "nbgrader_ext/templates"),
        str(files("nbgrader") / "server_extensions/formgrader/templates"),
    ]
