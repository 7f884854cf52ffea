"""What exercises 3 and 4 share: a layer with projections, called as layer(x, mask).

A criterion loads projections of its own into the student's layer, so that what is compared follows
from values that the rubric chose and not from what the layer says of itself.
"""

import itertools
from dataclasses import replace

import torch
from torch import nn

from nbjudge import expect
from nbjudge.trial import Call, call_all

from . import inputs
from .cases import Case, Formula

NAMES = ("output", "attention_weights")


class Layout:
    """Which projections an exercise has, and what a layer is made with.

    `heads` says that the layer takes num_heads, and its weights have an axis for them.
    """

    def __init__(self, projections, heads):
        self.projections, self.heads = projections, heads

    def make(self, embed_dim, num_heads):
        """Return the arguments that make a layer."""
        return (embed_dim, num_heads) if self.heads else (embed_dim,)

    def formula(self, num_heads, linear):
        """Return the formula for x (batch, seq, embed_dim) with the parameters that are stored.

        `linear(stored, name)` gives a projection as (matrix, bias): y = x @ matrix + bias.
        """

        def project(x, stored, name):
            matrix, bias = linear(stored, name)
            return x @ matrix + bias

        def split(x, stored, name):  # (batch, heads, seq, head_dim)
            return project(x, stored, name).unflatten(-1, (num_heads, -1)).transpose(1, 2)

        def scores(args, stored):
            query, key = (split(args[0], stored, name) for name in ("W_q", "W_k"))
            logits = query @ key.mT / query.shape[-1] ** 0.5  # (batch, heads, seq, seq)
            return logits if self.heads else logits.squeeze(1)

        def values(args, stored):
            return split(args[0], stored, "W_v")

        def mix(weights, values, stored):
            mixed = weights.reshape(values.shape[0], num_heads, *weights.shape[-2:]) @ values
            joined = mixed.transpose(1, 2).flatten(-2)  # (batch, seq, embed_dim)
            return project(joined, stored, "W_o") if "W_o" in self.projections else joined

        spread = (lambda mask: mask[:, None]) if self.heads else (lambda mask: mask)
        return Formula(scores, values, mix, NAMES, spread)

    def reference(self):
        """Return a right layer class, on which a criterion is tried when a student fails it."""
        layout = self

        class Reference(nn.Module):
            def __init__(self, embed_dim, num_heads=1):
                super().__init__()
                self.num_heads = num_heads
                for name in layout.projections:
                    setattr(self, name, nn.Linear(embed_dim, embed_dim, bias=layout.heads))

            def forward(self, x, mask=None):
                stored = dict(self.named_parameters())
                how = layout.formula(self.num_heads, _linear({}))
                return Case(self, (x,), "", how, stored, mask).native()

        return Reference


ONE_HEAD = Layout(("W_q", "W_k", "W_v"), heads=False)
MULTI_HEAD = Layout(("W_q", "W_k", "W_v", "W_o"), heads=True)


def cases(make, layout, random, shapes, masked=False):
    """Return a case for each (batch, seq) of `shapes`, a list of (embed_dim, num_heads, sizes).

    Each row of the list is a layer of its own, through which all sizes of the row go. In every
    other row biases are zero, and some positions of x equal or zero.
    """
    layers = _made(make, layout, [row[:2] for row in shapes])
    found = []
    plain = False
    for layer, (embed_dim, num_heads, sizes) in zip(layers, shapes, strict=True):
        plain = not plain
        matrices = {
            name: inputs.normal(random, embed_dim, embed_dim) / embed_dim**0.5
            for name in layout.projections
        }
        loaded = _loaded(layer, layout, num_heads, matrices, random, biased=plain)
        for batch, seq in sizes:
            x = inputs.normal(random, batch, seq, embed_dim)
            if not plain:
                inputs.repeat_rows(x)
            mask = inputs.mask(random, batch, seq, seq) if masked else None
            found.append(loaded.given((x,), mask))
    return found


def loud(make, layout, random, num_heads):
    """Return two cases whose scores reach 1,000 in size, in every head: `TIED` and `NEAR` ones."""
    batch, head_dim = 2, 4
    embed_dim = head_dim * num_heads
    (layer,) = _made(make, layout, [(embed_dim, num_heads)])
    eye = torch.eye(embed_dim) * (1000 / head_dim**0.5) ** 0.5
    matrices = {
        name: eye if name in ("W_q", "W_k") else inputs.normal(random, embed_dim, embed_dim)
        for name in layout.projections
    }
    loaded = _loaded(layer, layout, num_heads, matrices, random)
    factors = (inputs.TIED, inputs.NEAR)
    xs = [inputs.multiples(random, batch, embed_dim, one)[0] for one in factors]
    return tuple(loaded.given((x,), torch.ones(batch, x.shape[1], x.shape[1])) for x in xs)


def check_projections(make, layout, embed_dim, num_heads, bias_is_free):
    """Check that the projections are there, square, trainable and distinct.

    Making a layer may draw random numbers, and changes nothing else that is global.
    """
    (made,) = call_all([Call(make, layout.make(embed_dim, num_heads), watched=True)])
    expect.side_effects((), [one for one in made.disturbed if "random" not in one], ())
    (layer,) = _made(make, layout, [(embed_dim, num_heads)])
    state, parameters = layer.state_dict(), dict(layer.named_parameters(remove_duplicate=False))
    storages = {}
    for name in layout.projections:
        key = _key(layer, state, name, embed_dim)
        if key not in parameters or not parameters[key].requires_grad:
            raise expect.NotMet(f"'{name}' should be trainable; its values are not a parameter.")
        twin = storages.setdefault(parameters[key].data_ptr(), name)
        if twin != name:
            raise expect.NotMet(f"'{name}' and '{twin}' are one and the same; make two.")
        if not bias_is_free and f"{name}.bias" in parameters:
            raise expect.NotMet(f"'{name}' has a bias. Look at the hint: bias=False.")


def _made(make, layout, shapes):
    """Make a layer of each (embed_dim, num_heads), all in one message."""
    outcomes = call_all([Call(make, layout.make(*shape)) for shape in shapes])
    layers = [outcome.value() for outcome in outcomes]
    for layer, (embed_dim, _) in zip(layers, shapes, strict=True):
        if not isinstance(layer, nn.Module):
            name = type(layer).__name__
            raise expect.NotMet(f"Expected an nn.Module; your class makes a {name}.")
        kinds = [type(getattr(layer, name, None)).__name__ for name in layout.projections]
        if any(kind.startswith("Lazy") for kind in kinds):
            layer(torch.zeros(1, 1, embed_dim))  # nn.LazyLinear makes its matrix at the first call
    return layers


def _loaded(layer, layout, num_heads, matrices, random, biased=True):
    """Load `matrices` into the layer; return a case of it, with what is stored in it."""
    embed_dim = len(matrices["W_q"])
    present = layer.state_dict()
    state = dict(present)
    keys = {name: _key(layer, state, name, embed_dim) for name in layout.projections}
    biases = [f"{name}.bias" for name in layout.projections if f"{name}.bias" in state]
    for name, parameter in layer.named_parameters():
        # A parameter besides the projections must not matter, unless it is a bias.
        bias = layout.heads and parameter.numel() == embed_dim
        if parameter.requires_grad and name not in (*keys.values(), *biases):
            state[name] = (
                torch.zeros_like(parameter) if bias else inputs.normal(random, *parameter.shape)
            )
    twins: dict[int, torch.Tensor] = {}
    for name, key in keys.items():
        # One tensor under two names gets one matrix: sharing costs the criterion that says so.
        matrix = twins.setdefault(state[key].data_ptr(), matrices[name].mT.contiguous())
        state[key] = matrix if key in present else state[key]
    for name in biases:
        state[name] = inputs.normal(random, embed_dim) * (layout.heads and biased)
    layer.load_state_dict({name: state[name] for name in present})
    layer.eval()  # train mode is tried where dtype and device are
    stored = {name: state[name] for name in (*keys.values(), *biases)}
    sizes = f"embed_dim={embed_dim}" + (f", num_heads={num_heads}" if layout.heads else "")
    formula = layout.formula(num_heads, _linear({}))
    case = Case(layer, (inputs.normal(random, 2, 3, embed_dim),), sizes, formula, stored)
    return _oriented(case, layout, num_heads, keys)


def _oriented(case, layout, num_heads, keys):
    """Find out which of the projections that are no nn.Linear are used as x @ W, not x @ W^T."""
    free = [name for name in keys if type(getattr(case.function, name, None)).__name__ != "Linear"]
    if not free:
        return case
    output, _ = case.look(call_all([case.call()])[0])
    choices = itertools.product((False, True), repeat=len(free))
    turned = [{name for name, turn in zip(free, choice, strict=True) if turn} for choice in choices]
    candidates = [
        replace(case, formula=layout.formula(num_heads, _linear(keys, names)), memo={})
        for names in turned
    ]

    def error(candidate):
        return (candidate.results()[0] - output.detach().cpu()).abs().max().item()

    return min(candidates, key=error)


def _linear(keys, straight=()):
    """Return how a stored projection is read; those in `straight` are used as x @ W."""

    def linear(stored, name):
        key = keys.get(name) or (name if name in stored else f"{name}.weight")
        matrix = stored[key] if name in straight else stored[key].mT
        return matrix, stored.get(f"{name}.bias", 0.0)

    return linear


def _find(state, name):
    """Return where a projection's matrix stands: an nn.Parameter's own name, or nn.Linear's."""
    return next((key for key in (name, f"{name}.weight") if key in state), None)


def _key(layer, state, name, embed_dim):
    key, found = _find(state, name), getattr(layer, name, None)
    if key is None and isinstance(found, torch.Tensor):
        key, state[name] = name, found.detach()  # a plain tensor, which only `projections` refuses
    if key is None:
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
    return key
