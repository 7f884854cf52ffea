"""Imported by the process whose forks are the workers: what each would do for itself."""

import gc

gc.disable()  # while modules are imported a collection finds nothing

from nbjudge.confined.zygote import import_modules  # noqa: E402
from nbjudge.judge import job  # noqa: E402, F401

import_modules([])
gc.collect()
gc.freeze()
gc.enable()
