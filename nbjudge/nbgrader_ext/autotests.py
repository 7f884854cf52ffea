"""nbgrader's step that makes tests of AUTOTEST lines, by a kernel that runs the solution."""

import subprocess
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel
from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from nbgrader.preprocessors import instantiatetests
from traitlets import Any as Anything
from traitlets import observe

from nbjudge.notebook.autotests import keep, kept_in

Resources = dict[str, Any]


class InstantiateTests(nbgrader.InstantiateTests):
    """Leaves no kernel behind where a line cannot be made a test, and no open socket anywhere."""

    kc = Anything()  # nbgrader's client of its kernel, None when it needs none any more

    @observe("kc")
    def _close(self, change: Any) -> None:
        if change.old is not None:
            change.old.stop_channels()

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Make the tests of one notebook."""
        # Its kernel warns on standard error when it starts, and may do when it ends.
        instantiatetests.start_new_kernel = partial(start_new_kernel, stderr=subprocess.DEVNULL)
        try:
            return super().preprocess(nb, resources)
        finally:
            instantiatetests.start_new_kernel = start_new_kernel
            if self.kc is not None:
                self.kc.parent.shutdown_kernel()
                self.kc = None


class InstantiateAndKeep(InstantiateTests):
    """Keeps the tests for grading, too."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Make the tests of one notebook, and keep them."""
        before, where = deepcopy(nb), resources["nbgrader"]
        nb, resources = super().preprocess(nb, resources)
        coursedir = self.parent.parent.coursedir  # step < exporter < converter
        folder = kept_in(Path(coursedir.root), where["assignment"])
        keep(folder, where["notebook"], before, nb)
        return nb, resources
