"""The student's layers of exercises 3 and 4, made once and loaded with projections of ours.

What is compared follows from values that the rubric chose, not from what a layer says of itself.
"""

import itertools
from dataclasses import replace

import torch
from torch import nn

from nbjudge.rubric import Call, call_all, expect

from . import inputs
from .cases import Case
from .layer import projection

LOUD_HEAD_DIM = 4


class Layers:
    """A layer of each (embed_dim, num_heads) of `shapes`, and one for loud scores.

    All are made in one message. One that can't be made, or loaded, costs the criteria that use it.
    """

    def __init__(self, make, layout, shapes, random):
        self.layout, self.random = layout, random
        self.shapes = [*shapes, (2 * LOUD_HEAD_DIM, 2) if layout.heads else (LOUD_HEAD_DIM, 1)]
        calls = [Call(make, layout.make(*shape)) for shape in self.shapes]
        self.made = call_all([replace(calls[0], watched=True), *calls[1:]])
        self._loaded = {}

    def cases(self, random, sizes, masked=False):
        """Return a case for each (batch, seq) of each layer: `sizes` maps its number to a list.

        In layers of an odd number biases are zero, and some positions of x equal or zero.
        """
        found = []
        for number, pairs in sizes.items():
            loaded = self._case(number, _random_matrices)
            for batch, seq in pairs:
                x = inputs.normal(random, batch, seq, self.shapes[number][0])
                if number % 2:
                    inputs.repeat_rows(x)
                mask = inputs.mask(random, batch, seq, seq) if masked else None
                found.append(loaded.given((x,), mask))
        return found

    def loud(self, random):
        """Return two cases whose scores reach 1,000 in every head: `TIED` and `NEAR` ones."""
        loaded = self._case(len(self.shapes) - 1, _loud_matrices)
        factors = (inputs.TIED, inputs.NEAR)
        xs = [inputs.multiples(random, 2, self.shapes[-1][0], one)[0] for one in factors]
        return tuple(loaded.given((x,), torch.ones(2, x.shape[1], x.shape[1])) for x in xs)

    def check_projections(self, bias_is_free):
        """Check that the projections are there, square, trainable and distinct.

        Making a layer may draw random numbers, and changes nothing else that is global.
        """
        expect.side_effects((), [one for one in self.made[0].disturbed if "random" not in one], ())
        layer, state = self._layer(0), self._layer(0).state_dict()
        parameters = dict(layer.named_parameters(remove_duplicate=False))
        storages = {}
        for name in self.layout.projections:
            key = _key(layer, state, name, self.shapes[0][0])
            if key not in parameters or not parameters[key].requires_grad:
                raise expect.NotMet(f"'{name}' should be trainable; its values are no parameter.")
            twin = storages.setdefault(parameters[key].data_ptr(), name)
            if twin != name:
                raise expect.NotMet(f"'{name}' and '{twin}' are one and the same; make two.")
            if not bias_is_free and f"{name}.bias" in parameters:
                raise expect.NotMet(f"'{name}' has a bias. Look at the hint: bias=False.")

    def _layer(self, number):
        layer = self.made[number].value()
        if not isinstance(layer, nn.Module):
            name = type(layer).__name__
            raise expect.NotMet(f"Expected an nn.Module; your class makes a {name}.")
        return layer

    def _case(self, number, matrices):
        """Return a case of a layer with what is stored in it, loaded at the first use."""
        if number not in self._loaded:
            layer, (embed_dim, num_heads) = self._layer(number), self.shapes[number]
            kinds = [type(getattr(layer, name, None)).__name__ for name in self.layout.projections]
            if any(kind.startswith("Lazy") for kind in kinds):
                layer(torch.zeros(1, 1, embed_dim))  # it makes its matrix at the first call
            chosen = matrices(self.random, embed_dim, self.layout.projections)
            keys, stored = _load(layer, self.layout, chosen, self.random, biased=number % 2 == 0)
            sizes = f"embed_dim={embed_dim}" + f", num_heads={num_heads}" * self.layout.heads
            x = inputs.normal(self.random, 2, 3, embed_dim)
            formula = self.layout.formula(num_heads, projection(keys))
            case = Case(layer, (x,), sizes, formula, stored)
            self._loaded[number] = _oriented(case, self.layout, num_heads, keys)
        return self._loaded[number]


def _random_matrices(random, size, names):
    return {name: inputs.normal(random, size, size) / size**0.5 for name in names}


def _loud_matrices(random, size, names):
    eye = torch.eye(size) * (1000 / LOUD_HEAD_DIM**0.5) ** 0.5
    return {
        name: eye if name in ("W_q", "W_k") else inputs.normal(random, size, size) for name in names
    }


def _load(layer, layout, matrices, random, biased):
    """Load `matrices`; return the key of each, and all that is stored of them and their biases."""
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
    return keys, {name: state[name] for name in (*keys.values(), *biases)}


def _oriented(case, layout, num_heads, keys):
    """Find out which of the projections that are no nn.Linear are used as x @ W, not x @ W^T."""
    free = [name for name in keys if type(getattr(case.function, name, None)).__name__ != "Linear"]
    if not free:
        return case
    output, _ = case.look(call_all([case.call()])[0])
    choices = itertools.product((False, True), repeat=len(free))
    turned = [{name for name, turn in zip(free, choice, strict=True) if turn} for choice in choices]
    candidates = [
        replace(case, formula=layout.formula(num_heads, projection(keys, names)), memo={})
        for names in turned
    ]

    def error(candidate):
        return (candidate.results()[0] - output.detach().cpu()).abs().max().item()

    return min(candidates, key=error)


def _key(layer, state, name, embed_dim):
    """Return where a projection's matrix stands: an nn.Parameter's own name, or nn.Linear's."""
    key = next((one for one in (name, f"{name}.weight") if one in state), None)
    found = getattr(layer, name, None)
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
