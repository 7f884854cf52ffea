"""What begins to warm up before the command has imported anything heavy stays light."""

import pytest
from support.course import ROOT, run

LIGHT = ("nbjudge.process.launch", "nbjudge.classrun.forkserver")


@pytest.mark.parametrize("module", LIGHT)
def test_a_module_that_launches_processes_imports_no_torch(module):
    script = f"import sys, {module}; print('torch' in sys.modules, '{module}' in sys.modules)"
    assert run("python", "-c", script, cwd=ROOT).stdout.split() == ["False", "True"]
