"""What layers do wrong without a mask (exercises 3 and 4): one step each, mixed into a right layer.

`told` is the sentence. Several may share one: they differ in a step that the student chose.
"""

import torch
from torch.nn import functional

from . import sentences


class RootOfLength:
    told = (
        "Your scores are divided by the root of the sequence length; divide them by the root of "
        "the size of a query vector."
    )

    def scaled(self, scores):
        return scores / scores.shape[-1] ** 0.5


class Multiplied:
    told = "Your scores are multiplied by the root of the vectors' size; the formula divides by it."

    def scaled(self, scores):
        return scores * self.head_dim**0.5


class KeysFromQueries:
    told = "Your keys come from W_q; they should come from W_k."

    def project(self, x):
        return self.by("W_q", x), self.by("W_q", x), self.by("W_v", x)


class QueriesFromKeys:
    told = "Your queries come from W_k; they should come from W_q."

    def project(self, x):
        return self.by("W_k", x), self.by("W_k", x), self.by("W_v", x)


class KeysFromValues:
    told = "Your keys come from W_v; they should come from W_k."

    def project(self, x):
        return self.by("W_q", x), self.by("W_v", x), self.by("W_v", x)


class QueriesAndKeysSwapped:
    told = "Queries and keys have changed places: scores are Q @ K^T."

    def project(self, x):
        return self.by("W_k", x), self.by("W_q", x), self.by("W_v", x)


class KeysAndValuesSwapped:
    told = "W_k and W_v have changed places: keys come from W_k, and values from W_v."

    def project(self, x):
        return self.by("W_q", x), self.by("W_v", x), self.by("W_k", x)


class QueriesAndValuesSwapped:
    told = "W_q and W_v have changed places: queries come from W_q, and values from W_v."

    def project(self, x):
        return self.by("W_v", x), self.by("W_k", x), self.by("W_q", x)


class Unprojected:
    told = "Your scores compare the inputs themselves; project them by W_q and W_k first."

    def project(self, x):
        return x, x, self.by("W_v", x)


class QueriesUnprojected:
    told = "Your queries are x itself; project it by W_q first."

    def project(self, x):
        return x, self.by("W_k", x), self.by("W_v", x)


class KeysUnprojected:
    told = "Your keys are x itself; project it by W_k first."

    def project(self, x):
        return self.by("W_q", x), x, self.by("W_v", x)


class SoftmaxOverQueries:
    told = "Your weights sum to 1 over the queries; each query's weights over the keys should."

    def normalise(self, scores):
        return torch.softmax(scores, dim=-2)


class SoftmaxOverBatch:
    told = sentences.OVER_BATCH

    def normalise(self, scores):
        return torch.softmax(scores, dim=0)


class NoSoftmax:
    told = sentences.NO_SOFTMAX

    def normalise(self, scores):
        return scores


class SoftmaxTwice:
    told = sentences.TWICE

    def normalise(self, scores):
        return torch.softmax(torch.softmax(scores, dim=-1), dim=-1)


class Sigmoid:
    told = sentences.SIGMOID

    def normalise(self, scores):
        return torch.sigmoid(scores)


class AllEqual:
    told = sentences.EQUAL

    def compared(self, query, key):
        return 0 * super().compared(query, key)


class SmallestFirst:
    told = sentences.SMALL_FIRST

    def compared(self, query, key):
        return -super().compared(query, key)


class Cosine:
    told = sentences.COSINE

    def compared(self, query, key):
        query, key = (functional.normalize(one, dim=-1) for one in (query, key))
        return super().compared(query, key)

    def scaled(self, scores):
        return scores


class ScaledCosine(Cosine):
    def scaled(self, scores):
        return scores / self.head_dim**0.5


class CausalWithoutMask:
    told = "Your layer hides later positions although no mask is given; without a mask hide none."

    def forward(self, x, mask=None):
        causal = torch.ones(x.shape[0], x.shape[1], x.shape[1]).tril()
        return super().forward(x, causal if mask is None else causal * (mask != 0))


class Swapped:
    told = sentences.SWAPPED

    def returned(self, output, weights, scores):
        return self.shown(weights), output


class OutputAlone:
    told = sentences.ALONE

    def returned(self, output, weights, scores):
        return output


class WeightsAlone:
    told = sentences.WEIGHTS_ALONE

    def returned(self, output, weights, scores):
        return self.shown(weights)


class ScoresReturned:
    told = sentences.SCORES

    def returned(self, output, weights, scores):
        return output, self.shown(scores)


class LogarithmsReturned:
    told = sentences.LOGARITHMS

    def returned(self, output, weights, scores):
        return output, self.shown(weights.log())


class TransposedReturned:
    told = "The weights you return are transposed: a row is a query, a column is a key."

    def returned(self, output, weights, scores):
        return output, self.shown(weights.mT)


class FirstResultAgain:
    told = "Your layer returns the result of its first call again and again; compute each anew."

    def forward(self, x, mask=None):
        if not hasattr(self, "kept"):
            self.kept = super().forward(x, mask)
        return self.kept


class ValuesUnprojected:
    told = "Your output mixes x itself; project it by W_v first."

    def project(self, x):
        return self.by("W_q", x), self.by("W_k", x), x


class ValuesFromKeys:
    told = "Your values come from W_k; they should come from W_v."

    def project(self, x):
        return self.by("W_q", x), self.by("W_k", x), self.by("W_k", x)


class ValuesFromQueries:
    told = "Your values come from W_q; they should come from W_v."

    def project(self, x):
        return self.by("W_q", x), self.by("W_k", x), self.by("W_q", x)


class MixedByTransposed:
    told = "Your output mixes the values by the transposed weights; each row mixes for its query."

    def mix(self, weights, value):
        return super().mix(weights.mT, value)


class Residual:
    told = "Your output adds x on top (a residual connection); the exercise has none."

    def finish(self, joined, x):
        return super().finish(joined, x) + x


class Double:
    told = sentences.DOUBLE

    def returned(self, output, weights, scores):
        return tuple(one.double() for one in super().returned(output, weights, scores))


class Overflows:
    told = sentences.OVERFLOWS

    def normalise(self, scores):
        return scores.exp() / scores.exp().sum(-1, keepdim=True)


class Detached:
    told = "No gradient reaches your projections through the weights; leave them attached."

    def normalise(self, scores):
        return torch.softmax(scores.detach(), dim=-1)


class Dropout:
    told = "Your layer drops weights at random in train mode; the exercise has no dropout."

    def normalise(self, scores):
        return functional.dropout(torch.softmax(scores, dim=-1), 0.1, self.training)


LOSE_WEIGHTS = (
    RootOfLength, Multiplied, KeysFromQueries, QueriesFromKeys, KeysFromValues,
    QueriesAndKeysSwapped, KeysAndValuesSwapped, QueriesAndValuesSwapped, Unprojected,
    QueriesUnprojected, KeysUnprojected, SoftmaxOverQueries, SoftmaxOverBatch, NoSoftmax,
    SoftmaxTwice, Sigmoid, AllEqual, SmallestFirst, Cosine, ScaledCosine, CausalWithoutMask,
    Swapped, OutputAlone, WeightsAlone, ScoresReturned, LogarithmsReturned, TransposedReturned,
    FirstResultAgain,
)  # fmt: skip
LOSE_STEPS = (
    ValuesUnprojected, ValuesFromKeys, ValuesFromQueries, MixedByTransposed, Residual,
)  # fmt: skip
LOSE_MANNERS = (Double, Overflows, Dropout)
LOSE_GRADIENTS = (Detached,)
