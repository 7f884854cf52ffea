"""The edits of one node: small mistakes, of the kinds that people make.

    comparisons     another boundary, the opposite
    arithmetic      another operator, one operand alone, operands the other way round
    constants       one more, one less, the other sign, none; True for False; "" for a text
    conditions      negated, always true, always false; `and` for `or`
    calls           arguments swapped or left out, a keyword left out, the call itself left out
                    (`x.sqrt()` becomes `x`), the function's sibling (`tril` for `triu`)
    names           another variable of the function, another field of the object
    slices, loops   one end further or left out; a loop that does not run, or misses an end
    statements      left out
    tensors         `.detach()`, once for each variable

The operators are those of mutation testing in general (Jia and Harman 2011, "An Analysis and Survey
of the Development of Mutation Testing", IEEE TSE 37(5)), with those of notebooks on tensors. What
Python refuses in any case is left out, such as a variable before it is assigned: a test that
notices it proves nothing.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from itertools import pairwise

from nbjudge.mutation.literals import is_number, number, numbers, others

_OTHER = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv, ast.Mult),
    ast.Pow: (ast.Mult, ast.Div),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_OPPOSITE = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_EITHER_WAY = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
_SIBLINGS = {
    "tril": "triu", "max": "min", "amax": "amin", "argmax": "argmin", "ones": "zeros",
    "ones_like": "zeros_like", "any": "all", "mean": "sum", "cat": "stack", "std": "var",
    "softmax": "log_softmax", "squeeze": "unsqueeze", "ge": "gt", "le": "lt", "eq": "ne",
    "div": "mul", "add": "sub", "sin": "cos", "floor": "ceil", "relu": "gelu", "ReLU": "GELU",
    "sigmoid": "tanh", "upper": "lower", "startswith": "endswith", "lstrip": "rstrip",
    "keys": "values",
}  # fmt: skip
_LIKE = _SIBLINGS | {two: one for one, two in _SIBLINGS.items()}
# Swapped arguments give the same.
_MIRRORED = {"transpose", "swapaxes", "swapdims", "allclose", "equal", "isclose", "maximum",
             "minimum", "max", "min", "add", "mul", "logical_and", "logical_or"}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What surrounds a node.

    `names` are the variables of its function that are assigned before it. `alike` are those of them
    that may stand for it, or the fields of `self` that may: those of the same kind. `holder` is the
    node above, `field` the part of it that the node is. `detached` says that the node is the first
    use of its variable in code on tensors.
    """

    names: tuple[str, ...]
    alike: tuple[str, ...]
    holder: ast.AST
    field: str
    detached: bool

    @property
    def is_called(self) -> bool:
        """Whether the node is the function of a call."""
        return isinstance(self.holder, ast.Call) and self.field == "func"

    @property
    def is_condition(self) -> bool:
        """Whether the node decides which way the code goes."""
        return self.field in ("test", "ifs")


def edits(node: ast.AST, known: Known) -> Iterator[ast.AST]:
    """Yield what may stand in the place of `node`; what is below it is shared with the tree."""
    if isinstance(node, ast.expr) and known.is_condition:
        yield from _conditions(node, known)
    yield from _edits(node, known)
    if isinstance(node, ast.expr) and known.field == "iter":
        yield from _loops(node)
    if isinstance(node, ast.expr) and known.field in ("lower", "upper") and not is_number(node):
        yield from _one_off(node)


@singledispatch
def _edits(node: ast.AST, known: Known) -> Iterator[ast.AST]:
    return iter(())


@_edits.register(ast.Expr)
@_edits.register(ast.Return)
@_edits.register(ast.Raise)
@_edits.register(ast.Assert)
@_edits.register(ast.Delete)
@_edits.register(ast.AnnAssign)
def _statement(node: ast.stmt, known: Known) -> Iterator[ast.AST]:
    yield ast.Pass()


@_edits.register
def _assignment(node: ast.Assign, known: Known) -> Iterator[ast.AST]:
    # A name without its first value is an error of Python's.
    if all(not isinstance(one, ast.Name) or one.id in known.names for one in node.targets):
        yield ast.Pass()


@_edits.register
def _in_place(node: ast.AugAssign, known: Known) -> Iterator[ast.AST]:
    yield ast.Pass()
    yield ast.copy_location(ast.Assign([node.target], node.value), node)
    yield from (changed(node, op=kind()) for kind in _OTHER[type(node.op)])


@_edits.register
def _break(node: ast.Break, known: Known) -> Iterator[ast.AST]:
    yield from (ast.Continue(), ast.Pass())


@_edits.register
def _continue(node: ast.Continue, known: Known) -> Iterator[ast.AST]:
    yield from (ast.Break(), ast.Pass())


@_edits.register
def _arithmetic(node: ast.BinOp, known: Known) -> Iterator[ast.AST]:
    yield from (changed(node, op=kind()) for kind in _OTHER[type(node.op)])
    yield from (node.left, node.right)
    if not isinstance(node.op, _EITHER_WAY):
        yield changed(node, left=node.right, right=node.left)


@_edits.register
def _comparison(node: ast.Compare, known: Known) -> Iterator[ast.AST]:
    for place, op in enumerate(node.ops):
        for kind in _OTHER[type(op)]:
            yield changed(node, ops=[*node.ops[:place], kind(), *node.ops[place + 1 :]])


@_edits.register
def _and_or(node: ast.BoolOp, known: Known) -> Iterator[ast.AST]:
    yield from (changed(node, op=kind()) for kind in _OTHER[type(node.op)])
    for place in range(len(node.values)):
        rest = node.values[:place] + node.values[place + 1 :]
        yield changed(node, values=rest) if len(rest) > 1 else rest[0]


@_edits.register
def _sign(node: ast.UnaryOp, known: Known) -> Iterator[ast.AST]:
    if is_number(node):
        yield from numbers(-node.operand.value)  # type: ignore[attr-defined]
    else:
        yield node.operand


@_edits.register
def _constant(node: ast.Constant, known: Known) -> Iterator[ast.AST]:
    yield from others(node.value)


@_edits.register(ast.Tuple)
@_edits.register(ast.List)
def _items(node: ast.Tuple | ast.List, known: Known) -> Iterator[ast.AST]:
    yield from (changed(node, elts=swapped) for swapped in _swaps(node.elts))


@_edits.register
def _slice(node: ast.Slice, known: Known) -> Iterator[ast.AST]:
    ends = [end for end in ("lower", "upper", "step") if getattr(node, end) is not None]
    yield from (changed(node, **{end: None}) for end in ends)


@_edits.register
def _call(node: ast.Call, known: Known) -> Iterator[ast.AST]:
    args, keywords = node.args, node.keywords
    swapped = [] if _called(node) in _MIRRORED and len(args) == 2 else _swaps(args)
    yield from (changed(node, args=one) for one in swapped)
    if len(args) > 1:
        yield changed(node, args=args[:-1])
    yield from (changed(node, keywords=[k for k in keywords if k is not one]) for one in keywords)
    # Not of a class, by the way in which classes are written: `nn.Linear(width, width)`.
    is_made = _called(node)[:1].isupper() and _root(node.func) not in {*known.names, "self"}
    if args and not isinstance(args[0], ast.Constant | ast.Starred) and not is_made:
        yield args[0]
    # `x.sqrt()`, and not `torch.sqrt(x)` or `self.norm(x)`.
    if isinstance(node.func, ast.Attribute) and _root(node.func.value) in {*known.names, ""}:
        yield node.func.value
    if isinstance(node.func, ast.Name) and node.func.id == "range" and args:
        last = len(args) > 1  # of one argument it is the end, of more the second
        further = [] if is_number(args[last]) else _one_off(args[last])
        for one in further:
            yield changed(node, args=[*args[:last], one, *args[last + 1 :]])


@_edits.register
def _name(node: ast.Name, known: Known) -> Iterator[ast.AST]:
    if not isinstance(node.ctx, ast.Load):
        return
    if node.id in known.names:
        yield from (ast.Name(one, node.ctx) for one in known.alike)
    elif known.is_called and node.id in _LIKE:
        yield ast.Name(_LIKE[node.id], node.ctx)
    if known.detached:
        yield ast.Call(ast.Attribute(node, "detach", ast.Load()), [], [])


@_edits.register
def _attribute(node: ast.Attribute, known: Known) -> Iterator[ast.AST]:
    yield from (changed(node, attr=one) for one in known.alike)
    if node.attr in _LIKE and not isinstance(node.ctx, ast.Store):
        yield changed(node, attr=_LIKE[node.attr])
    is_self = isinstance(node.value, ast.Name) and node.value.id == "self"
    is_own = _root(node.value) in {*known.names, "self", ""} and not is_self
    if isinstance(node.ctx, ast.Load) and not known.is_called and is_own:
        yield node.value


def _conditions(node: ast.expr, known: Known) -> Iterator[ast.AST]:
    kind = type(node.ops[0]) if isinstance(node, ast.Compare) and len(node.ops) == 1 else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif kind is not None:
        yield changed(node, ops=[_OPPOSITE[kind]()])
    else:
        yield ast.UnaryOp(ast.Not(), node)
    if not isinstance(known.holder, ast.While):  # which would never end
        yield ast.Constant(True)
    yield ast.Constant(False)


def _loops(node: ast.expr) -> Iterator[ast.AST]:
    yield ast.Tuple([], ast.Load())
    if isinstance(node, ast.Name | ast.Attribute):
        one, last = ast.Constant(1), number(-1)
        for part in (ast.Slice(one), ast.Slice(None, last)):
            yield ast.Subscript(node, part, ast.Load())


def _one_off(node: ast.expr) -> Iterator[ast.expr]:
    yield ast.BinOp(node, ast.Add(), ast.Constant(1))
    yield ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _swaps(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for one, two in pairwise(range(len(items))):
        swapped = list(items)
        swapped[one], swapped[two] = items[two], items[one]
        yield swapped


def _called(node: ast.Call) -> str:
    """Return the last name of what is called, such as `tril` of `torch.tril(x)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _root(node: ast.AST) -> str:
    """Return the variable that a chain of attributes begins with, or nothing."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def changed(node: ast.AST, **fields: object) -> ast.AST:
    """Return the node with other fields."""
    new = type(node)(**dict(ast.iter_fields(node)) | fields)
    return ast.copy_location(new, node)
