"""Whether a test runs text as code: what student code returns would run where hidden tests are.

    assert eval(f(1)) == 3          sympify(f(1))          pickle.loads(f(1))

It is read from the test's text and from those of its helpers, which are the master's. That guards
an author against an oversight: rather too many tests are named than too few.
"""

import ast
from collections.abc import Iterator, Sequence

from nbjudge.notebook.names import is_python

_FUNCTIONS = {"eval", "exec", "compile", "__import__"}
_METHODS = {"system", "popen", "read_pickle", "import_module"}
# sympy evaluates the text in every place where it takes an expression.
_MODULES = {
    *("dill", "importlib", "joblib", "marshal", "numexpr", "pickle", "runpy", "shelve"),
    *("subprocess", "sympy", "yaml"),
}


def runs_text(texts: Sequence[str]) -> str:
    """Return what in a test and its helpers may run text as code; "" where nothing does."""
    nodes = [one for text in texts if is_python(text) for one in ast.walk(ast.parse(text))]
    risky = {name: module for one in nodes for name, module in _imported(one)}
    if "*" in risky:
        return risky["*"]
    return next(filter(None, (_of(one, risky) for one in nodes)), "")


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names that an import gives to modules that run text, and to what is in them."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            root = alias.name.partition(".")[0]
            if root in _MODULES:
                yield alias.asname or root, root
    elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _MODULES:
        for alias in node.names:
            yield alias.asname or alias.name, node.module or ""


def _of(node: ast.AST, risky: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return node.id if node.id in _FUNCTIONS else risky.get(node.id, "")
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    # `net.eval()` of torch runs nothing, `frame.eval(text)` does.
    evaluates = node.func.attr in ("eval", "query") and not _is_plain(node.args)
    return ast.unparse(node.func)[:60] if evaluates or node.func.attr in _METHODS else ""


def _is_plain(args: list[ast.expr]) -> bool:
    return all(isinstance(one, ast.Constant) for one in args)
