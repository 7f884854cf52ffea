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


def twice(call):
    """Return what two equal calls give; none may set a seed, the default dtype or the grad mode.

    Random numbers may be drawn: the two calls begin at other ones.
    """
    before = torch.get_default_dtype(), torch.is_grad_enabled()
    results, ends = [], []
    for seed in (1, 2):
        for generator in (torch, np.random, random):
            getattr(generator, "manual_seed" if generator is torch else "seed")(seed)
        results.append(call())
        ends.append(global_state())
    after = torch.get_default_dtype(), torch.is_grad_enabled()
    demand(after == before, "4: something global was changed")
    (one, _, first), (two, _, second) = ends
    seeds = [a == b for a, b in zip((one[0], one[1], first), (two[0], two[1], second), strict=True)]
    demand(not any(seeds), "4: the seed was set")
    return results
