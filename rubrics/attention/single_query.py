"""What exercises 1 and 2 share: one query per batch row, called as attend(query, keys, values)."""

import torch
from nbjudge import expect

from . import inputs

NAMES = ("query", "keys", "values")


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


def check_large_scores(attend, reference, random, *mask):
    """Compare both results where scores are near 900 in size."""
    query, keys, values = inputs.query_keys_values(random, 3, 6, 4)
    query, keys = inputs.large(query.unsqueeze(1), keys)
    arguments = [query.squeeze(1), keys, values]
    sizes = "scores near 900"
    expected = reference(*arguments, *mask)
    hint = "Use torch's softmax, or subtract the largest score before exp; fill masks with -inf."
    for actual, wanted, what in zip(
        call(attend, arguments, sizes, *mask), expected, ("output", "weights"), strict=True
    ):
        expect.close(actual, wanted, f"With {sizes}, the {what}", hint, tolerance=1e-3)


def check_gradients(attend, reference, random, *mask):
    """Compare the gradients of query, keys and values with the reference's."""
    arguments = inputs.query_keys_values(random, 2, 5, 3)
    for argument in arguments:
        argument.requires_grad_()
    directions = inputs.normal(random, 2, 3), inputs.normal(random, 2, 5)

    def gradients(results):
        total = sum((r * d).sum() for r, d in zip(results, directions, strict=True))
        return torch.autograd.grad(total, arguments, allow_unused=True)

    results = call(attend, arguments, "batch_size=2, seq_len=5, hidden_dim=3", *mask)
    for result, what in zip(results, ("attention_output", "attention_weights"), strict=True):
        expect.differentiable(result, what)
    for name, actual, wanted in zip(
        NAMES, gradients(results), gradients(reference(*arguments, *mask)), strict=True
    ):
        if actual is None:
            raise expect.NotMet(f"No gradient reaches {name}. Look for .detach() or .data.")
        expect.close(
            actual, wanted, f"the gradient of {name}", "Every step must be a torch operation."
        )


def check_manners(attend, reference, random, *mask):
    """Check dtype, device, arguments left alone, and equal results of equal calls."""
    originals = inputs.query_keys_values(random, 2, 5, 3)
    for device in inputs.devices():
        for dtype, tolerance in ((torch.float64, 1e-5), (torch.float32, 1e-4)):
            arguments = [argument.to(device, dtype) for argument in originals]
            masks = [one.to(device) for one in mask]
            copies = {
                name: argument.clone()
                for name, argument in zip((*NAMES, "mask"), (*arguments, *masks), strict=False)
            }
            results = expect.pair(attend(*copies.values()), "output", "weights")
            expected = reference(*originals, *mask)
            again = expect.pair(attend(*copies.values()), "output", "weights")
            for first, second, wanted, what in zip(
                results, again, expected, ("output", "weights"), strict=True
            ):
                expect.shape(first, tuple(wanted.shape), what, "batch_size=2, seq_len=5")
                expect.dtype(first, dtype, what)
                expect.device(first, device, what)
                expect.close(first, wanted, f"in {dtype}, the {what}", "", tolerance)
                if not torch.equal(first, second):
                    raise expect.NotMet("Two equal calls gave different results.")
            expect.unchanged(
                copies, dict(zip((*NAMES, "mask"), (*arguments, *masks), strict=False))
            )
