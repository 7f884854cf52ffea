"""The results page: what a student sent, what becomes of it, and its feedback, in a browser.

    records ── shown ──> views ──> site ──┬── hub      a service of JupyterHub
    (disk)     (pure)    (HTML)   (HTTP)  └── alone    this machine's own browser

It reads what a watch and a gradebook hold, writes nothing, and starts no grading. Who asks is told
by JupyterHub; `visitor` is the one place that says whose results somebody may see.
"""
