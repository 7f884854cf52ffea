"""The command line: one verb a job.

The docstrings of commands are what `--help` shows. What a command needs is imported inside it:
`nbjudge --help` must not wait for nbgrader, and `autograde` and `watch` start their processes,
which warm up meanwhile, before they import the rest.
"""

import click

from nbjudge.cli.authoring import build, new
from nbjudge.cli.deadlines import extend
from nbjudge.cli.grading import autograde, judge, watch
from nbjudge.cli.insight import changes, comment, report
from nbjudge.cli.lti import lti_key
from nbjudge.cli.machine import doctor
from nbjudge.cli.platforms import export, import_, roster
from nbjudge.cli.results_page import results
from nbjudge.cli.similarity import similar
from nbjudge.cli.verification import verify


@click.group()
@click.version_option(package_name="nbjudge")
def main() -> None:
    """Build and grade notebook assignments with nbgrader."""


_COMMANDS = (
    *(new, build, verify, judge, autograde, watch, results, extend),
    *(roster, import_, export, lti_key),
    *(report, comment, changes, similar),
    doctor,
)
for command in _COMMANDS:
    main.add_command(command)
