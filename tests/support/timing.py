"""Where the time of a run of tests goes: a table of minutes by module, at its end."""

from collections import Counter

import pytest

LEAST_SECONDS = 1


def pytest_terminal_summary(terminalreporter):
    """Print what each module took, the longest first; a module alone needs no table."""
    taken = seconds_by_module(terminalreporter.stats)
    if len(taken) < 2:
        return
    terminalreporter.section("minutes by module")
    for module, seconds in taken.most_common():
        if seconds >= LEAST_SECONDS:
            terminalreporter.write_line(f"{seconds / 60:6.2f}  {module}")
    terminalreporter.write_line(f"{taken.total() / 60:6.2f}  all, in one process or several")


def seconds_by_module(stats):
    """Sum up set-up, test and tear-down of every test; a test has a report of each."""
    taken = Counter()
    for report in (one for reports in stats.values() for one in reports):
        if isinstance(report, pytest.TestReport):
            taken[report.nodeid.split("::")[0]] += report.duration
    return taken
