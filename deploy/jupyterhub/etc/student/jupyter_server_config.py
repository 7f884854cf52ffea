"""For a student's JupyterLab: its launcher leads to the results page, whose address the hub tells.

The extension in labextensions/ is written by hand, as JupyterLab would build it, so that nothing
must be built. It reads the address from the page's configuration.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (Jupyter defines it)

c.LabApp.extra_labextensions_path = [str(Path(__file__).with_name("labextensions"))]
c.ServerApp.tornado_settings = {
    "page_config_data": {"nbjudgeResults": os.environ.get("NBJUDGE_RESULTS", "")},
}
