"""For every JupyterLab: it asks the internet for nothing, neither by itself nor from a menu."""

c = get_config()  # noqa: F821  (Jupyter defines it)

c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
