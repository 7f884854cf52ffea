"""Exercise 2: layer normalisation over the last axis.

Source: Ba, Kiros and Hinton, 2016, "Layer Normalization", section 3, with eps as in torch.
"""

import torch
from torch import nn

from nbjudge import tensors
from nbjudge.rubric import NotMet, Rubric, call_all, expect
from nbjudge.tensors import MODES, Formula, Modules, inputs

HINT = "Check: mean and biased variance of the last axis alone, (x - mean) / sqrt(variance + eps)."
AFFINE = "follow from the normalised rows: times weight, plus bias"
EPSILON = "Add eps, as it was passed, to the variance, inside the root."
EXTREME = "Subtract the mean first, then average the squares: E[x²] - E[x]² is not exact enough."
EQUAL = "In a row of equal values the variance is 0, and eps alone stands in the root."
# So wide that dividing by embed_dim - 1 changes nothing: that costs `normalised` only.
WIDE = 1500
SIZES = {"five": (5,), "again": (5,), "two": (2,), "four": (4,), "wide": (24,), "one": (1,)}
# (batch, seq) at each width: all different, all the same, ones.
ROWS = {"five": (2, 7), "again": (2, 7), "two": (1, 3), "four": (4, 4), "wide": (1, 1)}
EPSILONS = {"large": (WIDE, 0.5), "small": (WIDE, 0.01), "default": (WIDE,)}


def shapes(embed_dim, eps=1e-5):
    """Return the shapes of the parameters."""
    return {"weight": (embed_dim,), "bias": (embed_dim,)}


def neutral(random, name, shape):
    """Return a weight of ones and a bias of zeros: what is normalised stays as it is."""
    return torch.ones(shape) if name == "weight" else torch.zeros(shape)


def drawn(random, name, shape):
    """Return a weight of 0.3 to 1 in size, and any bias."""
    values = inputs.normal(random, *shape)
    return values.sign() * (1 - 0.7 / (1 + values.abs())) if name == "weight" else values


def formula(parameters, x, eps=1e-5):
    """Return x (..., embed_dim) with each row normalised, times weight, plus bias."""
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred * centred).mean(-1, keepdim=True)
    normalised = centred / (variance + eps).sqrt()
    return normalised * parameters.get("weight", 1.0) + parameters.get("bias", 0.0)


def norm(eps=1e-5):
    """Return the formula with an eps."""
    return Formula(lambda parameters, x: formula(parameters, x, eps), ("the output",), ("x",))


class Reference(nn.LayerNorm):
    """A right layer: the formula in float64."""

    def __init__(self, embed_dim, eps=1e-5):
        super().__init__(embed_dim, eps)

    def forward(self, x):
        """Return x (batch, seq, embed_dim) normalised, in its own dtype."""
        parameters = {name: one.double() for name, one in self.named_parameters()}
        return formula(parameters, x.double(), self.eps).to(x.dtype)


class Norms:
    """The student's layers: `plain` ones that only normalise, and `loaded` ones."""

    def __init__(self, make, random):
        self.plain = Modules(
            make, SIZES | EPSILONS, shapes, random, neutral, partly=lambda *_: True
        )
        self.loaded = Modules(make, SIZES, shapes, random, drawn)


rubric = Rubric("Exercise 2: layer normalisation", 15, "LayerNorm", Reference, prepare=Norms)


@rubric.criterion("weight and bias are trainable, and start as ones and zeros", points=2)
def parameters(norms, random):
    """Registered under their names, of shape (embed_dim,)."""
    for size in ("five", "one"):
        norms.loaded.check(size)
        for name in shapes(1):
            start = norms.loaded.start(size)[name]
            wanted = neutral(random, name, start.shape)
            number = "ones" if name == "weight" else "zeros"
            expect.close(start, wanted, f"the start of {name}", "", 1e-6, f"be {number}")


@rubric.criterion("Each row is normalised: mean 0, biased variance 1", points=4)
def normalised(norms, random):
    """Weights of ones, biases of zeros; rows of different means and spreads; 1,000 tokens."""
    long = norms.plain.case("wide", norm(), inputs.normal(random, 1, 1000, 24))
    tensors.values([*cases(norms.plain, random), long], HINT)


@rubric.criterion("The normalised row is multiplied by weight, then bias is added", points=3)
def affine(norms, random):
    """Compared with the student's own rows under a weight of ones and a bias of zeros."""
    plain = cases(norms.plain, random)
    loaded = [
        norms.loaded.case(size, norm(), *one.args) for size, one in zip(ROWS, plain, strict=True)
    ]
    found = tensors.ask([*plain, *loaded])
    for (_, (own,)), (case, (output,)) in zip(found, found[len(plain) :], strict=False):
        if own.shape[-1] > 2:  # of two values their order alone is left, which rows may share
            tensors.varied(own, "the output")
        wanted = expect.exact(own) * case.stored["weight"] + case.stored["bias"]
        expect.close(output, wanted, "the output", "", 1e-3, AFFINE)


@rubric.criterion("eps is what was passed, and stands inside the root", points=2)
def epsilon(norms, random):
    """Rows whose variance is about as large as eps: 0.5, 0.01, and the default of 1e-5."""
    passed = {"large": 0.5, "small": 0.01, "default": 1e-5}
    made = [
        norms.plain.case(size, norm(eps), eps**0.5 * inputs.normal(random, 2, 3, WIDE))
        for size, eps in passed.items()
    ]
    tensors.values(made, EPSILON)


@rubric.criterion("Values up to 1,000 and rows of equal values are right", points=2)
def extremes(norms, random):
    """Means of 990 in size with a spread of 1; equal values, and one; gradients of equal ones."""
    spread = 1.05 * inputs.normal(random, 2, 8, WIDE).clamp(-9, 9)
    means = 990 * inputs.normal(random, 2, 8, 1).sign()
    tensors.values([norms.plain.case("default", norm(), means + spread)], EXTREME, 1e-2)
    equal = [constant(norms.plain, size, random) for size in ("default", "five", "one")]
    single = equal[-1].given(equal[-1].args[0][-1:, -1:].contiguous())  # (1, 1, 1)
    tensors.values([*equal, single], EQUAL)
    along = [(inputs.normal(random, *case.args[0].shape),) for case in equal]
    calls = [case.given(case.args[0].requires_grad_()) for case in equal]
    outcomes = call_all([one.call(directions=d) for one, d in zip(calls, along, strict=True)])
    for outcome in outcomes:
        if not all(one is None or one.isfinite().all() for one in outcome.gradients.values()):
            raise NotMet(f"The gradient of a row of equal values should be finite. {EQUAL}")
    affine_of_equal(norms, random)


@rubric.criterion("Gradients reach the input, weight and bias", points=1)
def gradients(norms, random):
    """Along a random direction, at two widths."""
    made = [norms.loaded.case(size, norm(), rows(random, size)) for size in ("five", "wide")]
    tensors.gradients(made, random)


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=1)
def conventions(norms, random):
    """float32 in train mode, float64 in eval mode, each device; arguments as before."""
    norms.loaded.untouched(MODES)
    given = {size: rows(random, size) for size in ("five", "four")}
    try:
        made = [norms.loaded.case(size, norm(), x) for size, x in given.items()]
    except NotMet:  # the parameters are missing, which costs other criteria
        made = [norms.plain.case(size, norm(), x) for size, x in given.items()]
    tensors.conventions(made, looked_at=MODES)


@rubric.behaviour
def behaviour(norms, random):
    """Return the calls that tell misconceptions apart."""
    made = [norms.loaded.case(size, norm(), rows(random, size)) for size in ("five", "four")]
    made.append(norms.plain.case("small", norm(), 0.1 * inputs.normal(random, 2, 3, WIDE)))
    # Whole numbers, whose mean is exact, and two columns, whose sums are: rounding does not tell
    # one way to write a mistake from another.
    equal = constant(norms.loaded, "five", random)
    made.append(equal.given(equal.args[0].round()))
    far = 950 + 40 * torch.rand(2, 3, 1, generator=random) + torch.tensor([-1.1, 1.1])
    made.append(norms.plain.case("two", norm(), far))
    return [one.call() for one in made]


def rows(random, size):
    """Return x (batch, seq, embed_dim) for a size: rows of different means and spreads."""
    batch_seq, (width,) = ROWS.get(size, (2, 3)), SIZES[size]
    spread = inputs.normal(random, *batch_seq, 1).abs() + 0.5
    return spread * inputs.normal(random, *batch_seq, width) + inputs.normal(random, *batch_seq, 1)


def cases(modules, random):
    """Return a case of each size."""
    return [modules.case(size, norm(), rows(random, size)) for size in ROWS]


def constant(modules, size, random):
    """Return a case whose rows hold one value each, of up to 10 in size; the first one zeros."""
    width = (SIZES | EPSILONS)[size][0]
    values = 10 * inputs.normal(random, 2, 3, 1).tanh()
    values[0, 0] = 0
    return modules.case(size, norm(), values.expand(-1, -1, width).contiguous())


def affine_of_equal(norms, random):
    """Check that equal values give bias, where weight and bias are applied rightly elsewhere."""
    for size in ("five", "one"):
        try:
            usual = norms.loaded.case("five", norm(), rows(random, "five"))
        except NotMet:
            return  # the parameters are missing, which costs other criteria
        (_, results), (case, found) = tensors.ask([usual, constant(norms.loaded, size, random)])
        if usual.agrees(results):
            tensors.compare(case, found, EQUAL)
