"""Misconceptions of exercise 2."""

import torch
from torch.nn import functional

from ..scaled import gradients, large_scores, manners, masks, rubric, steps, weights
from . import sentences
from .returning import LOSE_WEIGHTS, Double
from .steps import attend, minus_infinity, product, root, softmax, weighted_sum

wrong = rubric.misconception
ROOT = "divide them by √d_k, where d_k is the size of a query vector."


def scaled(query, keys, values, mask=None, **steps):
    """Attend with the right scale."""
    return attend(query, keys, values, mask, **{"scale": root} | steps)


@wrong(f"Your scores are not scaled; {ROOT}", weights)
def unscaled(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, scale=None)


@wrong("Your scores are divided by d_k; the formula divides by √d_k.", weights)
def divided_by_size(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, scale=lambda s, q, k: s / q.shape[-1])


@wrong(f"Your scores are divided by the root of the sequence length; {ROOT}", weights)
def root_of_length(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, scale=lambda s, q, k: s / k.shape[1] ** 0.5)


@wrong(f"Your scores are divided by the root of the batch size; {ROOT}", weights)
def root_of_batch(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, scale=lambda s, q, k: s / q.shape[0] ** 0.5)


@wrong("Your scores are multiplied by √d_k; the formula divides.", weights)
def multiplied(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, scale=lambda s, q, k: s * q.shape[-1] ** 0.5)


@wrong(
    "Your weights are a softmax of unscaled scores, divided by √d_k; scale the scores first.",
    weights,
)
def scaled_after_softmax(query, keys, values, mask=None):
    late = lambda s: softmax(s) / query.shape[-1] ** 0.5  # noqa: E731
    return scaled(query, keys, values, mask, scale=None, normalise=late)


@wrong(sentences.OVER_BATCH, weights)
def softmax_over_batch(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, normalise=lambda s: torch.softmax(s, dim=0))


@wrong(sentences.NO_SOFTMAX, weights)
def no_softmax(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, normalise=lambda s: s)


@wrong(sentences.SMALL_FIRST, weights)
def negative_scores(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, score=lambda q, k: -product(q, k))


@wrong(sentences.COSINE, weights)
def cosine(query, keys, values, mask=None):
    score = lambda q, k: product(functional.normalize(q, dim=-1), functional.normalize(k, dim=-1))  # noqa: E731
    return scaled(query, keys, values, mask, score=score, scale=None)


@wrong("Your output mixes the keys; it is the weighted sum of the values.", steps)
def mixes_keys(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, mix=lambda w, v: weighted_sum(w, keys))


@wrong(sentences.INVERTED, masks)
def inverted_mask(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s.masked_fill(m != 0, -torch.inf))


@wrong(sentences.IGNORED, masks)
def ignored_mask(query, keys, values, mask=None):
    return scaled(query, keys, values)


@wrong(sentences.AFTER, masks)
def mask_after_softmax(query, keys, values, mask=None):
    keep = {"hide": lambda s, m: s, "after": lambda w, m: w * (m != 0)}
    return scaled(query, keys, values, mask, **keep)


@wrong(sentences.ZERO, masks)
def mask_times_scores(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s * m)


@wrong(sentences.WEIGHTS_ONLY, masks)
def output_without_mask(query, keys, values, mask=None):
    return scaled(query, keys, values)[0], scaled(query, keys, values, mask)[1]


@wrong(sentences.OUTPUT_ONLY, masks)
def weights_without_mask(query, keys, values, mask=None):
    return scaled(query, keys, values, mask)[0], scaled(query, keys, values)[1]


@wrong(sentences.VALUES_HIDDEN, masks)
def hides_values(query, keys, values, mask=None):
    seen = values if mask is None else values * (mask != 0)[..., None]
    return scaled(query, keys, seen)


@wrong(sentences.OF_FIRST_ROW, masks)
def mask_of_first_row(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: minus_infinity(s, m[:1]))


@wrong("Your mask acts as if it were read from right to left; position 0 comes first.", masks)
def reversed_mask(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: minus_infinity(s, m.flip(-1)))


@wrong(sentences.RAISED, masks)
def visible_raised(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s + 1.0 * (m != 0))


@wrong(sentences.NAN, masks)
def all_nan(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s + torch.nan)


@wrong(sentences.LOST, masks)
def shared_after_softmax(query, keys, values, mask=None):
    share = lambda w, m: w * (m != 0) / (w * (m != 0)).sum(-1, keepdim=True)  # noqa: E731
    return scaled(query, keys, values, mask, hide=lambda s, m: s, after=share)


@wrong(sentences.LOST, masks)
def shared_after_softmax_without_nan(query, keys, values, mask=None):
    share = lambda w, m: w * (m != 0) / ((w * (m != 0)).sum(-1, keepdim=True) + 1e-9)  # noqa: E731
    return scaled(query, keys, values, mask, hide=lambda s, m: s, after=share)


@wrong(sentences.TWICE, weights)
def softmax_twice(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, normalise=lambda s: softmax(softmax(s)))


@wrong(sentences.SIGMOID, weights)
def sigmoid(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, normalise=torch.sigmoid)


@wrong(sentences.EQUAL, weights)
def uniform(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, score=lambda q, k: 0 * product(q, k))


@wrong("Your scores compare the query with the values; compare it with the keys.", weights)
def scores_from_values(query, keys, values, mask=None):
    return scaled(query, values, values, mask)


@wrong(
    "Keys and values have changed places: scores compare keys, the output mixes values.", weights
)
def keys_and_values_swapped(query, keys, values, mask=None):
    return scaled(query, values, keys, mask)


@wrong(sentences.SCORES, weights)
def scores_returned(query, keys, values, mask=None):
    kept = []
    seen = lambda s: kept.append(s) or softmax(s)  # noqa: E731
    return scaled(query, keys, values, mask, normalise=seen)[0], *kept


@wrong("Your weights are those of unscaled scores, your output is not; return those used.", weights)
def weights_unscaled(query, keys, values, mask=None):
    return scaled(query, keys, values, mask)[0], scaled(query, keys, values, mask, scale=None)[1]


@wrong("Your output is that of unscaled scores, your weights are not; mix by them.", steps)
def output_unscaled(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, scale=None)[0], scaled(query, keys, values, mask)[1]


@wrong(sentences.OVERFLOWS, large_scores)
def overflows(query, keys, values, mask=None):
    normalise = lambda s: s.exp() / s.exp().sum(-1, keepdim=True)  # noqa: E731
    return scaled(query, keys, values, mask, normalise=normalise)


@wrong("No gradient reaches query and keys; leave them attached.", gradients)
def detached(query, keys, values, mask=None):
    return scaled(query.detach(), keys.detach(), values, mask)


@wrong("Your results are float32 whatever the inputs are; keep the dtype of the inputs.", manners)
def single_precision(query, keys, values, mask=None):
    return scaled(query.float(), keys.float(), values.float(), mask)


@wrong("Your function takes bool masks only; float and int masks raise an error.", masks)
def bool_masks_only(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s.masked_fill(~m, -torch.inf))


for one in LOSE_WEIGHTS:
    wrong(one.told, weights)(one(scaled))
wrong(Double.told, manners)(Double(scaled))


def filled(number):
    """Return a function that sets hidden scores to a number."""

    def filled_too_high(query, keys, values, mask=None):
        hide = lambda s, m: s.masked_fill(m == 0, number)  # noqa: E731
        return scaled(query, keys, values, mask, hide=hide)

    return filled_too_high


def lowered(number):
    """Return a function that lowers hidden scores by a number."""

    def lowered_too_little(query, keys, values, mask=None):
        return scaled(query, keys, values, mask, hide=lambda s, m: s - number * (m == 0))

    return lowered_too_little


# Between which of the scores, of 10 to 1,000, the number lies decides where it is not enough.
for number in (-10.0, -100.0, -500.0, -1000.0):
    wrong(sentences.TOO_HIGH, masks)(filled(number))
for number in (10.0, 100.0, 600.0, 1000.0):
    wrong(sentences.TOO_HIGH, masks)(lowered(number))
