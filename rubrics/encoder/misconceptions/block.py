"""Misconceptions of exercise 4: what a block does wrong without a mask, and how it is made."""

import torch
from torch import nn
from torch.nn import functional

from ..block import conventions, gradients, masks, output, parts, rubric, weights
from . import padding
from .parts import EncoderBlock, FeedForward

wrong = rubric.misconception
FORMULA = "the block is x = x + attention(norm1(x)), then x = x + feed_forward(norm2(x))."
EACH_HEAD = "return one map for each head: average_attn_weights=False."
ONE_NORM = (
    "Your block has the same norm in both places; attention should get norm1(x), the feed-forward "
    "norm2(x), with parameters of its own."
)
ALL_THREE = "query, key and value are all norm1(x)."


@wrong(
    "Your block normalises each sum x + sub-layer(x) (post-norm); this block is pre-norm: "
    + FORMULA,
    output,
)
class PostNorm(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(x, mask)
        x = self.norm1(x + mixed)
        return self.norm2(x + self.feed_forward(x)), maps


@wrong(
    "Your block normalises what comes out of attention and feed-forward; it should normalise what "
    "goes in: " + FORMULA,
    output,
)
class SublayersNormed(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(x, mask)
        x = x + self.norm1(mixed)
        return x + self.norm2(self.feed_forward(x)), maps


@wrong("Your block does not use norm1 and norm2; " + FORMULA, output)
class NoNorms(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(x, mask)
        x = x + mixed
        return x + self.feed_forward(x), maps


@wrong("Your attention gets x itself; it should get norm1(x).", output)
class AttentionUnnormed(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(x, mask)
        x = x + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong("Your feed-forward gets x itself; it should get norm2(x).", output)
class FeedForwardUnnormed(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        x = x + mixed
        return x + self.feed_forward(x), maps


@wrong(ONE_NORM, output)
class FirstNormTwice(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        x = x + mixed
        return x + self.feed_forward(self.norm1(x)), maps


@wrong("Your block uses norm2 in both places; the attention should get norm1(x).", output)
class SecondNormTwice(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm2(x), mask)
        x = x + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong("norm1 and norm2 have changed places: norm1 is before attention, norm2 after it.", output)
class NormsSwapped(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm2(x), mask)
        x = x + mixed
        return x + self.feed_forward(self.norm1(x)), maps


@wrong(
    "Both your sums start from the normalised x; they should start from x itself: " + FORMULA,
    output,
)
class ResidualsNormed(EncoderBlock):
    def forward(self, x, mask=None):
        x = self.norm1(x)
        mixed, maps = self.attend(x, mask)
        x = self.norm2(x + mixed)
        return x + self.feed_forward(x), maps


@wrong(
    "Your first sum is norm1(x) + attention(norm1(x)); it should be x + attention(norm1(x)).",
    output,
)
class FirstResidualNormed(EncoderBlock):
    def forward(self, x, mask=None):
        x = self.norm1(x)
        mixed, maps = self.attend(x, mask)
        x = x + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong(
    "Your second sum is norm2(x) + feed_forward(norm2(x)); it should be "
    "x + feed_forward(norm2(x)).",
    output,
)
class SecondResidualNormed(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        x = self.norm2(x + mixed)
        return x + self.feed_forward(x), maps


@wrong("Your block adds x nowhere (no residual connections); " + FORMULA, output)
class NoResiduals(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        return self.feed_forward(self.norm2(mixed)), maps


@wrong("Your block does not add x to what attention returns; x = x + attention(norm1(x)).", output)
class FirstResidualMissing(EncoderBlock):
    def forward(self, x, mask=None):
        x, maps = self.attend(self.norm1(x), mask)
        return x + self.feed_forward(self.norm2(x)), maps


@wrong(
    "Your block does not add x to what feed_forward returns; x = x + feed_forward(norm2(x)).",
    output,
)
class SecondResidualMissing(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        return self.feed_forward(self.norm2(x + mixed)), maps


@wrong("Your block adds x twice in its first sum; once is enough.", output)
class FirstResidualDoubled(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        x = x + x + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong("Your block adds x twice in its second sum; once is enough.", output)
class SecondResidualDoubled(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        x = x + mixed
        return x + x + self.feed_forward(self.norm2(x)), maps


@wrong("Your block adds x twice in both sums; once is enough.", output)
class ResidualsDoubled(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        x = x + x + mixed
        return x + x + self.feed_forward(self.norm2(x)), maps


@wrong(
    "Your second sum starts from the block's input; it should start from the result of the first "
    "sum, x + attention(norm1(x)).",
    output,
)
class InputAddedAgain(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        return x + self.feed_forward(self.norm2(x + mixed)), maps


@wrong(
    "Your feed-forward gets the block's input (both sub-layers work in parallel); it should get "
    "norm2 of the first sum, x + attention(norm1(x)).",
    output,
)
class Parallel(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        return x + mixed + self.feed_forward(self.norm2(x)), maps


@wrong(
    "Your feed-forward gets what attention returns, without x; it should get norm2 of the first "
    "sum, x + attention(norm1(x)).",
    output,
)
class OneResidualForBoth(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        return x + self.feed_forward(self.norm2(mixed)), maps


@wrong("Your block has no feed-forward; add feed_forward(norm2(x)) to x.", output)
class NoFeedForward(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        return x + mixed, maps


@wrong("Your output does not use what attention returns; x = x + attention(norm1(x)).", output)
class NoAttention(EncoderBlock):
    def forward(self, x, mask=None):
        _, maps = self.attend(self.norm1(x), mask)
        return x + self.feed_forward(self.norm2(x)), maps


@wrong("Your block runs the feed-forward before attention; attention comes first.", output)
class FeedForwardFirst(EncoderBlock):
    def forward(self, x, mask=None):
        x = x + self.feed_forward(self.norm2(x))
        mixed, maps = self.attend(self.norm1(x), mask)
        return x + mixed, maps


@wrong("Your output is normalised once more at the end, by norm2; return the second sum.", output)
class NormedAtTheEnd(EncoderBlock):
    def returned(self, result, maps):
        return self.norm2(result), maps


@wrong("Your output has no values below 0 (a ReLU at the end); return the second sum.", output)
class ReluAtTheEnd(EncoderBlock):
    def returned(self, result, maps):
        return torch.relu(result), maps


@wrong("Your block subtracts what attention returns from x; it should add it.", output)
class Subtracted(EncoderBlock):
    def attend(self, normed, mask):
        mixed, maps = super().attend(normed, mask)
        return -mixed, maps


class Linear(FeedForward):
    def activated(self, hidden):
        return hidden


@wrong("Your feed-forward has no ReLU between linear1 and linear2.", output)
class NoActivation(EncoderBlock):
    feed = Linear


class Gelu(FeedForward):
    def activated(self, hidden):
        return functional.gelu(hidden)


@wrong("Your feed-forward uses GELU; it should use ReLU.", output)
class GeluForRelu(EncoderBlock):
    feed = Gelu


class Twice(FeedForward):
    def forward(self, x):
        return torch.relu(super().forward(x))


@wrong("Your feed-forward has a second ReLU, after linear2; the formula has one.", output)
class SecondRelu(EncoderBlock):
    feed = Twice


@wrong("Only your query is norm1(x), key and value are x itself; " + ALL_THREE, output)
class OnlyQueryNormed(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.run(self.norm1(x), x, x, self.hidden(mask))
        x = x + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong("Your value is x itself; " + ALL_THREE, output)
class ValueUnnormed(EncoderBlock):
    def forward(self, x, mask=None):
        normed = self.norm1(x)
        mixed, maps = self.run(normed, normed, x, self.hidden(mask))
        x = x + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong("Your key is x itself; " + ALL_THREE, output)
class KeyUnnormed(EncoderBlock):
    def forward(self, x, mask=None):
        normed = self.norm1(x)
        mixed, maps = self.run(normed, x, normed, self.hidden(mask))
        x = x + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong("Your query is x itself; " + ALL_THREE, output)
class QueryUnnormed(EncoderBlock):
    def forward(self, x, mask=None):
        normed = self.norm1(x)
        mixed, maps = self.run(x, normed, normed, self.hidden(mask))
        x = x + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong(
    "Your attention mixes over the batch; it should mix over the sequence. nn.MultiheadAttention "
    "has the sequence first, unless you pass batch_first=True.",
    output,
)
class OverTheBatch(EncoderBlock):
    def attend(self, normed, mask):
        mixed, maps = self.run(*[normed.transpose(0, 1)] * 3)
        return mixed.transpose(0, 1), maps


@wrong("Your attention has one head only; it should have num_heads.", weights)
class OneHead(EncoderBlock):
    def make_attention(self, embed_dim, num_heads):
        return super().make_attention(embed_dim, 1)


@wrong(
    "Your block hides later positions although no mask is given; without a mask hide none.", weights
)
class Causal(EncoderBlock):
    def attend(self, normed, mask):
        later = normed.new_full((normed.shape[1],) * 2, -torch.inf).triu(1)
        return self.run(normed, normed, normed, self.hidden(mask), bias=later)


@wrong("Your attention weights are the mean over the heads; " + EACH_HEAD, weights)
class Averaged(EncoderBlock):
    def returned(self, result, maps):
        return result, maps.mean(1)


@wrong("Your attention weights are the mean over the heads; " + EACH_HEAD, weights)
class AveragedForEachHead(EncoderBlock):
    def returned(self, result, maps):
        return result, maps.mean(1, keepdim=True).expand_as(maps)


@wrong("Your attention weights are the mean over the heads; " + EACH_HEAD, weights)
class AveragedWithAxis(EncoderBlock):
    def returned(self, result, maps):
        return result, maps.mean(1, keepdim=True)


@wrong("Your attention weights are the sum over the heads; " + EACH_HEAD, weights)
class Summed(EncoderBlock):
    def returned(self, result, maps):
        return result, maps.sum(1)


@wrong("Your attention weights are those of the first head alone; " + EACH_HEAD, weights)
class FirstHeadAlone(EncoderBlock):
    def returned(self, result, maps):
        return result, maps[:, 0]


@wrong(
    "Your attention weights have the heads first; the batch comes first, then the heads.", weights
)
class HeadsFirst(EncoderBlock):
    def returned(self, result, maps):
        return result, maps.transpose(0, 1)


@wrong("Your attention weights are transposed: a row is a query, a column is a key.", weights)
class Transposed(EncoderBlock):
    def returned(self, result, maps):
        return result, maps.mT


@wrong("Your attention weights are logarithms; return the weights themselves.", weights)
class Logarithms(EncoderBlock):
    def returned(self, result, maps):
        return result, maps.log()


@wrong("Your block returns the output alone; return the output and the attention weights.", weights)
class OutputAlone(EncoderBlock):
    def returned(self, result, maps):
        return result


@wrong("Your block returns the weights first; return the output, then the weights.", weights)
class Swapped(EncoderBlock):
    def returned(self, result, maps):
        return maps, result


@wrong("Your block returns None in place of the weights; need_weights should be True.", weights)
class NoWeights(EncoderBlock):
    def returned(self, result, maps):
        return result, None


@wrong(
    "Your weights are those of attention on the block's output; return those it was made with.",
    weights,
)
class WeightsOfOutput(EncoderBlock):
    def forward(self, x, mask=None):
        result, _ = super().forward(x, mask)
        return result, self.attend(self.norm1(result), mask)[1]


@wrong(
    "Your weights are those of attention on x itself; return those of attention on norm1(x), which "
    "made the output.",
    weights,
)
class WeightsOfInput(EncoderBlock):
    def forward(self, x, mask=None):
        result, _ = super().forward(x, mask)
        return result, self.attend(x, mask)[1]


@wrong(
    "Your block draws random numbers in train mode (dropout); it should have no dropout.",
    conventions,
)
class Dropout(EncoderBlock):
    def returned(self, result, maps):
        return functional.dropout(result, 0.1, self.training), maps


@wrong(
    "Your block draws random numbers in train mode (dropout); it should have no dropout.",
    conventions,
)
class AttentionDropout(EncoderBlock):
    def make_attention(self, embed_dim, num_heads):
        return nn.MultiheadAttention(embed_dim, num_heads, dropout=0.2, batch_first=True)


@wrong("Your block writes into its argument x; make a new tensor: x = x + ….", conventions)
class InPlace(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        with torch.no_grad():
            x.add_(0.5)
        x = x - 0.5 + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong("Your block sets the seed of random numbers; leave global settings alone.", conventions)
class Seeds(EncoderBlock):
    def forward(self, x, mask=None):
        torch.manual_seed(0)
        return super().forward(x, mask)


@wrong("Your results are float64 where x is float32; keep the dtype of x.", conventions)
class Double(EncoderBlock):
    def returned(self, result, maps):
        return result.double(), maps.double()


@wrong("Your results are float32 where x is float64; keep the dtype of x.", conventions)
class Single(EncoderBlock):
    def returned(self, result, maps):
        return result.float(), maps.float()


@wrong("Your attention weights are cut off from gradients; return them without detach.", gradients)
class WeightsDetached(EncoderBlock):
    def returned(self, result, maps):
        return result, maps.detach()


@wrong("No gradient flows back through your attention; do not detach it.", gradients)
class AttentionDetached(EncoderBlock):
    def attend(self, normed, mask):
        mixed, maps = super().attend(normed, mask)
        return mixed.detach(), maps


@wrong("No gradient flows back from attention to norm1; do not detach norm1(x).", gradients)
class NormedDetached(EncoderBlock):
    def attend(self, normed, mask):
        return super().attend(normed.detach(), mask)


@wrong("No gradient reaches x along the sums; do not detach x.", gradients)
class ResidualDetached(EncoderBlock):
    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm1(x), mask)
        x = x.detach() + mixed
        return x + self.feed_forward(self.norm2(x)), maps


@wrong(ONE_NORM, parts)
class SharedNorm(EncoderBlock):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.norm2 = self.norm1


@wrong("Your feed-forward is as wide as embed_dim; its hidden layer should have hidden_dim.", parts)
class Narrow(EncoderBlock):
    def make_feed_forward(self, embed_dim, hidden_dim):
        return super().make_feed_forward(embed_dim, embed_dim)


@wrong("Your feed-forward is 4 · embed_dim wide; its hidden layer should have hidden_dim.", parts)
class FourTimes(EncoderBlock):
    def make_feed_forward(self, embed_dim, hidden_dim):
        return super().make_feed_forward(embed_dim, 4 * embed_dim)


@wrong("The attention has no bias; make it without bias=False.", parts)
class WithoutBias(EncoderBlock):
    def make_attention(self, embed_dim, num_heads):
        return nn.MultiheadAttention(embed_dim, num_heads, bias=False, batch_first=True)


@wrong("The norms have no weight and bias; both are parameters.", parts)
class WithoutAffine(EncoderBlock):
    def make_norm(self, embed_dim):
        return nn.LayerNorm(embed_dim, elementwise_affine=False)


@wrong("The parts have other names than norm1, attention, norm2 and feed_forward.", parts)
class OtherNames(EncoderBlock):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.norm_1, self.norm_2 = self.norm1, self.norm2
        del self.norm1, self.norm2

    def forward(self, x, mask=None):
        mixed, maps = self.attend(self.norm_1(x), mask)
        x = x + mixed
        return x + self.feed_forward(self.norm_2(x)), maps


@wrong("The parameters are frozen; they should be trainable.", parts)
class Frozen(EncoderBlock):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.requires_grad_(False)


for one in padding.LOSE_MASKS:
    wrong(one.told, masks)(one)
