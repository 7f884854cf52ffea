"""Exercise 2: softmax(query keys^T / sqrt(d_k)) values, with an optional mask.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.1, equation 1.
"""

import torch
from nbjudge import expect
from nbjudge.rubric import Rubric

from . import inputs, single_query

HINT = "Compare each line with the formula: scores = (Q @ K^T) / sqrt(d_k), where d_k = hidden_dim."
MASK_HINT = "Hidden positions (0 or False) must get -inf before the softmax."


def reference(query, keys, values, mask=None):
    """Attend from query (batch, hidden) to keys and values (batch, seq, hidden) under a mask."""
    scores = torch.einsum("bh,bsh->bs", query, keys) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -torch.inf)
    weights = torch.softmax(scores, dim=-1)
    return torch.einsum("bs,bsh->bh", weights, values), weights


rubric = Rubric(
    "Exercise 2: scaled dot-product attention", 20, "scaled_dot_product_attention", reference
)


@rubric.criterion("The weights are the softmax of the scaled scores", points=5)
def weights(attend, random):
    """Weights without a mask, on sizes where another scale can't coincide."""
    for arguments, sizes in single_query.cases(random):
        _, weights = single_query.call(attend, arguments, sizes)
        expect.close(weights, reference(*arguments)[1], "attention_weights", HINT)


@rubric.criterion("The output is the weighted sum of the values", points=4)
def output(attend, random):
    """The output without a mask."""
    for arguments, sizes in single_query.cases(random):
        output, _ = single_query.call(attend, arguments, sizes)
        expect.close(output, reference(*arguments)[0], "attention_output", HINT)


@rubric.criterion("Hidden positions get weight 0 and no influence, for every kind of mask", points=5)
def masks(attend, random):
    """Float, int and bool masks; one position left; all visible; huge scores behind the mask."""
    for arguments, sizes in single_query.cases(random):
        batch, seq, _ = arguments[1].shape
        for dtype in inputs.MASK_DTYPES:
            for visible in (inputs.mask(random, batch, seq), torch.ones(batch, seq).bool()):
                mask = visible.to(dtype)
                results = single_query.call(attend, arguments, f"{sizes}, a {dtype} mask", mask)
                for actual, wanted, what in zip(
                    results, reference(*arguments, mask), ("output", "weights"), strict=True
                ):
                    expect.close(actual, wanted, f"with a {dtype} mask, the {what}", MASK_HINT)


@rubric.criterion("Large scores give finite, right results, hidden ones too", points=2)
def large_scores(attend, random):
    """Scores near 450 after scaling, once without and once with a mask."""
    single_query.check_large_scores(attend, reference, random)
    single_query.check_large_scores(attend, reference, random, inputs.mask(random, 3, 6))


@rubric.criterion("Gradients reach query, keys and values, with a mask too", points=2)
def gradients(attend, random):
    """Gradients of a random projection of both results, compared with the reference's."""
    single_query.check_gradients(attend, reference, random)
    single_query.check_gradients(attend, reference, random, inputs.mask(random, 2, 5).float())


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=2)
def manners(attend, random):
    """float32 and float64, each device, arguments and mask as before, equal results."""
    single_query.check_manners(attend, reference, random)
    single_query.check_manners(attend, reference, random, inputs.mask(random, 2, 5))
