"""The command line: one verb a job.

The docstrings of commands are what `--help` shows. What a command needs is imported inside it:
`nbjudge --help` must not wait for nbgrader, and `autograde` and `watch` start their processes,
which warm up meanwhile, before they import the rest.
"""

from itertools import chain

import click

from nbjudge.cli.adoption import adopt
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

DESKS = {
    "Write assignments": (new, build, verify, adopt),
    "Grade a class": (autograde, judge, watch, results, extend),
    "See what the class understood": (report, comment, changes, similar),
    "Exchange with a learning platform": (roster, import_, export, lti_key),
    "Look after the machine": (doctor,),
}


class Desks(click.Group):
    """Lists commands by the work that they belong to, each with its whole first sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each desk."""
        for title, commands in DESKS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(str(one.name), one.get_short_help_str(limit=200)) for one in commands]
                )


@click.group(cls=Desks)
@click.version_option(package_name="nbjudge")
def main() -> None:
    """Build and grade notebook assignments with nbgrader."""


for command in chain.from_iterable(DESKS.values()):
    main.add_command(command)
