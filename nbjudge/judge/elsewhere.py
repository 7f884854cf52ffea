"""Whether a test looks at its process or changes it, and means the student's.

    with patch("builtins.input", return_value="2"): ...       np.mean = refuse
    assert not os.path.exists("log.txt")                       with pytest.warns(UserWarning): ...

In the judge process that sees and changes nothing of the student's. A right solution may pass such
a test all the same, and so would a wrong one: `np.mean = refuse` forbids nothing there. It is read
from the test's text, which is the master's, so rather too many tests are named than too few.
"""

import ast
import functools
import re

_NAMES = {"monkeypatch", "builtins", "redirect_stdout", "redirect_stderr", "capsys"}
_ATTRIBUTES = {
    *("redirect_stdout", "redirect_stderr", "capture_output"),
    *("exists", "isfile", "isdir", "is_file", "is_dir", "listdir", "iterdir", "scandir"),
    *("catch_warnings", "warns", "deprecated_call", "assertWarns", "assertLogs"),
    *("gca", "gcf", "get_fignums"),
}
_PATCH = re.compile(r"(?:\w+\.)*patch(?:\.(?:object|dict|multiple))?")
_FILTERS = {"simplefilter", "filterwarnings"}
# By the names that everybody gives them: a helper cell imports them.
_MODULES = {"np", "numpy", "pd", "pandas", "torch", "F", "nn", "math", "random", "plt", "sys", "os"}


@functools.lru_cache(maxsize=512)
def elsewhere(source: str) -> str:
    """Return what in the text of a test means the student's process; "" where nothing does."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return next(filter(None, (_of(node, imported | _MODULES) for node in ast.walk(tree))), "")


def _of(node: ast.AST, modules: set[str]) -> str:
    if isinstance(node, ast.Name) and node.id in _NAMES:
        return node.id
    if not isinstance(node, ast.Attribute):
        changed = isinstance(node, ast.Call) and _changes(node, modules)
        return ast.unparse(node)[:60] if changed else ""
    of_module = isinstance(node.value, ast.Name) and node.value.id in modules
    if node.attr in _ATTRIBUTES or (of_module and not isinstance(node.ctx, ast.Load)):
        return ast.unparse(node)[:60]
    return ""


def _changes(call: ast.Call, modules: set[str]) -> bool:
    """Whether a call patches something, sets an attribute of a module, or makes warnings errors."""
    if _PATCH.fullmatch(ast.unparse(call.func)):
        return True
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    first = call.args[0] if call.args else None
    if name in ("setattr", "delattr"):
        return isinstance(first, ast.Name) and first.id in modules
    return name in _FILTERS and isinstance(first, ast.Constant) and first.value == "error"
