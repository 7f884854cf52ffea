"""What each student is told of each attempt, on the pages that nbgrader's "Fetch Feedback" gets."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from nbformat import NotebookNode

from nbjudge.exchange.attempts import Attempt, Attempts
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.reports.feedback import Pages, notice, page_of

_TIME = "%Y-%m-%d %H:%M:%S UTC"
_NOT_GRADED = (
    "It could not be graded. Most often the file is no Jupyter notebook, has another name than "
    "the one that you fetched, or lies beside a link. Open it in JupyterLab, run all cells, save "
    "it, and submit again. If that does not help, show this page to your instructor."
)
_DELAYED = (
    "It could not be graded yet, for a reason that is not yours, and is tried again. You need not "
    "submit it again. Fetch feedback later; if it takes long, ask your instructor."
)


class Bulletin:
    """Pages in `folder`, the exchange's feedback folder."""

    def __init__(self, folder: Path, pages: Pages, attempts: Attempts, policy: FeedbackOnSubmit):
        self._folder, self._pages, self._attempts, self._policy = folder, pages, attempts, policy

    def kind(self, attempt: Attempt, now: datetime, deadline: datetime | None) -> str:
        """Return which page an attempt is to have now."""
        if self._policy.beyond(attempt):
            return "one too many"
        if attempt.judged is None:
            return "delayed" if attempt.failures else "waiting"
        return "not graded" if attempt.reason else self._policy.shows(now, deadline)

    def tell(
        self,
        attempt: Attempt,
        kind: str,
        deadline: datetime | None,
        judged: Mapping[str, NotebookNode],
    ) -> None:
        """Write the pages of an attempt. One that an instructor released since stays."""
        secret = self._attempts.secret(attempt)
        folder = self._attempts.place(attempt) / "submitted"
        for name in sorted(path.stem for path in folder.glob("*.ipynb")) if secret else ():
            notebook = judged.get(f"{name}.ipynb")
            page = page_of(self._folder, secret, name)
            if page.exists() and _digest(page.read_bytes()) != attempt.pages.get(name):
                continue
            if notebook is not None and kind in ("results", "messages"):
                note = "\n\n".join(self._lines(attempt, kind, deadline))
                text = self._pages.page(name, notebook, kind == "messages", note)
            else:
                text = notice(
                    f"{name}: attempt {attempt.number}", self._lines(attempt, kind, deadline)
                )
            attempt.pages[name] = _digest(text.encode())
            new = page.with_name(f".{page.name}")
            new.write_text(text, encoding="utf-8")
            new.chmod(0o644)
            new.replace(page)
        attempt.shown = kind
        self._attempts.save(attempt)

    def _lines(self, attempt: Attempt, kind: str, deadline: datetime | None) -> list[str]:
        policy = self._policy
        of = f" of {policy.attempts}" if policy.attempts else ""
        first = f"Attempt {attempt.number}{of}, which came on {attempt.arrived:{_TIME}}."
        until = f"the deadline, {deadline:{_TIME}}" if deadline else "your instructor releases it"
        return [first, *{
            "one too many": [f"Only {policy.attempts} attempts are graded, so this one is not."],
            "waiting": [
                "It waits for its turn: between two gradings there are "
                f"{timedelta(seconds=policy.minimum_interval)} hours. Fetch feedback again later."
            ],
            "delayed": [_DELAYED],
            "not graded": [_NOT_GRADED],
            "nothing": [f"It is graded. Feedback comes after {until}."],
            "results": [f"The {policy.counts} attempt counts. Messages come after {until}."],
            "messages": [f"The {policy.counts} attempt counts."],
        }[kind]]  # fmt: skip


def _digest(page: bytes) -> str:
    return hashlib.sha256(page).hexdigest()
