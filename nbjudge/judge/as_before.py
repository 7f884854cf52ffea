"""What a test sets in the judge process is put back at its end: tests of others run there, too.

    torch.set_default_dtype(torch.float64)    np.random.seed(0)    signal.alarm(5)

In a notebook such a line is meant for the rest of the notebook. Left in the judge process, it would
be there for the next submission and for another assignment, whose right solutions lost by it.
"""

import decimal
import os
import random
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy
import torch

from nbjudge.boundary.globals import kept


@contextmanager
def as_before() -> Iterator[None]:
    """Put back at the end of the block what it sets of Python, torch, NumPy, pandas, matplotlib."""
    with (
        kept(), _random(), _environment(), _alarm(), warnings.catch_warnings(),
        decimal.localcontext(), numpy.errstate(), numpy.printoptions(), _libraries(),
    ):  # fmt: skip
        yield


@contextmanager
def _random() -> Iterator[None]:
    pythons, numpys, torchs = random.getstate(), numpy.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(pythons)
        numpy.random.set_state(numpys)
        torch.set_rng_state(torchs)


@contextmanager
def _environment() -> Iterator[None]:
    known, folder, depth = dict(os.environ), tempfile.tempdir, sys.getrecursionlimit()
    try:
        yield
    finally:
        for name in set(os.environ) - set(known):
            del os.environ[name]
        os.environ.update(known)
        tempfile.tempdir = folder
        sys.setrecursionlimit(depth)


@contextmanager
def _alarm() -> Iterator[None]:
    """Take back an alarm that is still set: it would ring in the next test."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python sets handlers of signals in the main thread only
        return
    handler = signal.getsignal(signal.SIGALRM)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


@contextmanager
def _libraries() -> Iterator[None]:
    """Reset options that only tests set here. A library may be imported in the block itself."""
    try:
        yield
    finally:
        if (pandas := sys.modules.get("pandas")) is not None:
            warnings.simplefilter("ignore")  # of options that pandas will give up
            pandas.reset_option("all")
        if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
            pyplot.close("all")
            sys.modules["matplotlib"].rc_file_defaults()
