"""Whether a test runs text as code: what student code returns would run where hidden tests are.

    assert eval(f(1)) == 3      sympify(f(1))      pickle.loads(f(1))      connection.execute(f(1))

A query writes files, a docstring of the student's holds lines for doctest, and a name of a file
that student code returns may be any name.

It is read from the test's text and from those of its helpers, which are the master's. That guards
an author against an oversight: rather too many tests are named than too few.
"""

import ast
from collections.abc import Iterator, Sequence

from nbjudge.notebook.names import is_python

_FUNCTIONS = {"eval", "exec", "compile", "__import__"}
_METHODS = {"system", "popen", "read_pickle", "read_hdf", "import_module"}
# `net.eval()` of torch runs nothing, `frame.eval(text)` does.
_TELLING = {"eval", "query", "timeit", "Timer"}
# These write where they are told to.
_FILES = {"remove", "unlink", "rmdir", "removedirs", "rename", "replace", "rmtree", "move", "copy"}
_OF_FILES = {"os", "shutil"}
_WRITES = set("wax+")
# sympy evaluates the text in every place where it takes an expression.
_MODULES = {
    *("cloudpickle", "code", "dill", "doctest", "duckdb", "importlib", "joblib", "marshal"),
    *("numexpr", "pickle", "runpy", "shelve", "sqlalchemy", "sqlite3", "subprocess", "sympy"),
    "yaml",
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
    if not isinstance(node, ast.Call):
        return ""
    runs = _unpickles(node) or (_is_told(node) and not _is_plain(node.args))
    method = isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS
    return ast.unparse(node.func)[:60] if runs or method else ""


def _is_plain(args: list[ast.expr]) -> bool:
    return all(isinstance(one, ast.Constant | ast.Lambda) for one in args)


def _unpickles(call: ast.Call) -> bool:
    """Whether a call says that what it loads may hold a pickle."""
    asked = {one.arg: getattr(one.value, "value", None) for one in call.keywords}
    return bool(asked.get("allow_pickle", False)) or not asked.get("weights_only", True)


def _is_told(call: ast.Call) -> bool:
    """Whether what a call runs, or which file it writes, is in its arguments."""
    if getattr(call.func, "attr", getattr(call.func, "id", "")) in _TELLING:
        return True
    if isinstance(call.func, ast.Attribute):
        of = getattr(call.func.value, "id", "")
        return of in _OF_FILES and call.func.attr in _FILES
    mode = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "mode")]
    written = any(_WRITES & set(str(getattr(one, "value", "w"))) for one in mode)
    return getattr(call.func, "id", "") == "open" and written and not _is_plain(call.args[:1])
