"""Mutants of right solutions; `contract.py` says which of them are still right.

A mutant is a source text after one edit, of the kinds that students make: an operator, a constant,
a name, an argument, a step left out. Most are wrong in one place only, and nobody chose them with
a rubric in mind: so they show what a rubric overlooks, and what it forbids although it is right.
"""

import ast
from collections.abc import Iterator
from itertools import combinations, pairwise

_BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult, ast.Mod)
_ORDER = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_OPPOSITE = {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}
_LIKE = {
    "tril": "triu", "max": "min", "amax": "amin", "ones": "zeros", "ones_like": "zeros_like",
    "sum": "mean", "cat": "stack", "view": "reshape", "softmax": "log_softmax", "ge": "gt",
    "squeeze": "unsqueeze", "masked_fill": "masked_fill_", "div": "mul", "eq": "ne", "sqrt": "exp",
}  # fmt: skip
_SWAPPED = _LIKE | {two: one for one, two in _LIKE.items()}
_MODULES = {"torch", "F", "nn", "np", "math", "self", "super"}
# No behaviour: what is only said, and what makes names known.
_SILENT = {"annotation", "returns", "decorator_list", "bases", "type_params"}
_KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.AnnAssign, ast.Pass)


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield (what was edited, the text after it) for each single edit of `source`, none twice."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for holder, field, index, names in _places(tree, frozenset(), frozenset()):
        node = getattr(holder, field) if index is None else getattr(holder, field)[index]
        for new in _edits(node, holder, names):
            _put(holder, field, index, new)
            text = ast.unparse(tree)
            _put(holder, field, index, node)
            if text not in seen:
                seen.add(text)
                line = getattr(node, "lineno", "?")
                yield f"line {line}: `{_short(node)}` -> `{_short(new)}`", text


def _put(holder, field, index, new):
    if index is None:
        setattr(holder, field, new)
    else:
        getattr(holder, field)[index] = new


def _short(node):
    text = " ".join(ast.unparse(node).split())
    return text if len(text) < 90 else text[:87] + "..."


def _places(node, names, fields):
    """Yield where each node stands, with the variables and the fields of self that it could be."""
    if isinstance(node, ast.FunctionDef):
        inside = list(ast.walk(node))
        own = {one.arg for one in inside if isinstance(one, ast.arg)}
        own |= {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        names = names | own - {"self"}
    if isinstance(node, ast.ClassDef):
        inside = [one for one in ast.walk(node) if isinstance(one, ast.Attribute)]
        fields = frozenset(one.attr for one in inside if isinstance(one.ctx, ast.Store))
    for field, value in ast.iter_fields(node):
        if field in _SILENT:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield node, field, index, (names, fields)
                yield from _places(child, names, fields)


def _edits(node, holder, known):
    """Yield what may stand in the place of `node`."""
    names, fields = known
    if isinstance(node, ast.stmt) and not isinstance(node, _KEPT) and not _is_text(node):
        yield ast.Pass()
    if isinstance(node, ast.If | ast.IfExp | ast.Assert):
        for test in (ast.UnaryOp(ast.Not(), node.test), ast.Constant(True), ast.Constant(False)):
            yield _with(node, test=test)
    if isinstance(node, ast.If | ast.IfExp) and node.orelse:
        yield _with(node, body=node.orelse, orelse=node.body)
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for kind in _BINARY:
            yield _with(node, op=kind())
    if isinstance(node, ast.BinOp):
        yield from (_with(node, left=node.right, right=node.left), node.left, node.right)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        kind = type(node.ops[0])
        for other in _ORDER if kind in _ORDER else (_OPPOSITE[kind],):
            yield _with(node, ops=[other()])
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if isinstance(node, ast.Constant):
        yield from map(ast.Constant, _constants(node.value))
    if isinstance(node, ast.Tuple | ast.List):
        yield from (_with(node, elts=swapped) for swapped in _swaps(node.elts))
    if isinstance(node, ast.Slice):
        yield from (_with(node, lower=None), _with(node, upper=None))
    if isinstance(node, ast.Call):
        yield from _calls(node, names)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (ast.Name(other, node.ctx) for other in sorted(names - {node.id}))
        yield ast.Call(ast.Attribute(node, "detach", ast.Load()), [], [])
    if isinstance(node, ast.Attribute):
        yield from _attributes(node, holder, names, fields)


def _constants(value):
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, -value)
    elif isinstance(value, float):
        yield from (value * 2, -value, value + 1)
    elif value == "-inf":
        yield "inf"
    elif isinstance(value, str) and "->" in value:  # an einsum
        terms = value.replace("->", ",").split(",")
        for place, term in enumerate(terms):
            for one, two in combinations(term, 2):
                new = term.translate(str.maketrans(one + two, two + one))
                *inputs, output = [*terms[:place], new, *terms[place + 1 :]]
                yield ",".join(inputs) + "->" + output


def _calls(node, names):
    args, keywords = node.args, node.keywords
    yield from (_with(node, args=swapped) for swapped in _swaps(args))
    yield from (_with(node, args=args[:n] + args[n + 1 :]) for n in range(len(args)))
    yield from (_with(node, keywords=[k for k in keywords if k is not one]) for one in keywords)
    yield from args[:1]
    if isinstance(node.func, ast.Attribute) and _root(node.func.value) not in _MODULES:
        yield node.func.value


def _attributes(node, holder, names, fields):
    if _root(node) == "self" and node.attr in fields:
        yield from (_with(node, attr=other) for other in sorted(fields - {node.attr}))
    if node.attr in _SWAPPED:
        yield _with(node, attr=_SWAPPED[node.attr])
    called = isinstance(holder, ast.Call) and holder.func is node
    if isinstance(node.ctx, ast.Load) and not called and _root(node.value) in names | {"self", ""}:
        yield node.value


def _root(node):
    """Return the variable that a chain of attributes begins with, or nothing."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _swaps(items):
    for one, two in pairwise(range(len(items))):
        swapped = list(items)
        swapped[one], swapped[two] = items[two], items[one]
        yield swapped


def _with(node, **changed):
    """Return the node with other fields; what is below is shared, and only printed."""
    return type(node)(**dict(ast.iter_fields(node)) | changed)


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
