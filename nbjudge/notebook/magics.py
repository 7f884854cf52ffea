"""A cell of the master as plain Python: without magics and without lines for the shell.

    %precision 3, !ls, name?     left out
    %time x = f(1), %%time       the code that is timed
    x = %timeit -o f(1), x = !ls stays a call of IPython, which raises in the judge process
    %%bash                       left out as a whole

In a test, what is left out must not be what decides. So there only magics are left out that are
known to decide nothing; any other one raises, and the test is lost with the master's own solution.
"""

import ast
import functools

from nbjudge.notebook.statements import as_python

_NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
_AROUND = ("time", "timeit", "prun", "capture")  # cell magics whose cell is Python of the notebook
_HARMLESS = (
    "precision", "matplotlib", "config", "load_ext", "reload_ext", "autoreload", "aimport",
    "autosave", "xmode", "colors", "pprint", "pinfo", "pinfo2", "timeit", "pip", "conda", "mamba",
    "who", "whos", "system",
)  # fmt: skip


@functools.lru_cache(maxsize=512)
def plain(source: str, decides: bool = False) -> str:
    """Return the text of a cell as plain Python, line for line; the text itself where it is none.

    `decides` says that it is a test.
    """
    if _parsed(source) is not None:
        return source
    lines = as_python(source).split("\n")
    tree = _parsed("\n".join(lines))
    for node in _expressions(tree):
        magic = _magic(node.value)
        code = _code(*magic, decides) if magic else None
        if code is not None:
            place = node.lineno - 1
            lines[place] = lines[place][: node.col_offset] + code
    return "\n".join(lines).rstrip("\n") if tree else source


def _code(kind: str, words: list[str], decides: bool) -> str | None:
    """Return the Python that a magic stands for, None where it has to stay."""
    name = words[0] if kind.startswith("run_") else "system"
    if kind == "run_cell_magic" and name in _AROUND:
        return "\n" + plain(words[2], decides)
    if kind == "run_line_magic" and name == "time" and _parsed(words[1]):
        return words[1]
    return "pass" if name in _HARMLESS or not decides else None


def _expressions(tree: ast.Module | None) -> list[ast.Expr]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Expr)] if tree else []


def _magic(call: ast.expr) -> tuple[str, list[str]] | None:
    """Return the kind and the words of a magic, as IPython writes it."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return None
    words = [str(one.value) for one in call.args if isinstance(one, ast.Constant)]
    is_ours = ast.unparse(call.func.value) == "get_ipython()"
    return (call.func.attr, words) if is_ours and words else None


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except _NO_PYTHON:
        return None
