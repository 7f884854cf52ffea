"""The student's blocks, loaded with parameters of ours."""

import functools
from contextlib import ExitStack, contextmanager

import torch

from nbjudge.rubric import Call, Layer, call_all, expect, same_class, standing_in
from nbjudge.tensors import Case, Modules, earlier, inputs, parameters

from . import feed_forward, layer_norm, pre_norm

# (embed_dim, num_heads, hidden_dim): all different, the same, ones.
SIZES = {
    "three_heads": (6, 3, 10),
    "again": (6, 3, 10),
    "ones": (1, 1, 1),
    "one_head": (5, 1, 3),
    "heads_of_one": (4, 4, 4),
    "wide": (24, 12, 40),
    "long": (4, 1, 3),
}
QUIET = {"six": (6, 2, 10), "one_head": (4, 1, 6)}
LOUD = {"loud": (8, 2, 6)}
FIXED = (1 - 1e-5) ** 0.5  # the spread of tokens that a norm with eps 1e-5 leaves as they are
PARTS = {"norm1": "LayerNorm", "norm2": "LayerNorm", "feed_forward": "FeedForward"}
# (batch, seq) at each size.
ROWS = {
    "three_heads": (2, 7),
    "again": (2, 7),
    "ones": (2, 3),
    "one_head": (3, 1),
    "heads_of_one": (4, 4),
    "wide": (1, 30),
    "long": (1, 700),
}


def drawn(random, name, shape):
    """Return values for a parameter; weights of norms are clear of 0."""
    if name.startswith("norm"):
        return layer_norm.drawn(random, name.partition(".")[2], shape)
    return parameters.drawn(random, name, shape)


def quiet(random, name, shape):
    """Return norms that only normalise, and attention that adds next to nothing."""
    if name.startswith("norm"):
        return layer_norm.neutral(random, name.partition(".")[2], shape)
    size = 1e-3 if name.startswith("attention.out_proj") else 1.0
    return size * parameters.drawn(random, name, shape)


def loud(random, name, shape):
    """Return parameters under which scores of vectors of signs are 1,000 in size.

    Each has four equal or opposite features in a head. In the first head equal vectors have a score
    of 1,000 and opposite ones of -1,000; in the second head it is the other way round.
    """
    values = quiet(random, name, shape)
    if name == "attention.in_proj_weight":
        width = shape[1]
        heads = torch.tensor([1.0, -1.0]).repeat_interleave(width // 2)
        values[:width] = torch.eye(width) * 500**0.5
        values[width : 2 * width] = torch.diag(heads) * 500**0.5
    return torch.zeros(shape) if name == "attention.in_proj_bias" else values


class Blocks:
    """The student's blocks, loaded with parameters of ours.

        usual    all parameters at random
        quiet    norms that only normalise, and attention that adds next to nothing
        loud     scores of 1,000

    `beside` holds the student's classes of exercises 2 and 3. Parts of a block that are of them are
    the student's *own*.
    """

    def __init__(self, make, random, beside):
        self.make, self.seed, self.beside = make, random.initial_seed(), beside
        self.usual, self.quiet, self.loud = (
            Modules(make, sizes, pre_norm.shapes, random, draw, partly=self._may_miss)
            for sizes, draw in ((SIZES, drawn), (QUIET, quiet), (LOUD, loud))
        )
        self.own = self._own()

    @functools.cached_property
    def at_fault(self):
        """The own parts whose exercise has not full marks."""
        rubrics = {"LayerNorm": layer_norm.rubric, "FeedForward": feed_forward.rubric}
        wrong = {
            name
            for name in {PARTS[part] for part in self.own}
            if not earlier.has_full_marks(rubrics[name], self.beside[name], self.seed)
        }
        return {part for part in self.own if PARTS[part] in wrong}

    @contextmanager
    def stood_in(self):
        """Yield blocks in which torch's layers are in the place of the own parts at fault."""
        again = Blocks(self.make, torch.Generator().manual_seed(self.seed), self.beside)
        with ExitStack() as stack:
            for modules in (again.usual, again.quiet, again.loud):
                for name, size in modules.sizes.items():
                    stand_ins = {part: torchs(part, *size) for part in self.at_fault}
                    stack.enter_context(standing_in(modules.module(name), stand_ins))
            again.own -= self.at_fault
            yield again

    def case(self, modules, name, x, mask=None):
        """Return a case of a block; right is what agrees with the formula, or with own parts."""
        module, stored = modules.loaded(name)
        _, num_heads, _ = modules.sizes[name]
        own = {part: earlier.called(module, part) for part in PARTS if part in self.own}
        missing = {one.split(".")[0] for one in modules.shapes[name].keys() - stored.keys()}
        norms = {part: one for part, one in own.items() if part != "feed_forward"}
        others = {part: one for part, one in own.items() if part == "feed_forward"}
        ways = [way for way in ({}, own, norms, others) if missing <= way.keys()]
        first, *rest = [pre_norm.formula(num_heads, way) for way in ways]
        args = (x,) if mask is None else (x, mask)
        return Case(module, args, first, stored, tuple(one.compute for one in rest))

    def cases(self, random, names=ROWS, masked=False):
        """Return a usual case for each name, with a bool mask where it is `masked`."""
        return [self._drawn(random, name, masked) for name in names]

    def faint(self, random):
        """Return cases whose tokens have a spread about as large as the root of eps."""
        return [self._of_quiet(random, name, 0.004) for name in QUIET]

    def normed(self, random):
        """Return a case whose tokens are normalised already, so that the norm changes none."""
        x = inputs.normal(random, 2, 5, QUIET["six"][0]).double()
        return self.case(self.quiet, "six", (layer_norm.formula({}, x, 0.0) * FIXED).float())

    def masked(self, random, name):
        """Return a case without a mask, and the same with masks: of each kind for tokens (2, 7)."""
        (case,) = self.cases(random, (name,))
        (x,) = case.args
        batch, seq, _ = x.shape
        if name != "three_heads":
            made = [inputs.mask(random, batch, seq), inputs.one_visible(random, batch, seq).long()]
        else:
            places = torch.arange(seq).expand(batch, seq)
            made = [*inputs.masks(random, batch, seq), places >= 2, places < seq - 2]
        return [case, *(case.given(x, mask) for mask in made)]

    def each_kind(self, random):
        """Return a case without a mask, and the same with one mask in each dtype."""
        (case,) = self.cases(random, ("three_heads",), masked=True)
        x, mask = case.args
        return [case.given(x), *(case.given(x, mask.to(dtype)) for dtype in inputs.MASK_DTYPES)]

    def large(self, random):
        """Return two cases with scores of 1,000: the largest of a row are equal, or nearly so."""
        s, t, u = _signs(random)
        near = 0.9985 * s + (1 - 0.9985**2) ** 0.5 * u
        tied = torch.stack([s, -s, t, s, -t, -s, u], dim=1)  # (batch, seq, width)
        close = torch.stack([s, -s, t, near, -t, -near, u], dim=1)
        return [self.case(self.loud, "loud", one) for one in (tied, close)]

    def large_masked(self, random):
        """Return large cases of which only equal tokens are real, some others too, or one."""
        case, _ = self.large(random)
        real = [[1, 0, 0, 1, 0, 0, 0], [1, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0]]
        masks = [torch.tensor(one).expand(2, 7).contiguous() for one in real]
        kinds = (torch.float32, torch.bool, torch.int64)
        return [
            case.given(*case.args, mask.to(kind)) for mask, kind in zip(masks, kinds, strict=True)
        ]

    def _drawn(self, random, name, masked):
        batch_seq, width = ROWS[name], SIZES[name][0]
        spread = 0.5 + inputs.normal(random, *batch_seq, 1).abs()
        x = spread * inputs.normal(random, *batch_seq, width)
        x += inputs.normal(random, *batch_seq, 1)
        mask = inputs.mask(random, *batch_seq) if masked else None
        return self.case(self.usual, name, x, mask)

    def _of_quiet(self, random, name, size):
        x = size * inputs.normal(random, 2, 5, QUIET[name][0])
        return self.case(self.quiet, name, x)

    def _may_miss(self, module, name):
        return name.split(".")[0] in self.own

    def _own(self):
        """Return the parts that are of the student's own classes.

        A part that was made with another eps, or another width, than a new one of its class is none
        of them: that is a mistake of this exercise.
        """
        module = self.usual.made["three_heads"].result
        own = {part for part, name in PARTS.items() if _is_of(module, part, self.beside[name])}
        return {part for part in own if not self._is_changed(module, part)}

    def _is_changed(self, module, part):
        defined = self.beside[PARTS[part]]
        if part == "feed_forward":
            (new,) = call_all([Call(defined, SIZES["three_heads"][::2])])
            return new.error is None and sizes(new.result) != sizes(module.feed_forward)
        return has_another_eps(getattr(module, part), defined)


def has_another_eps(norm, defined):
    """Return whether a norm of width 6 is like a new one of its class, but for small values.

    The norm is as it was made: its parameters are not loaded yet.
    """
    news = call_all([Call(defined, (6,)), Call(defined, (6, 1e-5))])
    layers = [norm, *(one.result for one in news if callable(one.result))]
    x = torch.arange(2 * 3 * 6.0).reshape(2, 3, 6).sin()
    outcomes = call_all([Call(one, (y,)) for one in layers for y in (100 * x, 4e-3 * x)])
    pairs = [
        (one.result, two.result) for one, two in zip(outcomes[::2], outcomes[1::2], strict=True)
    ]
    known, *others = [one for one in pairs if _whole(one, x)] or [None]
    like = [one for one in others if expect.is_close(known[0], one[0], 1e-3)]
    return bool(like) and not any(expect.is_close(known[1], one[1], 1e-3) for one in like)


def _is_of(module, part, defined):
    return same_class(parameters.attribute(module, part), defined)


def sizes(module):
    """Return the shape of each parameter and buffer of a module by name."""
    return {name: tuple(one.shape) for name, one in module.state_dict().items()}


def _whole(results, x):
    return all(isinstance(one, torch.Tensor) and one.shape == x.shape for one in results)


def torchs(part, embed_dim, num_heads, hidden_dim):
    """Return torch's own layer in place of a part."""
    if part != "feed_forward":
        return Layer("LayerNorm", embed_dim, eps=1e-5)
    linear1, linear2 = (
        Layer("Linear", embed_dim, hidden_dim),
        Layer("Linear", hidden_dim, embed_dim),
    )
    return Layer("Sequential", linear1=linear1, relu=Layer("ReLU"), linear2=linear2)


def _signs(random):
    """Return three vectors of signs (batch, width), orthogonal and of mean 0 in each head."""
    patterns = torch.tensor([[1.0, -1, 1, -1], [1, -1, -1, 1], [1, 1, -1, -1]])
    signs = inputs.normal(random, 2, 2).sign()  # (batch, heads)
    return [FIXED * (signs[..., None] * pattern).flatten(1) for pattern in patterns]
