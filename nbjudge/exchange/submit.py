"""Submits: what is graded, whole, and in one step; see `actions` for the exchange it goes to."""

import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from nbgrader.exchange import default as nbgrader
from nbgrader.utils import find_all_notebooks

from nbjudge.exchange.actions import ClosedRoot
from nbjudge.exchange.parcel import Parcel, Whole, is_by_hand
from nbjudge.nbgrader_ext.checked import CheckedExchange
from nbjudge.notebook import submission
from nbjudge.notebook.misnamed import mend
from nbjudge.notebook.submission import NotGraded

_OURS = 0o770


class Submit(CheckedExchange, ClosedRoot, Whole, nbgrader.ExchangeSubmit):
    """Submits, in one step, a folder that only the author and the grader can read."""

    def copy_files(self) -> None:
        """Send the assignment's folder, and keep a copy as nbgrader does.

        Fails before anything is sent, where something of it cannot be sent.
        """
        self.init_release()
        self.check_filename_diff()
        parcel = self.packed(Path(self.src_path), self._by_hand())
        secret = secrets.token_hex(64)
        # Made beside its place, closed to others, and renamed when it is whole: so nobody can reach
        # into it before its mode is set, and the grader never sees half of it.
        making = Path(self.inbound_path, f".making-{secrets.token_hex(16)}")
        making.mkdir(0o700)
        try:
            made = making / self.assignment_filename
            self._fill(made, parcel, secret)
            self.set_perms(made, fileperms=0o660, dirperms=_OURS)
            made.rename(Path(self.inbound_path, made.name))
        finally:
            shutil.rmtree(making)
        name = self.assignment_filename
        kept = name.rsplit("+", 1)[0] if self.add_random_string else name
        self._fill(Path(self.cache_path, kept), parcel, secret)
        self.log.info(
            "Submitted as: %s %s %s",
            self.coursedir.course_id,
            self.coursedir.assignment_id,
            self.timestamp,
        )

    def check_filename_diff(self) -> None:
        """Fail where a notebook of the assignment is missing; name those that are sent besides.

        Once it is sent, what is missing has no points, and its author learns of it too late.
        """
        asked = find_all_notebooks(self.release_path)
        found = [one for one in find_all_notebooks(self.src_path) if "/." not in f"/{one}"]
        if not set(asked) <= set(found):
            assignment = self.coursedir.assignment_id
            self.fail(
                f"Nothing was sent, because {self.src_path} holds "
                f"{', '.join(found) or 'no notebook'}, and the assignment asks for "
                f"{', '.join(asked)}. {mend(asked, found)} Then submit again. If a notebook is "
                f"lost, type 'nbgrader fetch_assignment {assignment} --replace' in a terminal: it "
                "brings back what is missing, as it was handed out."
            )
        self.beside = [one for one in found if one not in asked]
        if self.beside:
            self.log.warning(
                "Sent, too, and not graded while %s holds work: %s.",
                ", ".join(asked),
                ", ".join(self.beside),
            )

    def _by_hand(self) -> set[str]:
        """Return the ids of the cells that are graded by hand, as the released notebooks say."""
        ids: set[str] = set()
        for name in find_all_notebooks(self.release_path):
            with Path(self.release_path, name).open("rb") as file, suppress(NotGraded):
                ids |= {
                    cell.get("id", "") for cell in submission.read(file).cells if is_by_hand(cell)
                }
        return ids

    def _fill(self, folder: Path, parcel: Parcel, secret: str) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        parcel.write(folder)
        (folder / "timestamp.txt").write_text(self.timestamp)
        (folder / "submission_secret.txt").write_text(secret)
