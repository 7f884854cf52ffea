"""An exchange of one account, for tests: it is called ada, whatever this machine calls it."""

import os
import shutil
import time
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from support.course import ROOT, nbgrader

from nbjudge.classrun.grade import ClassRun
from nbjudge.exchange import FetchFeedback, Submit
from nbjudge.exchange.watch import OnSubmit
from nbjudge.judge.job import judge_job
from nbjudge.nbgrader_ext.configuration import configuration

NAME = "attention.ipynb"


class Exchange:
    """A course that has released its assignment, and ada's home."""

    def __init__(self, built: Path, folder: Path):
        self.course, self.root, self.home = folder / "course", folder / "exchange", folder / "ada"
        self.root.mkdir(parents=True)
        shutil.copytree(built, self.course)
        accounts = folder / "accounts"
        accounts.write_text(f"ada:{os.getuid()}\n")
        self.configure(
            f"c.Exchange.root = {str(self.root)!r}", f"c.ExchangeCollect.accounts = '{accounts}'",
            "c.FeedbackOnSubmit.minimum_interval = 0",
        )  # fmt: skip
        self.nbgrader("release_assignment")
        self.inbound, self.feedback = (
            self.root / "nlp-llm" / one for one in ("inbound", "feedback")
        )
        (self.home / "attention").mkdir(parents=True)
        shutil.copy(self.course / "nbgrader_config.py", self.home)

    def configure(self, *lines):
        with (self.course / "nbgrader_config.py").open("a") as config:
            config.write("\n".join(["", *lines, ""]))

    def nbgrader(self, command, *options):
        return nbgrader(command, "attention", *options, cwd=self.course)

    def submit(self, kind, student="ada"):
        """Submit a sample as `nbgrader submit` does; return its folder in the exchange."""
        return self.send(ROOT / "examples/submissions" / kind / "attention" / NAME, student)

    def send(self, notebook, student="ada"):
        """Submit a notebook to the assignment of its name; return its folder in the exchange."""
        folder = self.home / notebook.stem
        folder.mkdir(exist_ok=True)
        shutil.copy(notebook, folder)
        before = set(self.inbound.iterdir())
        self._step(Submit, student, notebook.stem).start()
        (new,) = set(self.inbound.iterdir()) - before
        return new

    def pages(self, assignment="attention"):
        """Fetch feedback as `nbgrader fetch_feedback` does; return each page, by its time."""
        shutil.rmtree(self.home / assignment / "feedback", ignore_errors=True)
        self._step(FetchFeedback, "ada", assignment).start()
        found = sorted((self.home / assignment / "feedback").glob(f"*/{assignment}.html"))
        return [page.read_text() for page in found]

    def _step(self, kind, student, assignment="attention"):
        config = configuration(self.course)
        config.Exchange.update(assignment_dir=str(self.home), cache=str(self.home / "cache"))
        config.CourseDirectory.update(student_id=student, assignment_id=assignment)
        coursedir = CourseDirectory(config=config)
        return kind(coursedir=coursedir, authenticator=Authenticator(config=config), config=config)

    def watch(self, times=1):
        """Do what `nbjudge watch --once` does, but judge here; return what it said."""
        said = []
        run = ClassRun(self.course, "attention")
        with run.books as books:
            run.refuse_unbuilt(books)
            for _ in range(times):
                self._settle(OnSubmit(run, books, said.append))
        return said

    def _settle(self, on_submit):
        while (jobs := on_submit.look()) or not on_submit.resting:
            for job in jobs:
                on_submit.finish(judge_job(job, on_submit.run.settings))
            time.sleep(0.5)
