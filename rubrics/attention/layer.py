"""What exercises 3 and 4 share: a layer with projections, called as layer(x, mask).

A criterion loads projections of its own into the student's layer, so that what is compared follows
from values that the rubric chose and not from what the layer says of itself.
"""

import itertools

import torch

from nbjudge import expect

from . import inputs


class Projections:
    """Random projections loaded into a student's layer: {name: (matrix, bias)}, y = x @ matrix + b.

    Raises `expect.NotMet` when a projection is missing, shared, or not embed_dim × embed_dim.
    """

    def __init__(self, layer, names, embed_dim, random, bias=False):
        state = _state(layer)
        self.loaded, self.free_orientation = {}, []
        for name in names:
            matrix = inputs.normal(random, embed_dim, embed_dim) / embed_dim**0.5
            key = _key(state, name)
            _check_projection(layer, state, name, key, embed_dim)
            offset = torch.zeros(embed_dim, dtype=torch.float64)
            if f"{name}.bias" in state and bias:
                offset = inputs.normal(random, embed_dim)
            state[key] = matrix if key == name else matrix.T
            if f"{name}.bias" in state:
                state[f"{name}.bias"] = offset
            if key == name:
                self.free_orientation.append(name)
            self.loaded[name] = (matrix, offset)
        layer.load_state_dict(state)

    def orient(self, layer, reference, x):
        """Transpose the nn.Parameter projections that the layer uses as x @ W^T."""

        def error(flipped):
            wanted = reference(x, self._flipped(flipped))[0]
            return (layer(x)[0].detach() - wanted).abs().max().item()

        choices = itertools.product((False, True), repeat=len(self.free_orientation))
        flips = [
            [name for name, flip in zip(self.free_orientation, choice, strict=True) if flip]
            for choice in choices
        ]
        if len(flips) > 1:
            self.loaded = self._flipped(min(flips, key=error))

    def _flipped(self, names):
        return {
            name: (matrix.T if name in names else matrix, offset)
            for name, (matrix, offset) in self.loaded.items()
        }


def _state(layer):
    if not isinstance(layer, torch.nn.Module):
        raise expect.NotMet(f"Expected an nn.Module; your class makes a {type(layer).__name__}.")
    layer.double()
    return dict(layer.state_dict())


def _key(state, name):
    """Return where a projection's matrix stands: an nn.Parameter's own name, or nn.Linear's."""
    return name if name in state else f"{name}.weight"


def _check_projection(layer, state, name, key, embed_dim):
    if key not in state:
        found = getattr(layer, name, None)
        raise expect.NotMet(
            f"'{name}' should be a registered projection, nn.Linear or nn.Parameter; "
            f"it is {'None' if found is None else 'a ' + type(found).__name__}."
        )
    shape = tuple(state[key].shape)
    if shape != (embed_dim, embed_dim):
        raise expect.NotMet(
            f"With embed_dim={embed_dim}, '{name}' should hold a matrix of shape "
            f"{(embed_dim, embed_dim)}; its shape is {shape}."
        )


def check_projections(layer, names, embed_dim, bias_is_free):
    """Check that the projections are there, square, trainable and distinct."""
    state = _state(layer)
    parameters = dict(layer.named_parameters(remove_duplicate=False))
    storages = {}
    for name in names:
        key = _key(state, name)
        _check_projection(layer, state, name, key, embed_dim)
        if key not in parameters or not parameters[key].requires_grad:
            raise expect.NotMet(f"'{name}' should be trainable; its values are not a parameter.")
        twin = storages.setdefault(parameters[key].data_ptr(), name)
        if twin != name:
            raise expect.NotMet(f"'{name}' and '{twin}' are one and the same; make two.")
        if not bias_is_free and f"{name}.bias" in state:
            raise expect.NotMet(f"'{name}' has a bias. Look at the hint: bias=False.")


def call(layer, x, sizes, weights_shape, *mask):
    """Call the layer on copies; check the kind and shape of both results."""
    copies = [argument.clone() for argument in (x, *mask)]
    output, weights = expect.pair(layer(*copies), "output", "attention_weights")
    expect.shape(output, tuple(x.shape), "output", sizes)
    expect.shape(weights, weights_shape, "attention_weights", sizes)
    return output, weights


def check_gradients(layer, projections, reference, x, weights_shape, random, *mask):
    """Compare the gradients of x and of every projection with the reference's."""
    x = x.clone().requires_grad_()
    leaves = {
        name: matrix.clone().requires_grad_() for name, (matrix, _) in projections.loaded.items()
    }
    loaded = {name: (leaves[name], offset) for name, (_, offset) in projections.loaded.items()}
    directions = inputs.normal(random, *x.shape), inputs.normal(random, *weights_shape)
    parameters = dict(layer.named_parameters())
    results = expect.pair(layer(x, *mask), "output", "attention_weights")
    for result, what in zip(results, ("the output", "attention_weights"), strict=True):
        expect.differentiable(result, what)
    of = [x, *(parameters[_key(parameters, name)] for name in leaves)]
    actual = inputs.gradients(results, directions, of)
    expected = inputs.gradients(reference(x, loaded, *mask), directions, [x, *leaves.values()])
    for name, got, want in zip(("x", *leaves), actual, expected, strict=True):
        if name != "x":
            stored = parameters[_key(parameters, name)].detach()
            want = want if torch.equal(stored, projections.loaded[name][0]) else want.T
        expect.gradient(got, want, name)


def check_large_scores(layer, projections, reference, x, weights_shape):
    """Compare both results on an input that makes scores of several hundred."""
    loud = 15 * x
    results = call(layer, loud, "large scores", weights_shape)
    hint = (
        "If other values are right, use torch's softmax, or subtract the largest score before exp."
    )
    for actual, wanted, what in zip(
        results, reference(loud, projections.loaded), ("output", "weights"), strict=True
    ):
        expect.close(actual, wanted, f"with large scores, the {what}", hint, tolerance=1e-3)


def check_manners(layer, x, random):
    """Check train mode, dtype, device, arguments left alone, and equal results of equal calls."""
    batch, seq, _ = x.shape
    layer.train()
    for mask in ([], [inputs.mask(random, batch, seq, seq)]):
        layer.to("cpu", torch.float64)
        exact = expect.pair(layer(x.clone(), *mask), "output", "attention_weights")
        for device, dtype in inputs.settings():
            layer.to(device, dtype)
            given = (x.to(device, dtype), *(one.to(device) for one in mask))
            originals = dict(zip(("x", "mask"), given, strict=False))
            expect.manners(layer, originals, exact, dtype, device)
