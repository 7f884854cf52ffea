"""Imported by the process whose forks are the workers: it does what each would do for itself.

The recipe is that of gc.freeze in Python's documentation: a collection in a fork would write to all
objects that it looks at, and so end the sharing of their memory.
"""

import gc

gc.disable()  # while modules are imported, a collection finds nothing and takes time

from nbjudge.confined.zygote import import_modules  # noqa: E402
from nbjudge.judge import job  # noqa: E402, F401

import_modules(
    ["jinja2", "rich.table"]
)  # which every scorecard needs, and imports when it is shown
gc.collect()
gc.freeze()
gc.enable()
