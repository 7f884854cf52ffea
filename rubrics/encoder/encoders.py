"""The formula of an encoder, and the student's encoders, loaded with parameters of ours."""

import functools
from contextlib import ExitStack, contextmanager

import torch

from nbjudge.rubric import Answered, Call, Layer, NotMet, call_all, expect, same_class, standing_in
from nbjudge.tensors import Case, Formula, Modules, earlier, inputs, parameters

from . import block, blocks, layer_norm, positions, pre_norm

NAMES = ("the output", "the attention weights")
# (vocab_size, embed_dim, num_heads, hidden_dim, num_layers): all different, the same, ones.
SIZES = {
    "two_layers": (11, 6, 3, 10, 2),
    "again": (11, 6, 3, 10, 2),
    "three_layers": (7, 8, 2, 5, 3),
    "one_layer": (1, 2, 1, 1, 1),
    "long": (300, 4, 1, 3, 1),
}
QUIET = {"faint": (7, 10, 2, 5, 2)}  # of a width of its own
# (batch, seq) at each size.
ROWS = {
    "two_layers": (2, 7),
    "again": (2, 7),
    "three_layers": (3, 3),
    "one_layer": (2, 2),
    "long": (1, 1000),
}
TABLE, BLOCK, NORM = "sinusoidal_positions", "EncoderBlock", "LayerNorm"


def shapes(vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
    """Return the shapes of the parameters."""
    found = {"embedding.weight": (vocab_size, embed_dim)}
    of_block = pre_norm.shapes(embed_dim, num_heads, hidden_dim)
    for number in range(num_layers):
        found |= {f"blocks.{number}.{name}": shape for name, shape in of_block.items()}
    return found | {f"norm.{name}": one for name, one in layer_norm.shapes(embed_dim).items()}


def drawn(random, name, shape):
    """Return values for a parameter, of an embedding standard normal ones."""
    if name == "embedding.weight":
        return inputs.normal(random, *shape)
    if name.startswith("blocks."):
        return blocks.drawn(random, name.split(".", 2)[2], shape)
    return layer_norm.drawn(random, name.partition(".")[2], shape)


def quiet(random, name, shape):
    """Return parameters under which the final norm gets rows whose spread is about root of eps.

    Token p at position p is next to nothing, and the blocks add next to nothing.
    """
    if name == "embedding.weight":
        return 0.004 * inputs.normal(random, *shape) - positions.formula({}, *shape).float()
    values = drawn(random, name, shape)
    return 1e-3 * values if ".out_proj." in name or ".linear2." in name else values


def encoder(parameters, tokens, mask, num_heads, paths, own=None):
    """Return output and the list of weights of an encoder.

    `paths` are the names of its blocks. `own` holds functions that stand in place of the formula:
    table(seq, embed_dim), one for each path, and "norm".
    """
    own = own or {}
    x = parameters["embedding.weight"][tokens]  # (batch, seq, embed_dim)
    x = x + own.get("table", lambda *size: positions.formula({}, *size))(*x.shape[1:])
    found = []
    for path in paths:
        of_block = earlier.part_of(parameters, path)
        x, weights = (
            own[path](x, mask) if path in own else pre_norm.block(of_block, x, mask, num_heads)
        )
        found.append(weights)
    norm = earlier.part_of(parameters, "norm")
    return (own["norm"](x) if "norm" in own else layer_norm.formula(norm, x)), found


def free(tokens, mask=None):
    """Return what is free: output and rows of weights of padding."""
    return pre_norm.free(tokens, mask)


class Encoders:
    """The student's encoders, loaded with parameters of ours.

    `beside` holds what the student handed in for exercises 1, 2 and 4. Blocks and norm that are of
    those classes are the student's *own*. `ours` names what of ours stands in for them.
    """

    def __init__(self, make, random, beside, ours=frozenset()):
        self.make, self.seed, self.beside, self.ours = make, random.initial_seed(), beside, ours
        self.modules, self.quiet = (
            Modules(make, sizes, shapes, random, draw, rename=self._renamed, partly=self._may_miss)
            for sizes, draw in ((SIZES, drawn), (QUIET, quiet))
        )
        norm = parameters.attribute(self.modules.made["two_layers"].result, "norm")
        own = same_class(norm, beside[NORM])
        self.other_eps = own and blocks.has_another_eps(norm, beside[NORM])

    @functools.cached_property
    def at_fault(self):
        """The names of exercises 1, 2 and 4 that have not full marks, or of unregistered blocks."""
        rubrics = {TABLE: positions.rubric, NORM: layer_norm.rubric, BLOCK: block.rubric}
        wrong = {
            name
            for name, rubric in rubrics.items()
            if not earlier.has_full_marks(rubric, self.beside[name], self.seed, self.beside)
        }
        made = self.modules.made["two_layers"].result
        lost = isinstance(made, torch.nn.Module) and not self.paths(made, "two_layers")
        return frozenset({*wrong, BLOCK} if lost else wrong)

    @contextmanager
    def stood_in(self):
        """Yield encoders that were made with ours in the place of what is at fault."""
        stand_ins = {TABLE: Answered(positions.reference), BLOCK: Answered(answer, made=True)}
        chosen = {name: one for name, one in stand_ins.items() if name in self.at_fault}
        with ExitStack() as stack:
            stack.enter_context(standing_in(self.make, chosen))
            random = torch.Generator().manual_seed(self.seed)
            again = Encoders(self.make, random, self.beside, self.at_fault)
            for name, made in again.made.items():
                if NORM in self.at_fault and self._has_own_norm(made.result):
                    norm = {"norm": Layer("LayerNorm", (SIZES | QUIET)[name][1], eps=1e-5)}
                    stack.enter_context(standing_in(made.result, norm))
            yield again

    def case(self, name, tokens, mask=None):
        """Return a case of an encoder; right is what agrees with the formula, or with own parts."""
        module, stored = (self.quiet if name in QUIET else self.modules).loaded(name)
        paths = self.paths(module, name)
        ours = dict.fromkeys(paths, _answered) if BLOCK in self.ours else {}
        own = {path: earlier.called(module, path) for path in paths if self._is_own(module, path)}
        if self._has_own_norm(module):
            own["norm"] = earlier.called(module, "norm")
        table = {"table": self._table} if TABLE not in self.ours and self.beside[TABLE] else {}
        missing = {_part(one) for one in self._names(module, name) - stored.keys()}
        ways = [ours | way for way in ({}, own, own | table, table)]
        ways = [way for way in ways if missing <= way.keys()]
        first, *rest = [self._formula(name, paths, way) for way in ways]
        args = (tokens,) if mask is None else (tokens, mask)
        return Case(module, args, first, stored, tuple(one.compute for one in rest))

    @property
    def made(self):
        """What became of each encoder when it was made, by name."""
        return self.modules.made | self.quiet.made

    def faint(self):
        """Return a case whose rows have a spread of about the root of eps before the norm."""
        return self.case("faint", torch.arange(7)[None])

    def cases(self, random, names=ROWS, masked=False):
        """Return a case for each name, with a bool mask where it is `masked`."""
        return [self._drawn(random, name, masked) for name in names]

    def paths(self, module, name):
        """Return the names of the blocks of an encoder, in order."""
        number = (SIZES | QUIET)[name][-1]
        if BLOCK in self.ours:
            return [f"blocks.{one}" for one in range(number)]
        container = module._modules.get("blocks")
        inside = (
            [] if container is None else [f"blocks.{path}" for path, _ in container.named_modules()]
        )
        found = [path for path in inside if self._is_own(module, path)]
        if len(found) == number:
            return found
        return [f"blocks.{key}" for key in self._held(module)]

    def check(self, name):
        """Check the parts of an encoder; parameters of own parts are for exercises 2 and 4."""
        module = self.modules.module(name)
        number = SIZES[name][-1]
        paths = self._held(module) if BLOCK in self.ours else self.paths(module, name)
        held = len(paths)
        if held != number:
            raise NotMet(
                f"With num_layers={number}, 'blocks' should hold {number} registered blocks; it "
                f"holds {held}. Use an nn.ModuleList."
            )
        self.modules.check(name)
        own = [module.get_submodule(one) for one in paths if self._is_own(module, one)]
        if own:
            (new,) = call_all([Call(self.beside[BLOCK], SIZES[name][1:4])])
            made = [new.value(), *own]
            x = torch.ones(1, 2, SIZES[name][1])
            maps = [_shapes(one.result) for one in call_all([Call(one, (x,)) for one in made])]
            if any(
                blocks.sizes(one) != blocks.sizes(made[0]) or given != maps[0]
                for one, given in zip(made, maps, strict=True)
            ):
                raise NotMet("Make each block as EncoderBlock(embed_dim, num_heads, hidden_dim).")

    def _held(self, module):
        """Return the names of the modules that `blocks` holds, which may be the same one twice."""
        container = module._modules.get("blocks")
        return [] if container is None else list(container._modules)

    def _drawn(self, random, name, masked):
        batch_seq, vocab_size = ROWS[name], SIZES[name][0]
        tokens = torch.randint(vocab_size, batch_seq, generator=random)
        tokens[0, 0], tokens[-1, -1] = 0, vocab_size - 1
        return self.case(name, tokens, inputs.mask(random, *batch_seq) if masked else None)

    def _formula(self, name, paths, own):
        def compute(parameters, tokens, mask=None):
            return encoder(parameters, tokens, mask, (SIZES | QUIET)[name][2], paths, own)

        return Formula(compute, NAMES, ("tokens", "mask"), masks=("mask",), free=free)

    def _table(self, seq_len, embed_dim):
        """Return the student's own positions; raise `NotMet` where they are no such table."""
        found = expect.tensor(self.beside[TABLE](seq_len, embed_dim), TABLE)
        sizes = f"seq_len={seq_len} and embed_dim={embed_dim}"
        expect.shape(found, (seq_len, embed_dim), TABLE, sizes)
        return expect.exact(found)

    def _renamed(self, module, name):
        first, _, rest = name.partition(".")
        if name == "embedding.weight" and "embedding" in parameters.named(module):
            return "embedding"  # an nn.Parameter of the same shape
        if first != "blocks":
            return name
        number, _, rest = rest.partition(".")
        name_of = next(one for one, made in self.made.items() if made.result is module)
        paths = self.paths(module, name_of)
        return f"{paths[int(number)]}.{rest}" if int(number) < len(paths) else name

    def _names(self, module, name):
        return {self._renamed(module, one) for one in shapes(*(SIZES | QUIET)[name])}

    def _may_miss(self, module, name):
        part = _part(name)
        if part == "norm":
            return self._has_own_norm(module)
        return BLOCK in self.ours or self._is_own(module, part)

    def _has_own_norm(self, module):
        """Return whether norm is of the class of exercise 2, with the eps of a new one."""
        return not self.other_eps and same_class(
            parameters.attribute(module, "norm"), self.beside[NORM]
        )

    def _is_own(self, module, path):
        return path != "" and same_class(parameters.attribute(module, path), self.beside[BLOCK])


HEADS = {size[1]: size[2] for size in (SIZES | QUIET).values()}


def answer(x, mask=None):
    """Return output and weights of a block of ours, for x (batch, seq, embed_dim)."""
    results = _answered(x.double(), mask)
    return tuple(one.to(x.dtype) for one in results)


def _answered(x, mask):
    return pre_norm.block(_ours(x.shape[-1]), x, mask, HEADS[x.shape[-1]])


@functools.cache
def _ours(embed_dim):
    random = torch.Generator().manual_seed(embed_dim)
    of_block = pre_norm.shapes(embed_dim, HEADS[embed_dim], 5)
    draw = quiet if embed_dim == QUIET["faint"][1] else drawn
    return {name: draw(random, f"blocks.0.{name}", one).double() for name, one in of_block.items()}


def _shapes(results):
    """Return the shapes of the tensors among the results of a block."""
    several = results if isinstance(results, list | tuple) else ()
    return [tuple(one.shape) for one in several if isinstance(one, torch.Tensor)]


def _part(name):
    """Return the path of the part that a parameter belongs to: "norm", or that of a block."""
    return name.rpartition(".")[0] if name.startswith(("norm.", "embedding")) else _block(name)


def _block(name):
    for part in ("norm1", "norm2", "attention", "feed_forward"):
        path, found, _ = name.partition(f".{part}.")
        if found:
            return path
    return name
