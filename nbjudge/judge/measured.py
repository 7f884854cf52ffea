"""Judge a submission within budgets: what the master's own takes on this machine is measured first.

Each judge process measures each master once, in the same confinement, with the seed of the first
submission, or before it where somebody would wait (`job.measure`). So a worker on another machine
has the times of that machine. It costs what one more submission costs, and in a class run nothing:
there the master is asked in any case (`judge.cache`).
"""

from collections.abc import Hashable
from copy import deepcopy

from nbjudge.judge.budgets import Taken
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.run import Judged, judge
from nbjudge.notebook.repair import repaired
from nbjudge.notebook.submission import Submission, digest_of_all
from nbjudge.process.zygote import Confinement, JudgeFault, running

_TAKEN: dict[Hashable, Taken | None] = {}  # by masters, in this process


def taken_by_master(settings: JudgeSettings, seed: int, confinement: Confinement) -> Taken | None:
    """Return what the master's own solution takes here, measured once in this process.

    None where the master cannot be judged, which is no fault of the submission.
    """
    master = settings.master
    key = digest_of_all(master), settings.root, settings.source, settings.limits, confinement
    if key not in _TAKEN:
        notebook, _ = repaired(master, deepcopy(master))
        ours = Submission(notebook, seed, files=settings.source, ours=True)
        try:
            _TAKEN[key] = judge_again(settings, ours, confinement).taken
            settings.cache.learned((digest_of_all(master), seed))
        except JudgeFault:
            _TAKEN[key] = None
    return _TAKEN[key]


def judge_again(
    settings: JudgeSettings, submission: Submission, confinement: Confinement
) -> Judged:
    """Judge a submission, and once more if its zygote was lost meanwhile.

    Raises `JudgeFault` when that fails too, or when the zygote is well and something else failed.
    """
    taken = None if submission.ours else taken_by_master(settings, submission.seed, confinement)
    first = running(confinement)
    try:
        return judge(settings, submission, first, taken)
    except JudgeFault:
        if first.alive:
            raise
    return judge(settings, submission, running(confinement), taken)
