"""A student's layer, loaded so that what the student was free to choose does not show.

    orientation     the matrices are symmetric, so x @ W and x @ W^T are the same
    bias            all biases are zero, those that stand apart too
    names           W_q may be called to_q or query_proj: a q, k or v in the name decides, and W_o
                    is what has none of them
    packed          Q, K and V may come from one matrix, whose order is not known: each order is one
                    reading of the layer

So the results of the bank's layers, which have one form, are those of a layer in any form. A tensor
that two projections share gets a matrix of its own, and so behaves like nothing else.
"""

import itertools
import math

import torch

from nbjudge.tensors import inputs

from .cases import Case
from .layer import projection
from .layers import large_scores

ROLES = {"q": "W_q", "k": "W_k", "v": "W_v"}


def read(layers, sizes, random):
    """Load layers in each way to read them; yield (cases, the first again, a case of large scores).

    `sizes` maps the number of a layer to (batch, seq). Cases have masks, `again` other values. The
    last layer of `sizes` is in train mode.
    """
    numbers = [*sizes, len(layers.shapes) - 1]
    made = [layers.ready(number) for number in numbers]
    chosen = [matrices(random, layers.shapes[n][0], layers.layout.projections) for n in numbers]
    chosen[-1] |= large_scores(layers.shapes[-1][0])
    blank = [
        _blank(layers, number, layer, one)
        for number, layer, one in zip(numbers, made, chosen, strict=True)
    ]
    pairs = zip(blank[:-1], sizes.values(), strict=True)
    cases = [_filled(case, *size, random) for case, size in pairs]
    again = _filled(blank[0], *sizes[numbers[0]], random)
    large, _ = layers.large_cases(blank[-1], random)
    for ways in zip(*(readings(layer, layers.layout.projections) for layer in made), strict=False):
        for layer, way, one in zip(made, ways, chosen, strict=True):
            load(layer, way, one)
        made[-2].train()
        yield cases, again, large


def matrices(random, embed_dim, names):
    """Return a symmetric matrix for each projection."""
    found = {name: inputs.normal(random, embed_dim, embed_dim) for name in names}
    # Divided so that projections have the variance of x at every size.
    return {name: (one + one.mT) / math.sqrt(2 * embed_dim) for name, one in found.items()}


def readings(layer, names):
    """Return the ways to read a layer: {key of its state: names of the projections it holds}.

    There is none where the names of its matrices do not say which projections they are.
    """
    state = {key: tensor for key, tensor in layer.state_dict().items() if tensor.dim() == 2}
    plain = {
        next((key for key in (name, f"{name}.weight") if key in state), None): (name,)
        for name in names
    }
    if None not in plain:
        return [plain]
    held = {key: _held(key, tensor, names) for key, tensor in state.items()}
    if sorted(itertools.chain(*held.values())) != sorted(names):
        return []
    orders = itertools.product(*map(itertools.permutations, held.values()))
    return [dict(zip(held, order, strict=True)) for order in orders]


def load(layer, reading, matrices):
    """Load `matrices`, {name: (embed_dim, embed_dim)}, into a layer that is read in one way."""
    state = layer.state_dict()
    sharing = {}
    for key in reading:
        sharing.setdefault(state[key].data_ptr(), []).append(key)
    for keys in sharing.values():
        # The mean, where one tensor has several names.
        blocks = [
            torch.stack([matrices[name] for name in names]).mean(0)
            for names in zip(*(reading[key] for key in keys), strict=True)
        ]
        rows, columns = state[keys[0]].shape
        state |= dict.fromkeys(keys, torch.cat(blocks, dim=0 if rows >= columns else 1))
    embed_dim = len(next(iter(matrices.values())))
    for key, parameter in layer.named_parameters():
        if parameter.dim() == 1 and parameter.numel() % embed_dim == 0:
            state[key] = torch.zeros_like(parameter)
    layer.load_state_dict(state)
    layer.eval()


def _held(key, tensor, names):
    """Return which projections a matrix holds, by its name and its shape."""
    name = key.removesuffix(".weight").rpartition(".")[2].lower()
    if max(tensor.shape) == len(ROLES) * min(tensor.shape):
        return tuple(ROLES.values())
    found = tuple(role for letter, role in ROLES.items() if letter in name)
    return found or tuple({*names} - {*ROLES.values()})


def _blank(layers, number, layer, matrices):
    """Return a case of a layer, without inputs, whose formula has these matrices."""
    formula = layers.layout.formula(layers.shapes[number][1], projection({}))
    stored = {f"{name}.weight": matrix for name, matrix in matrices.items()}
    return Case(layer, (torch.zeros(1, 1, layers.shapes[number][0]),), formula, stored)


def _filled(case, batch, seq, random):
    x = inputs.normal(random, batch, seq, case.args[0].shape[-1])
    return case.given(x, _mask(random, batch, seq))


def _mask(random, batch, seq):
    """Return a bool mask of which each row and each column shows a key, and hides one.

    So a mask that is transposed or inverted hides no row whole: what code gives there depends on
    how it hides, by -inf or by -1e9.
    """
    visible = torch.rand(batch, seq, seq, generator=random) < 0.5
    order = torch.randperm(seq, generator=random)
    visible[:, torch.arange(seq), order] = True
    visible[:, torch.arange(seq), order.roll(1)] = False
    return visible
