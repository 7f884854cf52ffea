"""For a student's JupyterLab: what our two extensions add, and saving every few seconds.

The extensions in labextensions/ are written by hand, as JupyterLab would build them, so that
nothing must be built. One leads from the launcher to the results page, whose address the hub tells;
it reads that from the page's configuration. The other one is the browser's part of `nbjudge.lab`.

Submit sends what is on the disk. JupyterLab alone would save every two minutes only.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (Jupyter defines it)

c.LabApp.extra_labextensions_path = [str(Path(__file__).with_name("labextensions"))]
c.LabApp.app_settings_dir = str(Path(__file__).with_name("settings"))
c.ServerApp.tornado_settings = {
    "page_config_data": {"nbjudgeResults": os.environ.get("NBJUDGE_RESULTS", "")},
}
