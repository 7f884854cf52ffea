"""Misconceptions of exercise 1."""

import torch
from torch.nn import functional

from ..dot_product import gradients, large_scores, manners, rubric, steps, weights
from . import sentences
from .returning import LOSE_WEIGHTS, Double
from .steps import attend, product, root, softmax, weighted_sum

wrong = rubric.misconception
SUM = "the output is the sum of the values, each multiplied by its weight."


@wrong("Your scores are divided by √d; exercise 1 uses them as they are.", loses=weights)
def scaled(query, keys, values):
    return attend(query, keys, values, scale=root)


@wrong("Your scores are divided by the hidden size; exercise 1 uses them as they are.", weights)
def divided_by_size(query, keys, values):
    return attend(query, keys, values, scale=lambda s, q, k: s / q.shape[-1])


@wrong(sentences.OVER_BATCH, weights)
def softmax_over_batch(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: torch.softmax(s, dim=0))


@wrong(sentences.NO_SOFTMAX, weights)
def no_softmax(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: s)


@wrong(sentences.SIGMOID, weights)
def sigmoid(query, keys, values):
    return attend(query, keys, values, normalise=torch.sigmoid)


@wrong("Your weights are the scores, divided by their sum; a softmax takes exp first.", weights)
def without_exp(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: s / s.sum(-1, keepdim=True))


@wrong(sentences.EQUAL, weights)
def uniform(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: torch.softmax(0 * s, dim=-1))


@wrong("All weight goes to the key with the largest score; a softmax shares it out.", weights)
def hard_maximum(query, keys, values):
    return attend(
        query, keys, values, normalise=lambda s: functional.one_hot(s.argmax(-1), s.shape[-1]).to(s)
    )


@wrong(
    "Your scores compare the query with the values; they should compare it with the keys.", weights
)
def scores_from_values(query, keys, values):
    weights = softmax(product(query, values))
    return attend(query, keys, values, normalise=lambda s: weights)


@wrong(f"Your output mixes the keys; {SUM}", steps)
def mixes_keys(query, keys, values):
    weights = attend(query, keys, values)[1]
    return torch.einsum("bs,bsh->bh", weights, keys), weights


@wrong(sentences.SMALL_FIRST, weights)
def negative_scores(query, keys, values):
    return attend(query, keys, values, score=lambda q, k: -product(q, k))


@wrong(sentences.COSINE, weights)
def cosine(query, keys, values):
    score = lambda q, k: product(functional.normalize(q, dim=-1), functional.normalize(k, dim=-1))  # noqa: E731
    return attend(query, keys, values, score=score)


@wrong("Your scores are distances of query and key; they should be dot products.", weights)
def distances(query, keys, values):
    return attend(query, keys, values, score=lambda q, k: -(q[:, None] - k).norm(dim=-1))


@wrong(
    "Your weights are logarithms of a softmax, also where they mix; use the softmax itself.",
    weights,
)
def log_softmax(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: torch.log_softmax(s, dim=-1))


@wrong(sentences.TWICE, weights)
def softmax_twice(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: softmax(softmax(s)))


@wrong(f"Your output adds up the values without their weights; {SUM}", steps)
def plain_sum(query, keys, values):
    return attend(query, keys, values, mix=lambda w, v: v.sum(1))


@wrong(f"Your output divides the weighted sum by the number of keys; {SUM}", steps)
def mean_of_weighted(query, keys, values):
    return attend(query, keys, values, mix=lambda w, v: (w[..., None] * v).mean(1))


@wrong("Every query is compared with the keys of the first batch row; use its own row.", weights)
def keys_of_first_row(query, keys, values):
    return attend(query, keys[:1].expand_as(keys), values)


@wrong("Every output mixes the values of the first batch row; use its own row.", steps)
def values_of_first_row(query, keys, values):
    return attend(query, keys, values[:1].expand_as(values))


@wrong("Your weights are powers of 2, divided by their sum; the softmax uses powers of e.", weights)
def powers_of_two(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: softmax(s * 0.6931471805599453))


@wrong(sentences.OVERFLOWS, large_scores)
def overflows(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: s.exp() / s.exp().sum(-1, keepdim=True))


@wrong("Your scores stop growing at some bound, so that large ones look alike.", large_scores)
def cut_off(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: softmax(s.clamp(-50, 50)))


@wrong("No gradient reaches query and keys; leave them attached.", gradients)
def detached(query, keys, values):
    return attend(query.detach(), keys.detach(), values)


@wrong("Your results are float32 whatever the inputs are; keep the dtype of the inputs.", manners)
def single_precision(query, keys, values):
    return attend(query.float(), keys.float(), values.float())


@wrong("Your function changes its query; make a new tensor.", manners)
def writes_into_query(query, keys, values):
    output, weights = attend(query, keys, values)
    with torch.no_grad():
        query.mul_(2)
    return output, weights


@wrong("Your function seeds torch's random numbers; leave them alone.", manners)
def seeds(query, keys, values):
    torch.manual_seed(0)
    return attend(query, keys, values)


@wrong(sentences.SIGMOID, weights)
def shared_sigmoid(query, keys, values):
    return attend(query, keys, values, normalise=lambda s: s.sigmoid() / s.sigmoid().sum(-1, True))


@wrong(
    "Keys and values have changed places: scores compare keys, the output mixes values.", weights
)
def keys_and_values_swapped(query, keys, values):
    return attend(query, values, keys)


@wrong(f"Your output is the plain mean of the values; {SUM}", steps)
def plain_mean(query, keys, values):
    return attend(query, keys, values, mix=lambda w, v: v.mean(1))


@wrong(f"Your output is the value of the key with the largest weight; {SUM}", steps)
def value_of_largest(query, keys, values):
    first = lambda w: functional.one_hot(w.argmax(-1), w.shape[-1]).to(w)  # noqa: E731
    return attend(query, keys, values, mix=lambda w, v: weighted_sum(first(w), v))


@wrong(f"Your output leaves out the last key; {SUM}", steps)
def without_last_key(query, keys, values):
    return attend(query, keys, values, mix=lambda w, v: weighted_sum(w[:, :-1], v[:, :-1]))


@wrong(f"Your output leaves out the first key; {SUM}", steps)
def without_first_key(query, keys, values):
    return attend(query, keys, values, mix=lambda w, v: weighted_sum(w[:, 1:], v[:, 1:]))


for one in LOSE_WEIGHTS:
    wrong(one.told, weights)(one(attend))
wrong(Double.told, manners)(Double(attend))
