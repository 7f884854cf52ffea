"""Misconceptions of exercise 2."""

import torch
from torch.nn import functional

from ..scaled import gradients, large_scores, manners, masks, rubric, steps, weights
from .steps import attend, minus_infinity, product, root, softmax, weighted_sum

wrong = rubric.misconception
ROOT = "divide them by √d_k, where d_k is the size of a query vector."
FILL = "set the scores of hidden positions to -inf before the softmax."


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


@wrong("Your softmax comes before the division by √d_k; scale the scores first.", weights)
def scaled_after_softmax(query, keys, values, mask=None):
    late = lambda s: softmax(s) / query.shape[-1] ** 0.5  # noqa: E731
    return scaled(query, keys, values, mask, scale=None, normalise=late)


@wrong("Your softmax runs over the batch; it should run over the keys of each query.", weights)
def softmax_over_batch(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, normalise=lambda s: torch.softmax(s, dim=0))


@wrong("Your weights are the scaled scores themselves; the softmax is missing.", weights)
def no_softmax(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, normalise=lambda s: s)


@wrong("Keys with a small score get a large weight: the sign of your scores is turned.", weights)
def negative_scores(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, score=lambda q, k: -product(q, k))


@wrong("Your query and keys are normalised to length 1 (cosine); use them as they are.", weights)
def cosine(query, keys, values, mask=None):
    score = lambda q, k: product(functional.normalize(q, dim=-1), functional.normalize(k, dim=-1))  # noqa: E731
    return scaled(query, keys, values, mask, score=score, scale=None)


@wrong("Your output mixes the keys; it is the weighted sum of the values.", steps)
def mixes_keys(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, mix=lambda w, v: weighted_sum(w, keys))


@wrong("Your mask is inverted; 1 or True should be visible, and 0 or False hidden.", masks)
def inverted_mask(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s.masked_fill(m != 0, -torch.inf))


@wrong(f"Your mask has no effect; {FILL}", masks)
def ignored_mask(query, keys, values, mask=None):
    return scaled(query, keys, values)


@wrong(f"Your mask comes after the softmax, so the weights no longer sum to 1; {FILL}", masks)
def mask_after_softmax(query, keys, values, mask=None):
    keep = {"hide": lambda s, m: s, "after": lambda w, m: w * (m != 0)}
    return scaled(query, keys, values, mask, **keep)


@wrong(f"Your scores are multiplied by the mask, and a score of 0 still gets weight; {FILL}", masks)
def mask_times_scores(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s * m)


@wrong(f"Your hidden scores are set to a number that is not small enough; {FILL}", masks)
def filled_with_minus_ten(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s.masked_fill(m == 0, -10.0))


@wrong("Your weights know the mask, but your output does not; mix by the masked weights.", masks)
def output_without_mask(query, keys, values, mask=None):
    return scaled(query, keys, values)[0], scaled(query, keys, values, mask)[1]


@wrong("Your output knows the mask, but the weights you return do not.", masks)
def weights_without_mask(query, keys, values, mask=None):
    return scaled(query, keys, values, mask)[0], scaled(query, keys, values)[1]


@wrong(f"Your mask hides values instead of scores; {FILL}", masks)
def hides_values(query, keys, values, mask=None):
    seen = values if mask is None else values * (mask != 0)[..., None]
    return scaled(query, keys, seen)


@wrong("Every row uses the mask of the first batch row; use its own.", masks)
def mask_of_first_row(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: minus_infinity(s, m[:1]))


@wrong("Your mask is read from right to left.", masks)
def reversed_mask(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: minus_infinity(s, m.flip(-1)))


@wrong("-100 is not low enough for hidden scores when the visible ones are low, too.", masks)
def filled_with_minus_hundred(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s.masked_fill(m == 0, -100.0))


@wrong(
    "Your exp overflows: subtract the largest score first, or use torch's softmax.", large_scores
)
def overflows(query, keys, values, mask=None):
    normalise = lambda s: s.exp() / s.exp().sum(-1, keepdim=True)  # noqa: E731
    return scaled(query, keys, values, mask, normalise=normalise)


@wrong("Your weights are detached from the query and keys.", gradients)
def detached(query, keys, values, mask=None):
    return scaled(query.detach(), keys.detach(), values, mask)


@wrong("Your function works in float32 whatever its inputs are.", manners)
def single_precision(query, keys, values, mask=None):
    return scaled(query.float(), keys.float(), values.float(), mask)


@wrong("Your function takes bool masks only.", masks)
def bool_masks_only(query, keys, values, mask=None):
    return scaled(query, keys, values, mask, hide=lambda s, m: s.masked_fill(~m, -torch.inf))
