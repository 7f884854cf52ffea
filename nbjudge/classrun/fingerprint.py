"""Digests of all that decides a result. A submission with another digest is graded again.

Contents and names of files count; their times do not.
"""

import hashlib
import os
from pathlib import Path

import nbjudge
from nbjudge.judge.job import ClassSettings
from nbjudge.nbgrader_ext.graded_files import digest, digest_of
from nbjudge.notebook.autotests import kept_in


def fingerprint(folder: Path, decided_by: str) -> str:
    """Return a digest of a submission's files and of `decided_by`, what `conditions` gave."""
    return _sha256(digest_of(folder) + decided_by)


def with_lateness(fingerprint: str, lateness: str) -> str:
    """Return a digest that holds how late a submission is, too; see `Recorded.lateness`."""
    return _sha256(fingerprint + lateness)


def conditions(settings: ClassSettings, assignment: str, steps: list[str]) -> str:
    """Return a digest of all that decides a result besides the submission.

    The master, the tests made of its AUTOTEST lines, the rubrics, the limits, the sandbox, our
    code, a seed that is set, and `steps`: nbgrader's, with the rule for late submissions, as
    `steps.scoring_steps` gives them.
    """
    rubrics = settings.root / "rubrics" / assignment
    files = [
        *sorted(path for path in settings.source.rglob("*") if path.is_file()),
        *sorted(rubrics.rglob("*.py")),
        *sorted(kept_in(settings.root, assignment).glob("*.json")),
    ]
    seed = os.environ.get("NBJUDGE_SEED", "")
    decides = (
        digest(files, settings.root),
        our_code(),
        settings.limits,
        settings.confinement,
        settings.conventions,
        settings.beside,
        steps,
        seed,
    )
    return _sha256(repr(decides))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def our_code() -> str:
    """Return a digest of this package: other code may judge otherwise."""
    package = Path(nbjudge.__file__).parent
    return digest(sorted(package.rglob("*.py")), package)
