"""Which part of a whole corpus a run takes: it changes with the commit, so ten see most of it.

Every run ends with the number of its sample; `NBJUDGE_SAMPLE=<number>` takes the same one again.
`NBJUDGE_THOROUGH=1`, as `bootstrap.py thorough` sets it, takes everything.
"""

import os
import random
import subprocess

from support.course import ROOT


def pytest_terminal_summary(terminalreporter):
    # Not in the header, which -q leaves out.
    terminalreporter.write_line(told())


def told():
    """Say which sample this is."""
    number = sample_seed()
    return "Samples: everything" if thorough() else f"Samples: NBJUDGE_SAMPLE={number}"


def thorough():
    """Say whether whole corpora are wanted."""
    return bool(os.environ.get("NBJUDGE_THOROUGH"))


def sample_seed():
    """Return the number of the sample: as it is set, or else the commit's."""
    given = os.environ.get("NBJUDGE_SAMPLE")
    return int(given) if given else number_of_commit(ROOT)


def number_of_commit(folder):
    """Return a number drawn from the commit's hash, and 0 without git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True
        )
    except FileNotFoundError:
        return 0
    return int(done.stdout[:8], 16) if done.returncode == 0 else 0


def sample(items, number):
    """Return `number` of the items in their order, drawn anew for each commit; all if thorough."""
    return list(items) if thorough() else drawn_from(items, number)


def drawn_from(items, number):
    """Return `number` of the items in their order, drawn anew for each commit."""
    items = list(items)
    places = random.Random(sample_seed()).sample(range(len(items)), min(number, len(items)))
    return [items[place] for place in sorted(places)]
