"""What the oracles of all exercises share: a clause that does not hold, and what is global."""

import random
import warnings

import numpy as np
import torch


class Broken(AssertionError):
    """A clause of the contract does not hold."""


def demand(holds, clause):
    """Raise `Broken` where a clause does not hold."""
    if not holds:
        raise Broken(clause)


def broken(tried):
    """Return the clause that `tried()` found broken, or "2: raises ..."; nothing if none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tried()
    except (Exception, SystemExit) as error:
        what = str(error) if isinstance(error, Broken) else f"2: raises {error!r}"[:120]
        return " ".join([*what.split(), *getattr(error, "__notes__", [])])
    return ""


def global_state():
    """Return what no call may change: random numbers and settings."""
    state = np.random.get_state()
    numbers = torch.get_rng_state().numpy().tobytes(), state[1].tobytes(), state[2]
    flags = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()
    return numbers, flags, random.getstate()


def settings():
    """Return what the making of an object may not change: all that is global but random numbers."""
    return global_state()[1]
