"""For the grader's JupyterLab: it may show the formgrader in a frame.

JupyterHub forbids all frames ("frame-ancestors 'none'"), and the Formgrader tab stays empty. 'self'
is safe only because each user and service has its own host name (JupyterHub.subdomain_host). With
one host name for all, a student's page could frame the formgrader too, and press its buttons.
"""

c = get_config()  # noqa: F821  (Jupyter defines it)

c.ServerApp.tornado_settings = {
    "headers": {"Content-Security-Policy": "frame-ancestors 'self'"},
}
