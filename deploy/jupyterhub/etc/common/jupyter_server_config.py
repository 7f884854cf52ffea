"""Every JupyterLab: nothing is asked of the internet, by itself or from a menu."""

c = get_config()  # noqa: F821  (Jupyter defines it)

c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
