"""The student's layers of exercises 3 and 4, made once and loaded with projections of ours.

Results are compared with a formula of matrices that the rubric chose. What a layer says of its own
parameters is not believed: student code could say anything.

A student may write a projection as nn.Linear, or as nn.Parameter in either orientation (x @ W or
x @ W^T). Both names and orientations are found out here, so that the criteria need not know.
"""

import itertools
from dataclasses import replace

import torch
from torch import nn

from nbjudge.rubric import Call, call_all, expect
from nbjudge.tensors import inputs

from .cases import Case
from .layer import projection

LARGE_HEAD_DIM = 4


class Layers:
    """The student's layers: one for each (embed_dim, num_heads) of `shapes`, one for large scores.

    All are made in one message. A layer that cannot be made, or loaded, costs the criteria that use
    it, and no others. A layer is named by its number in `shapes`.
    """

    def __init__(self, make, layout, shapes, random):
        self.layout, self.random = layout, random
        self.shapes = [*shapes, (2 * LARGE_HEAD_DIM, 2) if layout.heads else (LARGE_HEAD_DIM, 1)]
        calls = [Call(make, layout.make(*shape)) for shape in self.shapes]
        self.made = call_all([replace(calls[0], watched=True), *calls[1:]])
        self._loaded = {}

    def cases(self, random, sizes, masked=False):
        """Return a case for each (batch, seq) of each layer.

        `sizes` maps the number of a layer to a list of (batch, seq). Layers with an odd number have
        biases of zero; some positions of their x are equal, or zero. `masked` gives each case a
        mask (batch, seq, seq).
        """
        found = []
        for number, pairs in sizes.items():
            loaded = self._case(number, _random_matrices)
            for batch, seq in pairs:
                x = inputs.normal(random, batch, seq, self.shapes[number][0])
                if number % 2:
                    inputs.repeat_rows(x)
                mask = inputs.mask(random, batch, seq, seq) if masked else None
                found.append(loaded.given(x).under(mask))
        return found

    def large(self, random):
        """Return two cases, of `TIED` and `NEAR` inputs, whose scores reach 1,000 in every head."""
        return self.large_cases(self._case(len(self.shapes) - 1, _large_matrices), random)

    def large_cases(self, loaded, random):
        """Return the two cases of `large` for a case of the last layer."""
        factors = (inputs.TIED, inputs.NEAR)
        xs = [inputs.multiples(random, 2, self.shapes[-1][0], one)[0] for one in factors]
        return tuple(loaded.given(x, torch.ones(2, x.shape[1], x.shape[1])) for x in xs)

    def ready(self, number):
        """Return a layer whose matrices have their shapes; raise what its making raised."""
        layer = self._layer(number)
        if any(type(part).__name__.startswith("Lazy") for part in layer.modules()):
            layer(torch.zeros(1, 1, self.shapes[number][0]))  # nn.LazyLinear makes its matrix now
        return layer

    def check_projections(self, bias_is_free):
        """Check that the projections are registered, square, trainable and distinct.

        Making a layer may draw random numbers, but must change nothing else that is global.
        """
        expect.side_effects((), [one for one in self.made[0].disturbed if "random" not in one], ())
        layer, state = self._layer(0), self._layer(0).state_dict()
        parameters = dict(layer.named_parameters(remove_duplicate=False))
        storages = {}
        for name in self.layout.projections:
            key = _key(layer, state, name, self.shapes[0][0])
            if key not in parameters or not parameters[key].requires_grad:
                raise expect.NotMet(f"'{name}' should be trainable; its values are no parameter.")
            # By memory: two nn.Parameter objects may share one tensor.
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
        """Return a case of a layer with projections of ours, which are loaded at its first use."""
        if number not in self._loaded:
            layer, (embed_dim, num_heads) = self.ready(number), self.shapes[number]
            chosen = matrices(self.random, embed_dim, self.layout.projections)
            keys, stored = _load(layer, self.layout, chosen, self.random, biased=number % 2 == 0)
            x = inputs.normal(self.random, 2, 3, embed_dim)
            formula = self.layout.formula(num_heads, projection(keys))
            case = Case(layer, (x,), formula, stored)
            self._loaded[number] = _oriented(case, self.layout, num_heads, keys)
        return self._loaded[number]


def _random_matrices(random, size, names):
    # Divided by the root of the size: so projections have the variance of x at every size.
    return {name: inputs.normal(random, size, size) / size**0.5 for name in names}


def _large_matrices(random, size, names):
    large = large_scores(size)
    return large | {name: inputs.normal(random, size, size) for name in names if name not in large}


def large_scores(size):
    """Return W_q and W_k, multiples of the identity: x alone decides the scores, up to 1,000."""
    return dict.fromkeys(("W_q", "W_k"), torch.eye(size) * (1000 / LARGE_HEAD_DIM**0.5) ** 0.5)


def _load(layer, layout, matrices, random, biased):
    """Load `matrices`, {name: (embed_dim, embed_dim)}, into a layer.

    Returns the key of each projection in the layer's state, and what is stored there: matrices and
    biases by key. Where `biased`, biases of exercise 4 are random; else they are zero.
    """
    embed_dim = len(matrices["W_q"])
    present = layer.state_dict()
    state = dict(present)
    keys = {name: _key(layer, state, name, embed_dim) for name in layout.projections}
    biases = [f"{name}.bias" for name in layout.projections if f"{name}.bias" in state]
    for name, parameter in layer.named_parameters():
        # A parameter besides the projections must not matter for the output, so it becomes random.
        # In exercise 4 a vector of embed_dim may be a bias that stands apart: it becomes zero.
        bias = layout.heads and parameter.numel() == embed_dim
        if parameter.requires_grad and name not in (*keys.values(), *biases):
            state[name] = (
                torch.zeros_like(parameter) if bias else inputs.normal(random, *parameter.shape)
            )
    twins: dict[int, torch.Tensor] = {}
    for name, key in keys.items():
        # One tensor under two names gets one matrix: sharing costs the criterion `projections`
        # only.
        matrix = twins.setdefault(state[key].data_ptr(), matrices[name].mT.contiguous())
        state[key] = matrix if key in present else state[key]
    for name in biases:
        bias = inputs.normal(random, embed_dim)
        state[name] = bias if layout.heads and biased else bias * 0
    layer.load_state_dict({name: state[name] for name in present})
    layer.eval()  # `checks.conventions` tries train mode
    return keys, {name: state[name] for name in (*keys.values(), *biases)}


def _oriented(case, layout, num_heads, keys):
    """Return the case with the formula of the orientations that the student's layer has.

    A projection that is no nn.Linear may be used as x @ W or as x @ W^T. All choices are tried on
    one call, and the one whose output comes nearest is taken: at most 2^4 formulas.
    """
    free = [name for name in keys if type(getattr(case.function, name, None)).__name__ != "Linear"]
    if not free:
        return case
    output, _ = case.look(call_all([case.call()])[0])
    choices = itertools.product((False, True), repeat=len(free))
    turned = [{name for name, turn in zip(free, choice, strict=True) if turn} for choice in choices]
    candidates = [
        replace(case, formula=layout.formula(num_heads, projection(keys, names)))
        for names in turned
    ]

    def error(candidate):
        return (candidate.expected[0] - output.detach().cpu()).abs().max().item()

    return min(candidates, key=error)


def _key(layer, state, name, embed_dim):
    """Return the key of a projection's matrix in the state: "W_q" or "W_q.weight".

    Raises `NotMet` where there is no such projection, or its shape is not (embed_dim, embed_dim).
    """
    key = next((one for one in (name, f"{name}.weight") if one in state), None)
    found = getattr(layer, name, None)
    if key is None and isinstance(found, torch.Tensor):
        # A plain tensor that is not registered: the criterion `projections` is lost, no other one.
        key, state[name] = name, found.detach()
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
