"""Misconceptions of exercise 5."""

import torch
from torch import nn
from torch.nn import functional

from ..encoder import conventions, gradients, masks, output, parts, rubric, weights
from .parts import Encoder, EncoderBlock, sinusoidal_positions

wrong = rubric.misconception
SUM = "x = embedding(tokens) + positions."
ORDER = "every block gets the output of the one before."
END = "norm comes once, after the last block."
LIST = "return a list with the weights of each block, in order."
LAST = "You return the weights of the last block only; " + LIST
FIRST = "You return the weights of the first block only; " + LIST
ONE_BLOCK = (
    "Your encoder runs one and the same block every time; make num_layers blocks, and run each "
    "once, in order."
)
MASK = "give the mask to every block."


@wrong("Your encoder uses no positions; " + SUM, output)
class NoPositions(Encoder):
    def embedded(self, tokens, mask):
        return self.embedding(tokens)


@wrong("Your embedding is multiplied by √embed_dim; add positions to it as it is: " + SUM, output)
class ScaledEmbedding(Encoder):
    def embedded(self, tokens, mask):
        x = self.embedding(tokens)
        return x * x.shape[-1] ** 0.5 + self.positions(tokens, mask, x.shape[-1]).to(x)


@wrong("Your embedding is divided by √embed_dim; add positions to it as it is: " + SUM, output)
class DividedEmbedding(Encoder):
    def embedded(self, tokens, mask):
        x = self.embedding(tokens)
        return x / x.shape[-1] ** 0.5 + self.positions(tokens, mask, x.shape[-1]).to(x)


@wrong("The sum of embedding and positions is multiplied by √embed_dim; leave it as it is.", output)
class ScaledSum(Encoder):
    def embedded(self, tokens, mask):
        x = super().embedded(tokens, mask)
        return x * x.shape[-1] ** 0.5


@wrong("Your positions are multiplied by √embed_dim; add them as they are: " + SUM, output)
class ScaledPositions(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return super().positions(tokens, mask, embed_dim) * embed_dim**0.5


@wrong("Your embedding is multiplied by the positions; add them: " + SUM, output)
class Multiplied(Encoder):
    def embedded(self, tokens, mask):
        x = self.embedding(tokens)
        return x * self.positions(tokens, mask, x.shape[-1]).to(x)


@wrong("Your encoder uses the positions alone, whatever the tokens are; " + SUM, output)
class PositionsAlone(Encoder):
    def embedded(self, tokens, mask):
        x = self.embedding(tokens)
        return self.positions(tokens, mask, x.shape[-1]).to(x).expand_as(x)


@wrong("Your encoder subtracts the positions; " + SUM, output)
class Subtracted(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return -super().positions(tokens, mask, embed_dim)


@wrong("Your encoder adds the positions twice before the blocks; " + SUM, output)
class PositionsTwice(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return 2 * super().positions(tokens, mask, embed_dim)


@wrong("Your positions count from 1; the first position is 0.", output)
class PositionsFromOne(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return sinusoidal_positions(tokens.shape[1] + 1, embed_dim)[1:]


@wrong("Your positions run backwards; the first token has position 0.", output)
class PositionsBackwards(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return super().positions(tokens, mask, embed_dim).flip(0)


@wrong("Your positions follow the batch; they should follow the sequence.", output)
class PositionsAlongBatch(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return sinusoidal_positions(tokens.shape[0], embed_dim)[:, None]


@wrong("All tokens get the position 0; token p of a sequence has position p.", output)
class FirstPositionForAll(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return sinusoidal_positions(1, embed_dim)


@wrong("The token's id is taken for its position; the first token has position 0.", output)
class PositionsOfIds(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return sinusoidal_positions(int(tokens.max()) + 1, embed_dim)[tokens]


@wrong("Your positions count real tokens only; they count columns, padding included.", masks)
class PositionsOfRealTokens(Encoder):
    def positions(self, tokens, mask, embed_dim):
        table = super().positions(tokens, mask, embed_dim)
        if mask is None:
            return table
        return table[((mask != 0).long().cumsum(-1) - 1).clamp(min=0)]


@wrong("Your encoder adds the positions again before each block; add them once: " + SUM, output)
class PositionsBeforeEachBlock(Encoder):
    def step(self, number, block, x, mask):
        if number:
            x = x + sinusoidal_positions(*x.shape[1:]).to(x)
        return super().step(number, block, x, mask)


@wrong("Your positions are added after the first block; add them before it: " + SUM, output)
class PositionsAfterFirstBlock(Encoder):
    def embedded(self, tokens, mask):
        return self.embedding(tokens)

    def step(self, number, block, x, mask):
        x, maps = super().step(number, block, x, mask)
        return (x if number else x + sinusoidal_positions(*x.shape[1:]).to(x)), maps


@wrong("Your positions are added after the last block; add them before the first: " + SUM, output)
class PositionsAtTheEnd(Encoder):
    def embedded(self, tokens, mask):
        return self.embedding(tokens)

    def through(self, x, mask):
        x, maps = super().through(x, mask)
        return x + sinusoidal_positions(*x.shape[1:]).to(x), maps


@wrong("Your positions are added after norm; add them before the first block: " + SUM, output)
class PositionsAfterNorm(Encoder):
    def embedded(self, tokens, mask):
        return self.embedding(tokens)

    def returned(self, result, maps):
        return result + sinusoidal_positions(*result.shape[1:]).to(result), maps


@wrong("Half of your embedding is replaced by positions (concatenated); " + SUM, output)
class Concatenated(Encoder):
    def embedded(self, tokens, mask):
        x = self.embedding(tokens)
        half = x.shape[-1] // 2
        table = self.positions(tokens, mask, x.shape[-1]).to(x).expand_as(x)
        return torch.cat([x[..., :half], table[..., half:]], dim=-1)


@wrong("Your positions come from a trained table; use sinusoidal_positions.", output)
class TrainedTable(Encoder):
    def __init__(self, vocab_size, embed_dim, *sizes):
        super().__init__(vocab_size, embed_dim, *sizes)
        self.table = nn.Parameter(torch.randn(1000, embed_dim))

    def positions(self, tokens, mask, embed_dim):
        return self.table[: tokens.shape[1]]


@wrong("Sequences of more than 512 tokens raise an error; the table should be long enough.", output)
class TableOf512(Encoder):
    def positions(self, tokens, mask, embed_dim):
        return sinusoidal_positions(512, embed_dim)[: tokens.shape[1]]


@wrong("Your final norm is missing; return norm(x).", output)
class NoNorm(Encoder):
    def forward(self, tokens, mask=None):
        return self.returned(*self.through(self.embedded(tokens, mask), mask))


@wrong("Your norm is inside the loop, after each block; " + END, output)
class NormAfterEachBlock(Encoder):
    def forward(self, tokens, mask=None):
        return self.returned(*self.through(self.embedded(tokens, mask), mask))

    def step(self, number, block, x, mask):
        x, maps = super().step(number, block, x, mask)
        return self.norm(x), maps


@wrong("Your norm is applied after each block, and once more at the end; " + END, output)
class NormAfterEachBlockAndAtTheEnd(Encoder):
    def step(self, number, block, x, mask):
        x, maps = super().step(number, block, x, mask)
        return self.norm(x), maps


@wrong("Your norm comes before the first block; " + END, output)
class NormFirst(Encoder):
    def forward(self, tokens, mask=None):
        return self.returned(*self.through(self.norm(self.embedded(tokens, mask)), mask))


@wrong("Your norm is applied before the first block, too; " + END, output)
class NormFirstToo(Encoder):
    def embedded(self, tokens, mask):
        return self.norm(super().embedded(tokens, mask))


@wrong("Your norm is applied before each block, too; " + END, output)
class NormBeforeEachBlock(Encoder):
    def step(self, number, block, x, mask):
        return super().step(number, block, self.norm(x), mask)


@wrong("Your norm is applied twice at the end; once is enough.", output)
class NormTwice(Encoder):
    def returned(self, result, maps):
        return self.norm(result), maps


@wrong("Your output is the first block's, normalised; " + ORDER, output)
class OnlyFirstBlock(Encoder):
    def in_order(self):
        return super().in_order()[:1]


@wrong("The last block is left out; run all num_layers blocks.", output)
class LastBlockLeftOut(Encoder):
    def in_order(self):
        return super().in_order()[:-1]


@wrong("The first block is left out; run all num_layers blocks.", output)
class FirstBlockLeftOut(Encoder):
    def in_order(self):
        return super().in_order()[1:]


@wrong("Your blocks run in reverse order; blocks[0] is the first.", output)
class Backwards(Encoder):
    def in_order(self):
        return super().in_order()[::-1]


@wrong(ONE_BLOCK, output)
class FirstBlockAgain(Encoder):
    def in_order(self):
        return super().in_order()[:1] * len(self.blocks)


@wrong("Your encoder runs its last block every time; run each block once, in order.", output)
class LastBlockAgain(Encoder):
    def in_order(self):
        return super().in_order()[-1:] * len(self.blocks)


@wrong(
    "Every block gets the embedded tokens, and the last one's output is returned; " + ORDER, output
)
class EachFromTheEmbedding(Encoder):
    def through(self, x, mask):
        found = [block(x, mask) for block in self.in_order()]
        return found[-1][0], [maps for _, maps in found]


@wrong("Your encoder adds the outputs of all blocks; " + ORDER, output)
class SumOfBlocks(Encoder):
    def through(self, x, mask):
        found = [block(x, mask) for block in self.in_order()]
        return sum(one for one, _ in found), [maps for _, maps in found]


@wrong("Your encoder adds x around each block once more; the block does that itself.", output)
class ResidualAroundBlocks(Encoder):
    def step(self, number, block, x, mask):
        result, maps = super().step(number, block, x, mask)
        return x + result, maps


@wrong("Your encoder adds the embedded tokens to the last block's output; return norm(x).", output)
class ResidualAroundAll(Encoder):
    def through(self, x, mask):
        result, maps = super().through(x, mask)
        return x + result, maps


@wrong("Your output is the mean over the sequence; return a vector for each position.", output)
class Pooled(Encoder):
    def returned(self, result, maps):
        return result.mean(1), maps


@wrong("Your output is the first position's alone; return a vector for each position.", output)
class FirstPositionAlone(Encoder):
    def returned(self, result, maps):
        return result[:, 0], maps


@wrong("Your output is projected to the vocabulary; return norm(x).", output)
class Projected(Encoder):
    def returned(self, result, maps):
        return result @ self.embedding.weight.T, maps


@wrong("Your encoder takes the token 0 for padding (tokens != 0); the mask alone names it.", output)
class ZeroIsPadding(Encoder):
    def forward(self, tokens, mask=None):
        real = tokens != 0
        real[:, 0] |= ~real.any(-1)  # a row of zeros alone would be NaN
        return super().forward(tokens, real if mask is None else real & (mask != 0))


@wrong(
    "Your encoder takes the token 0 for padding where no mask is given; then hide nothing.", output
)
class ZeroIsPaddingWithoutMask(Encoder):
    def forward(self, tokens, mask=None):
        if mask is None:
            mask = tokens != 0
            mask[:, 0] |= ~mask.any(-1)
        return super().forward(tokens, mask)


@wrong("Token 0 is embedded as zeros (padding_idx); every token is an ordinary one.", output)
class ZeroIsZero(Encoder):
    def embedded(self, tokens, mask):
        x = self.embedding(tokens) * (tokens != 0)[..., None]
        return x + self.positions(tokens, mask, x.shape[-1]).to(x)


@wrong(
    "No gradient reaches the embedding of token 0 (padding_idx=0); leave padding_idx out.",
    gradients,
)
class PaddingIndex(Encoder):
    def make_embedding(self, vocab_size, embed_dim):
        return nn.Embedding(vocab_size, embed_dim, padding_idx=0)


@wrong("Your encoder does not use the mask; " + MASK, masks)
class IgnoredMask(Encoder):
    def forward(self, tokens, mask=None):
        return super().forward(tokens)


@wrong("Only the first block gets the mask; " + MASK, masks)
class MaskForFirstBlock(Encoder):
    def step(self, number, block, x, mask):
        return super().step(number, block, x, None if number else mask)


@wrong("Only the last block gets the mask; " + MASK, masks)
class MaskForLastBlock(Encoder):
    def step(self, number, block, x, mask):
        last = number == len(self.blocks) - 1
        return super().step(number, block, x, mask if last else None)


@wrong("All blocks but the first get the mask; " + MASK, masks)
class MaskNotForFirstBlock(Encoder):
    def step(self, number, block, x, mask):
        return super().step(number, block, x, mask if number else None)


@wrong("Your encoder inverts the mask before the blocks get it; give it as it is.", masks)
class InvertedMask(Encoder):
    def step(self, number, block, x, mask):
        return super().step(number, block, x, None if mask is None else mask == 0)


@wrong("Every sequence of the batch gets the mask of the first one; give the mask as it is.", masks)
class MaskOfFirstRow(Encoder):
    def step(self, number, block, x, mask):
        return super().step(number, block, x, None if mask is None else mask[:1].expand_as(mask))


@wrong(
    "Your encoder sets the embedding of padding to 0, but gives no mask to the blocks; " + MASK,
    masks,
)
class PaddingZeroed(Encoder):
    def embedded(self, tokens, mask):
        x = super().embedded(tokens, mask)
        return x if mask is None else x * (mask != 0)[..., None]

    def step(self, number, block, x, mask):
        return super().step(number, block, x, None)


@wrong("Padding becomes token 0, but the blocks get no mask; " + MASK, masks)
class PaddingIsTokenZero(Encoder):
    def forward(self, tokens, mask=None):
        return super().forward(tokens if mask is None else tokens * (mask != 0))


@wrong(LAST, weights)
class LastWeights(Encoder):
    def returned(self, result, maps):
        return result, maps[-1]


@wrong(LAST, weights)
class ListOfLastWeights(Encoder):
    def returned(self, result, maps):
        return result, maps[-1:]


@wrong(FIRST, weights)
class FirstWeights(Encoder):
    def returned(self, result, maps):
        return result, maps[0]


@wrong(FIRST, weights)
class ListOfFirstWeights(Encoder):
    def returned(self, result, maps):
        return result, maps[:1]


@wrong("The last block's weights stand in your list again and again; " + LIST, weights)
class LastWeightsAgain(Encoder):
    def returned(self, result, maps):
        return result, maps[-1:] * len(maps)


@wrong("Your weights are stacked into one tensor; " + LIST, weights)
class Stacked(Encoder):
    def returned(self, result, maps):
        return result, torch.stack(maps)


@wrong("Your weights are stacked into one tensor; " + LIST, weights)
class StackedBatchFirst(Encoder):
    def returned(self, result, maps):
        return result, torch.stack(maps, dim=1)


@wrong("Your weights are concatenated into one tensor; " + LIST, weights)
class ConcatenatedWeights(Encoder):
    def returned(self, result, maps):
        return result, torch.cat(maps)


@wrong("Your weights are the mean over the blocks; " + LIST, weights)
class MeanOverBlocks(Encoder):
    def returned(self, result, maps):
        return result, torch.stack(maps).mean(0)


@wrong("Your list of weights is in reverse order; " + LIST, weights)
class WeightsBackwards(Encoder):
    def returned(self, result, maps):
        return result, maps[::-1]


@wrong(
    "Your list of weights has the mean over the heads; leave the weights as the block gives them.",
    weights,
)
class MeanOverHeads(Encoder):
    def returned(self, result, maps):
        return result, [one.mean(1) for one in maps]


@wrong("Your list holds the outputs of the blocks; " + LIST, weights)
class ListOfOutputs(Encoder):
    def through(self, x, mask):
        outputs = []
        for block in self.in_order():
            x, _ = block(x, mask)
            outputs.append(x)
        return x, outputs


@wrong("Your encoder returns the output alone; return the output and the list of weights.", weights)
class OutputAlone(Encoder):
    def returned(self, result, maps):
        return result


@wrong(
    "Your encoder returns the weights first; return the output, then the list of weights.", weights
)
class Swapped(Encoder):
    def returned(self, result, maps):
        return maps, result


@wrong("Your list grows with every call; begin a new one in each call.", gradients)
class GrowingList(Encoder):
    def returned(self, result, maps):
        self.kept = [*getattr(self, "kept", []), *maps]
        return result, self.kept


@wrong(
    "Your encoder draws random numbers in train mode (dropout); it should have no dropout.",
    conventions,
)
class Dropout(Encoder):
    def embedded(self, tokens, mask):
        return functional.dropout(super().embedded(tokens, mask), 0.1, self.training)


@wrong("Your output is float64 where the parameters are float32; keep the dtype.", conventions)
class Double(Encoder):
    def returned(self, result, maps):
        return result.double(), maps


@wrong("Your encoder sets the seed of random numbers; leave global settings alone.", conventions)
class Seeds(Encoder):
    def forward(self, tokens, mask=None):
        torch.manual_seed(0)
        return super().forward(tokens, mask)


@wrong("Your encoder writes into its argument tokens; make a new tensor.", conventions)
class InPlace(Encoder):
    def forward(self, tokens, mask=None):
        found = super().forward(tokens, mask)
        tokens.fill_(0)
        return found


@wrong("Your weights are cut off from gradients; return them without detach.", gradients)
class WeightsDetached(Encoder):
    def returned(self, result, maps):
        return result, [one.detach() for one in maps]


@wrong("No gradient flows from one block back to the one before; do not detach x.", gradients)
class BlocksDetached(Encoder):
    def step(self, number, block, x, mask):
        return super().step(number, block, x.detach() if number else x, mask)


@wrong("No gradient reaches the embedding; do not detach it.", gradients)
class EmbeddingDetached(Encoder):
    def embedded(self, tokens, mask):
        return super().embedded(tokens, mask).detach()


@wrong(ONE_BLOCK, parts)
class SameBlock(Encoder):
    def make_blocks(self, embed_dim, num_heads, hidden_dim, num_layers):
        return nn.ModuleList([self.make_block(embed_dim, num_heads, hidden_dim)] * num_layers)

    def in_order(self):
        return list(self.blocks)


@wrong("The blocks stand in a plain list, where nothing finds their parameters.", parts)
class PlainList(Encoder):
    def make_blocks(self, embed_dim, num_heads, hidden_dim, num_layers):
        return [self.make_block(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]

    def in_order(self):
        return self.blocks


@wrong("There is one block, whatever num_layers is.", parts)
class OneBlock(Encoder):
    def make_blocks(self, embed_dim, num_heads, hidden_dim, num_layers):
        return super().make_blocks(embed_dim, num_heads, hidden_dim, 1)


@wrong("There is one block too many; make num_layers.", parts)
class OneBlockTooMany(Encoder):
    def make_blocks(self, embed_dim, num_heads, hidden_dim, num_layers):
        return super().make_blocks(embed_dim, num_heads, hidden_dim, num_layers + 1)


@wrong("The embedding has one row too many; its shape is (vocab_size, embed_dim).", parts)
class RowTooMany(Encoder):
    def make_embedding(self, vocab_size, embed_dim):
        return nn.Embedding(vocab_size + 1, embed_dim)


@wrong("The parameters are frozen; they should be trainable.", parts)
class Frozen(Encoder):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.requires_grad_(False)


@wrong("The embedding is frozen; it should be trainable.", parts)
class FrozenEmbedding(Encoder):
    def make_embedding(self, vocab_size, embed_dim):
        return super().make_embedding(vocab_size, embed_dim).requires_grad_(False)


@wrong("Your blocks have one head; make each with num_heads.", weights)
class OneHead(Encoder):
    def make_block(self, embed_dim, num_heads, hidden_dim):
        return EncoderBlock(embed_dim, 1, hidden_dim)


@wrong("Your blocks are as wide as embed_dim inside; make each with hidden_dim.", parts)
class Narrow(Encoder):
    def make_block(self, embed_dim, num_heads, hidden_dim):
        return EncoderBlock(embed_dim, num_heads, embed_dim)
