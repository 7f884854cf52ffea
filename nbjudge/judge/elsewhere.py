"""Whether a test looks at its process or changes it, and means the student's.

    with patch("builtins.input", return_value="2"): ...       np.mean = refuse
    assert not os.path.exists("log.txt")                       with pytest.warns(UserWarning): ...
    def sorted(x): raise AssertionError("sort it yourself")    sum = None

In the judge process that sees and changes nothing of the student's. A right solution may pass such
a test all the same, and so would a wrong one: `np.mean = refuse` forbids nothing there. It is read
from the test's text, which is the master's, so rather too many tests are named than too few.
"""

import ast
import builtins
import functools
import re
from collections.abc import Collection

_NAMES = {"monkeypatch", "builtins", "redirect_stdout", "redirect_stderr", "capsys"}
_ATTRIBUTES = {
    *("redirect_stdout", "redirect_stderr", "capture_output"),
    *("exists", "isfile", "isdir", "is_file", "is_dir", "listdir", "iterdir", "scandir"),
    *("catch_warnings", "warns", "deprecated_call", "assertWarns", "assertLogs"),
    *("gca", "gcf", "get_fignums"),
    *("setrecursionlimit", "detect_anomaly", "set_detect_anomaly"),
}
_PATCH = re.compile(r"(?:\w+\.)*patch(?:\.(?:object|dict|multiple))?")
_RAISES = {
    **dict.fromkeys(("simplefilter", "filterwarnings"), "error"),
    **dict.fromkeys(("seterr", "errstate"), "raise"),
}
_TABLES = {"os.environ", "sys.modules"}
_BUILTINS = {name for name in dir(builtins) if not name.startswith("_")}
# By the names that everybody gives them: a helper cell imports them.
_MODULES = {"np", "numpy", "pd", "pandas", "torch", "F", "nn", "math", "random", "plt", "sys", "os"}


def names_file(source: str, files: Collection[str]) -> str:
    """Return which of `files` a test names in a text; "" where none."""
    try:
        nodes = ast.walk(ast.parse(source))
    except SyntaxError:
        return ""
    texts = (one.value for one in nodes if isinstance(one, ast.Constant))
    named = (text.replace("\\", "/").rpartition("/")[2] for text in texts if isinstance(text, str))
    return next((name for name in named if name in files), "")


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
    found = (_of(node, imported | _MODULES) for node in ast.walk(tree))
    return next(filter(None, [*map(_hides, tree.body), *found]), "")


def _of(node: ast.AST, modules: set[str]) -> str:
    if isinstance(node, ast.Name) and node.id in _NAMES:
        return node.id
    stored = not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    match node:
        case ast.Call():
            means = _changes(node, modules)
        case ast.Attribute():
            means = node.attr in _ATTRIBUTES or (stored and _first_name(node.value) in modules)
        case ast.Subscript():
            means = stored and ast.unparse(node.value) in _TABLES
        case _:
            means = False
    return ast.unparse(node)[:60] if means else ""


def _hides(node: ast.stmt) -> str:
    """Return the name of Python's own that a statement gives another function, or takes away.

    A number or a list of that name, such as `input = [1, 2]`, hides nothing that a test means.
    """
    names: list[str] = []
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        names = [node.name]
    elif isinstance(node, ast.Assign) and _may_be_function(node.value):
        names = [one.id for one in node.targets if isinstance(one, ast.Name)]
    return next((name for name in names if name in _BUILTINS), "")


def _may_be_function(value: ast.expr) -> bool:
    nothing = isinstance(value, ast.Constant) and value.value is None
    return nothing or isinstance(value, ast.Lambda | ast.Name | ast.Attribute)


def _changes(call: ast.Call, modules: set[str]) -> bool:
    """Whether a call patches something, sets an attribute of a module, or lets warnings raise."""
    if _PATCH.fullmatch(ast.unparse(call.func)):
        return True
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    first = call.args[0] if call.args else None
    if name in ("setattr", "delattr"):
        return _first_name(first) in modules
    given = (*call.args, *(one.value for one in call.keywords))
    raises = (isinstance(one, ast.Constant) and one.value == _RAISES[name] for one in given)
    return name in _RAISES and any(raises)


def _first_name(node: ast.expr | None) -> str:
    """Return `np` of `np` and of `np.linalg`; "" where no name stands first."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
