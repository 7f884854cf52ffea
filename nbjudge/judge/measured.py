"""Judge a submission by what this process knows of its master: what it takes, which tests hold.

Each judge process judges two notebooks of the course first, in the same confinement, with the seed
of the first submission; or before it where somebody would wait (`job.measure`). The master's own
solution says what right work takes on this machine, and with the notebook as handed out, which
tests can be trusted (`judge.unproven`). It costs what two more submissions cost; in a class run the
master is asked in any case (`judge.cache`).
"""

from collections.abc import Hashable
from copy import deepcopy

from nbformat import NotebookNode

from nbjudge.judge.beside import all_beside
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.judged import Judged, OfMaster
from nbjudge.judge.run import judge
from nbjudge.judge.unfit import all_unfit
from nbjudge.judge.unproven import InOneProcess, unproven
from nbjudge.notebook import decision
from nbjudge.notebook.master import mark, visible_text
from nbjudge.notebook.repair import repaired
from nbjudge.notebook.submission import Submission, digest_of_all
from nbjudge.process.zygote import Confinement, JudgeFault, running

_TRIES = 3  # of the master's own solution, where it was stopped or the judge was at fault
_KNOWN: dict[Hashable, OfMaster] = {}  # by masters, in this process


def of_master(settings: JudgeSettings, seed: int, confinement: Confinement) -> OfMaster:
    """Return what this process knows of a master, found out once.

    Raises `JudgeFault` where the master cannot be judged: then no submission can.
    """
    key = (
        digest_of_all(settings.master),
        tuple(map(visible_text, settings.master.cells)),  # with a stub, or a placeholder
        tuple(map(decision.written, settings.master.cells)),
        settings.root,
        settings.source,
        settings.limits,
        confinement,
    )
    if key not in _KNOWN:
        _KNOWN[key] = _found_out(settings, seed, confinement)
    return _KNOWN[key]


def judge_again(
    settings: JudgeSettings, submission: Submission, confinement: Confinement
) -> Judged:
    """Judge a submission, and once more if its zygote was lost meanwhile.

    Raises `JudgeFault` when that fails too, or when the zygote is well and something else failed.
    """
    if submission.ours:
        known = OfMaster(unproven=all_unfit(settings.master))
    else:
        known = of_master(settings, submission.seed, confinement)
    return _judged(settings, submission, confinement, known)


def _judged(
    settings: JudgeSettings, submission: Submission, confinement: Confinement, known: OfMaster
) -> Judged:
    first = running(confinement)
    try:
        return judge(settings, submission, first, known)
    except JudgeFault:
        if first.alive:
            raise
    return judge(settings, submission, running(confinement), known)


def _found_out(settings: JudgeSettings, seed: int, confinement: Confinement) -> OfMaster:
    master = settings.master
    solution, unfit = _ours(settings, master, seed), all_unfit(master)
    for _ in range(_TRIES):
        own = _judged(settings, solution, confinement, OfMaster(unproven=unfit))
        if not _by_chance(own):
            break
    settings.cache.learned((digest_of_all(master), seed))
    empty = _ours(settings, _handed_out(master), seed, ours=False)
    untouched = _judged(settings, empty, confinement, OfMaster(own.taken, unfit))

    def beside() -> InOneProcess:
        stubbed = _ours(settings, _handed_out(master, stub=True), seed, ours=False)
        each = (solution, empty, stubbed)
        return InOneProcess(*(all_beside(settings, one, running(confinement)) for one in each))

    return OfMaster(own.taken, unproven(master, own, untouched, beside))


def _ours(
    settings: JudgeSettings, notebook: NotebookNode, seed: int, ours: bool = True
) -> Submission:
    mended, _ = repaired(settings.master, deepcopy(notebook))
    # Of the notebook as handed out only the scores count. What the solution leads to is remembered
    # for right submissions, which people read.
    return Submission(mended, seed, files=settings.source, ours=ours, read=ours)


def _handed_out(master: NotebookNode, stub: bool = False) -> NotebookNode:
    """Return the notebook as students get it; with `stub`, as they get it from plain nbgrader."""
    notebook = deepcopy(master)
    for cell in notebook.cells:
        if mark(cell) and cell.cell_type == "code":
            if stub:
                cell.metadata.setdefault("nbjudge", {})["stub"] = True
            cell.source = visible_text(cell)
    return notebook


def _by_chance(judged: Judged) -> bool:
    """Whether something of this machine may have cost points: a limit, a fault of ours."""
    cards = [card for cell, card in judged.cards.items() if cell not in judged.unproven]
    stopped = any(one.stopped for one in [*judged.verdicts.values(), *(c.verdict for c in cards)])
    return stopped or any(card.fault for card in cards)
