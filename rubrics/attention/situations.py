"""The situations in which misconceptions are told apart: with a mask or without, large scores.

A student may refuse a kind of mask, so each kind is a group of its own.
"""

import torch

from .checks import largest_hidden, smallest_visible

PLAIN, MASKED = "Without a mask", "With a mask"
LARGE, LARGE_MASKED = "With large scores", "With large scores and a mask"
KINDS = (torch.float32, torch.int64, torch.bool)
LARGE_KINDS = (torch.float32, torch.bool)


def situations(cases, again, large):
    """Return groups of calls of masked `cases`, of the case `again`, and of a `large` one.

    `again` has other inputs of the first case's sizes. Of `cases` the call without a mask comes
    first, of `again` the calls with one: so code that keeps a result shows.
    """
    return [
        (PLAIN, [case.under(None).call() for case in cases]),
        *((MASKED, [_kind(case, dtype) for case in cases]) for dtype in KINDS),
        *((MASKED, [_kind(again, dtype)]) for dtype in KINDS),
        (PLAIN, [again.under(None).call()]),
        (LARGE, [large.under(None).call()]),
        *((LARGE_MASKED, [_kind(case, dtype) for case in hidden(large)]) for dtype in LARGE_KINDS),
    ]


def unmasked(cases, large):
    """Return groups of calls for a function that takes no mask."""
    return [(PLAIN, [case.call() for case in cases]), (LARGE, [large.under(None).call()])]


def hidden(large):
    """Return the large case with masks: the smallest scores visible, the largest hidden."""
    return smallest_visible(large), largest_hidden(large)


def _kind(case, dtype):
    return case.under(case.mask.to(dtype)).call()
