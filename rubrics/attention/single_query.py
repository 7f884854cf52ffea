"""What exercises 1 and 2 share: one query per batch row, called as attend(query, keys, values)."""

import torch

from nbjudge import expect

from . import inputs
from .weights import check_distribution, check_output

NAMES = ("query", "keys", "values", "mask")


def scores(query, keys):
    """Return query · keys: (batch, hidden), (batch, seq, hidden) -> (batch, seq)."""
    return torch.einsum("bh,bsh->bs", query, keys)


def mix(weights, values):
    """Return the weighted sum of values: (batch, seq), (batch, seq, hidden) -> (batch, hidden)."""
    return torch.einsum("bs,bsh->bh", weights, values)


def cases(random):
    """Yield (query, keys, values) and a description of their sizes."""
    for batch, seq, hidden in inputs.SIZES:
        sizes = f"batch_size={batch}, seq_len={seq}, hidden_dim={hidden}"
        yield inputs.query_keys_values(random, batch, seq, hidden), sizes


def call(attend, arguments, sizes, *mask):
    """Call the student's function on copies; check the kind and shape of both results."""
    copies = [argument.clone() for argument in (*arguments, *mask)]
    output, weights = expect.pair(attend(*copies), "attention_output", "attention_weights")
    batch, seq, hidden = arguments[1].shape
    expect.shape(output, (batch, hidden), "attention_output", sizes)
    expect.shape(weights, (batch, seq), "attention_weights", sizes)
    return output, weights


def check_weights(attend, reference, random, hint):
    """Compare the weights with the formula on sizes where a wrong axis or scale can't coincide."""
    for arguments, sizes in cases(random):
        _, weights = call(attend, arguments, sizes)
        expect.close(weights, reference(*arguments)[1], "attention_weights", hint)


def check_steps(attend, random):
    """Check that weights follow the scores, and the output the weights."""
    for arguments, sizes in cases(random):
        query, keys, values = arguments
        output, weights = call(attend, arguments, sizes)
        check_distribution(weights, scores(query, keys))
        check_output(output, mix(weights.double(), values))


def check_large_scores(attend, reference, random, *mask):
    """Compare both results where query · keys goes up to 900."""
    query, keys, values = inputs.query_keys_values(random, 3, 6, 4)
    query, keys = inputs.large(query.unsqueeze(1), keys)
    arguments = [query.squeeze(1), keys, values]
    results = call(attend, arguments, "large scores", *mask)
    hint = "If other values are right, use torch's softmax, and fill masks with -inf."
    for actual, wanted, what in zip(
        results, reference(*arguments, *mask), ("output", "weights"), strict=True
    ):
        expect.close(actual, wanted, f"with large scores, the {what}", hint, tolerance=1e-3)


def check_gradients(attend, reference, random, *mask):
    """Compare the gradients of query, keys and values with the reference's."""
    arguments = inputs.query_keys_values(random, 2, 5, 3)
    for argument in arguments:
        argument.requires_grad_()
    directions = inputs.normal(random, 2, 3), inputs.normal(random, 2, 5)
    results = call(attend, arguments, "batch_size=2, seq_len=5, hidden_dim=3", *mask)
    for result, what in zip(results, ("attention_output", "attention_weights"), strict=True):
        expect.differentiable(result, what)
    actual = inputs.gradients(results, directions, arguments)
    expected = inputs.gradients(reference(*arguments, *mask), directions, arguments)
    for name, got, want in zip(NAMES, actual, expected, strict=False):
        expect.gradient(got, want, name)


def check_manners(attend, random, *mask):
    """Check dtype, device, arguments left alone, and equal results of equal calls."""
    arguments = inputs.query_keys_values(random, 2, 5, 3)
    exact = call(attend, arguments, "batch_size=2, seq_len=5", *mask)
    check_distribution(
        call(attend, arguments, "batch_size=2, seq_len=5")[1], scores(*arguments[:2])
    )
    for device, dtype in inputs.settings():
        given = [argument.to(device, dtype) for argument in arguments]
        originals = dict(zip(NAMES, [*given, *(one.to(device) for one in mask)], strict=False))
        expect.manners(attend, originals, exact, dtype, device)
