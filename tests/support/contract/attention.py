"""The contract with the students, tried without the rubrics: an oracle for their mutants."""

import functools
from itertools import combinations
from typing import Any

import torch
from support.contract.clauses import broken, demand, global_state

SINGLE = [(3, 7, 5), (1, 1, 1), (1, 5, 3), (2, 1, 4), (2, 4, 11), (4, 4, 4), (1, 1, 4), (1, 3, 1)]
SINGLE += [(3, 1, 1), (5, 3, 3), (2, 2, 2), (3, 3, 5), (5, 2, 5), (2, 40, 6), (1, 2, 2), (2, 2, 1)]
ONE_HEAD = [(*size, 1) for size in SINGLE[:1] + SINGLE]
HEADS = [(2, 7, 6, 3), (2, 7, 6, 3), (1, 1, 1, 1), (2, 5, 6, 1), (3, 4, 6, 2), (1, 3, 5, 5)]
HEADS += [(4, 4, 16, 4), (1, 1, 6, 2), (2, 3, 12, 6), (3, 1, 4, 2), (2, 2, 4, 2), (1, 34, 4, 2)]
# (batch, seq, hidden, heads): first sizes that are all different; layers of one size come in twos
SIZES = {"dot_product": ONE_HEAD[1:], "scaled": ONE_HEAD[1:], "self_attention": ONE_HEAD}
SIZES |= {"multi_head": HEADS}
PROJECTIONS = {"self_attention": ("W_q", "W_k", "W_v"), "multi_head": ("W_q", "W_k", "W_v", "W_o")}


# The contract's own figure: the notebook and the rubric have it too, and a test compares them.
NO_WEIGHT = 1e-12


def violation(exercise: str, solution: Any) -> str:
    """Say which clause of the contract (design, section 4) `solution` breaks; nothing if none.

    Values are compared with the formula in float64, not with the parent, so that a mutant which
    found another right way is right. Not tried, as the contract does not speak of it: arguments
    that are not contiguous, rows that are fully hidden, masks of other numbers than 0 and 1,
    initial values, attributes besides the projections. Nor can it be tried here what happens on
    another device.
    """
    if exercise == "causal_mask":
        return broken(lambda: _causal(solution))
    return broken(lambda: _attention(exercise, solution))


def _causal(make):
    for size in (5, 1, 2, 3, 4, 17, 33, 100, 5):
        before = global_state()
        mask, again = make(size), make(size)
        demand(global_state() == before, "4: something global was changed")
        demand(isinstance(mask, torch.Tensor), "bonus: the mask is no tensor")
        demand(mask.dtype == torch.bool, "bonus: the mask is not bool")
        wanted = [[j <= i for j in range(size)] for i in range(size)]
        demand(mask.tolist() == wanted, f"bonus: the mask of {size} is not causal")
        demand(torch.equal(mask, again), "4: equal calls differ")


def _attention(exercise, solution):
    sizes, straight = SIZES[exercise], None
    layers = exercise in PROJECTIONS
    number = {"self_attention": 1, "multi_head": 2}.get(exercise, 0)  # arguments of the class
    made = [solution(*size[2 : 2 + number]) if layers else solution for size in sizes]
    for index in (*range(len(sizes)), 0):
        for loud in (False, True) if index < 6 else (False,):
            function, keys = made[index], ()
            if layers:
                keys = _load(exercise, function.float(), index, loud)
                if straight is None:
                    straight = _orientation(exercise, function, keys)
            for dtype in (torch.float32, torch.float64):
                tried = len(_masks(exercise, index, loud))
                if dtype == torch.float64 and index > 2:
                    tried = min(tried, 3)
                for number in range(tried):
                    if layers:
                        function.to(dtype).train((number % 2 == 0) == (dtype == torch.float32))
                    which = exercise, index, loud, number, straight or (), keys
                    try:
                        _call(function, which, dtype)
                    except (Exception, SystemExit) as error:
                        error.add_note(_described(which, dtype))
                        raise


def _described(which, dtype):
    exercise, index, loud, number, *_ = which
    mask = _masks(exercise, index, loud)[number]
    kind = "no mask" if mask is None else f"{mask.dtype} mask {number}"
    return f"(size {SIZES[exercise][index]}, {dtype}, {kind}{', scores of 1,000' * loud})"


def _load(exercise, layer, index, loud):
    """Check the projections and load ours; return the keys of all that is ours in the layer."""
    state, parameters = layer.state_dict(), dict(layer.named_parameters(remove_duplicate=False))
    size, names = SIZES[exercise][index][2], PROJECTIONS[exercise]
    keys = [next((k for k in (n, f"{n}.weight") if k in parameters), None) for n in names]
    for name, key in zip(names, keys, strict=True):
        demand(key is not None, f"5: {name} is no registered projection")
        demand(parameters[key].shape == (size, size), f"5: {name} has another shape")
        demand(parameters[key].requires_grad, f"5: {name} is not trainable")
    demand(len({parameters[key].data_ptr() for key in keys}) == len(keys), "5: not distinct")
    biases = [f"{name}.bias" for name in names if f"{name}.bias" in parameters]
    demand(exercise == "multi_head" or not biases, "5: a bias in exercise 3")
    ours = _drawn(exercise, index, loud)[1]
    for name, parameter in parameters.items():
        known = name in (*keys, *biases)
        state[name] = ours[name.removesuffix(".weight")] if known else torch.randn(parameter.shape)
    layer.load_state_dict(state)
    return (*keys, *biases)


def _orientation(exercise, layer, keys):
    """Return which nn.Parameters are used as x @ W: the choice whose output is nearest."""
    (x,), _ = _drawn(exercise, 0, False)
    output = next(iter(layer(x.clone()))).detach()  # it may write into its argument
    free = [key for key in keys if "." not in key]
    choices = [chosen for n in range(len(free) + 1) for chosen in combinations(free, n)]

    def error(chosen):
        wanted = _wanted(exercise, 0, False, 0, chosen, keys)[0][0]
        return (wanted - output).abs().max() if wanted.shape == output.shape else torch.inf

    return min(choices, key=error)


def _call(function, which, dtype):
    """Compare one call with the formula, and a second with the first."""
    exercise, index, loud, number, _, keys = which
    args, mask = _drawn(exercise, index, loud)[0], _masks(exercise, index, loud)[number]
    differentiated = number < 3
    given = [arg.to(dtype, copy=True).requires_grad_(differentiated) for arg in args]
    given += [] if mask is None else [mask.clone()]
    before = global_state()
    one = tuple(function(*given))
    two = tuple(function(*given)) if number < 2 else one
    demand(global_state() == before, "4: something global was changed")
    demand(len(one) == 2, "7: not two results")
    for arg, now in zip((*args, mask), given, strict=False):
        demand(torch.equal(arg.to(now.dtype), now), "4: an argument was changed")
    values, gradients, largest = _wanted(*which)
    leaves = given[: len(args)]
    if keys:
        parameters = dict(function.named_parameters())
        leaves += [parameters[key] for key in keys]
    for result, again, wanted, wanted_gradients in zip(one, two, values, gradients, strict=True):
        demand(isinstance(result, torch.Tensor), "7: a result is no tensor")
        demand(result.dtype == dtype, "3: another dtype")
        demand(result.shape == wanted.shape, "2: another shape")
        demand(_close(result, wanted, 1e-5 + 3e-6 * largest), "2: another value")
        demand(torch.equal(result, again), "4: equal calls differ")
        if differentiated:
            demand(result.requires_grad, "3: not differentiable")
            along = _direction(tuple(result.shape)).to(dtype)
            found = torch.autograd.grad(result, leaves, along, retain_graph=True, allow_unused=True)
            for gradient, exact in zip(found, wanted_gradients, strict=True):
                gradient = torch.zeros_like(exact) if gradient is None else gradient
                demand(_close(gradient, exact, 3e-4 + 1e-4 * largest), "3: another gradient")
    if mask is not None:
        hidden = one[1][values[1] == 0]
        demand(not (hidden.abs() > NO_WEIGHT).any(), "1: a hidden position has a weight")


def _close(found, wanted, tolerance):
    # Written so that NaN is not close.
    bound = tolerance * max(1.0, wanted.abs().max().item())
    return found.shape == wanted.shape and bool(((found.detach() - wanted).abs() <= bound).all())


@functools.cache
def _drawn(exercise, index, loud):
    """Return the arguments and the projections of a case, scores in the hundreds where `loud`."""
    random_ = torch.Generator().manual_seed(index)
    batch, seq, hidden, _ = SIZES[exercise][index]
    shapes = [(batch, hidden), (batch, seq, hidden), (batch, seq, hidden)]
    shapes = [(batch, seq, hidden)] if exercise in PROJECTIONS else shapes
    args = [torch.randn(shape, generator=random_) for shape in shapes]
    if (
        index % 3 == 2 and seq > 1
    ):  # one key, or position, of zeros: without biases its scores are exactly 0
        args[len(args) // 2][:, -1] = 0.0
    stored = {}
    for name in PROJECTIONS.get(exercise, ()):
        stored[name] = torch.randn(hidden, hidden, generator=random_) / hidden**0.5
        stored[f"{name}.bias"] = 0.3 * torch.randn(hidden, generator=random_)
    if loud:  # to 1,000; to less where it depends on the layer's biases and orientation
        scores = _formula(exercise, index, args, None, stored, ())[2].abs().max().item()
        for tensor in (stored["W_q"], stored["W_q.bias"]) if stored else args[:1]:
            tensor *= (600 if stored else 1000) / scores
    return args, stored


@functools.cache
def _masks(exercise, index, loud):
    """Return no mask, and masks of each kind; where `loud`, the largest scores are hidden too."""
    batch, seq, _, _ = SIZES[exercise][index]
    if exercise == "dot_product":
        return [None]
    args, stored = _drawn(exercise, index, loud)
    random_ = torch.Generator().manual_seed(index)
    shape = (batch, seq, seq) if exercise in PROJECTIONS else (batch, seq)
    scores = _formula(exercise, index, args, None, stored, ())[2][:, 0].reshape(shape)
    lone = torch.zeros(shape).scatter(-1, scores.argmin(-1, keepdim=True), 1.0)
    most = torch.ones(shape).scatter(-1, scores.argmax(-1, keepdim=True), 0.0).maximum(lone)
    some = (torch.rand(shape, generator=random_) < 0.5).float().maximum(lone)
    other = (torch.rand(shape, generator=random_) < 0.5).float().maximum(lone.flip(-1))
    masks = [some, other.bool(), most.long(), lone, torch.ones(shape), some.double(), other.int()]
    return [None, *masks]


@functools.cache
def _wanted(exercise, index, loud, number, straight, keys):
    """Return the results of the formula, the gradients of each, and the largest score."""
    args, stored = _drawn(exercise, index, loud)
    args = [arg.double().requires_grad_() for arg in args]
    names = [key.removesuffix(".weight") for key in keys]
    stored = {name: stored[name].double().requires_grad_() for name in names}
    mask = _masks(exercise, index, loud)[number]
    *results, scores = _formula(exercise, index, args, mask, stored, straight)
    leaves = [*args, *stored.values()]
    gradients = []
    for result in results:
        along = _direction(tuple(result.shape)).double()
        found = torch.autograd.grad(result, leaves, along, retain_graph=True, allow_unused=True)
        pairs = zip(found, leaves, strict=True)
        gradients.append([torch.zeros_like(leaf) if g is None else g for g, leaf in pairs])
    return [result.detach() for result in results], gradients, scores.abs().max().item()


def _formula(exercise, index, args, mask, stored, straight):
    """Return the output, the weights and the scores of all keys, hidden or not."""
    _, _, hidden, heads = SIZES[exercise][index]
    layer = exercise in PROJECTIONS

    def project(x, name):
        matrix = stored[name] if name in straight else stored[name].mT
        return x @ matrix + stored.get(f"{name}.bias", 0.0)

    def split(name):
        return project(args[0], name).unflatten(-1, (heads, -1)).transpose(1, 2)

    if layer:
        query, keys, values = map(split, ("W_q", "W_k", "W_v"))
    else:
        query, keys, values = args[0][:, None, None], args[1][:, None], args[2][:, None]
    scale = 1.0 if exercise == "dot_product" else (hidden // heads) ** -0.5
    logits = scores = query @ keys.mT * scale  # (batch, heads, queries, keys)
    if mask is not None:
        visible = mask.bool()[:, None] if layer else mask.bool()[:, None, None]
        logits = scores.masked_fill(~visible, -torch.inf)
    weights = logits.softmax(-1)
    output = (weights @ values).transpose(1, 2).flatten(-2)  # (batch, queries, hidden)
    if exercise == "multi_head":
        return project(output, "W_o"), weights, scores
    return (output, weights[:, 0], scores) if layer else (output[:, 0], weights[:, 0, 0], scores)


@functools.cache
def _direction(shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(len(shape)))
