"""The grader's JupyterLab shows the formgrader in a frame.

Safe only because each user and service has a host name of its own (JupyterHub.subdomain_host):
otherwise a student's page could frame the formgrader, too, and press its buttons.
"""

c = get_config()  # noqa: F821  (Jupyter defines it)

c.ServerApp.tornado_settings = {
    "headers": {"Content-Security-Policy": "frame-ancestors 'self'"},
}
