"""The two lines by which a course grades with nbjudge, put into its `nbgrader_config.py`.

They stand below `c = get_config()` and above all that the course chooses, so that its own lines
win. No other line is touched.
"""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

NAME = "nbgrader_config.py"
_MODULE = "nbjudge.nbgrader_ext.defaults"
_NEW = b"c = get_config()\n"


def with_lines(before: bytes) -> tuple[bytes, int]:
    """Return the content of a configuration with the two lines, and where the first one stands.

    The number is 0 where they are there already. An empty configuration is made.
    """
    before = before or _NEW
    text, encoding = _text(before)
    tree = ast.parse(text)
    if any(isinstance(one, ast.ImportFrom) and one.module == _MODULE for one in ast.walk(tree)):
        return before, 0
    name, above = _place(tree)
    lines = text.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in text else "\n"
    if above and not lines[above - 1].endswith(end):
        lines[above - 1] += end
    added = [f"from {_MODULE} import configure{end}", f"configure({name}){end}"]
    return "".join([*lines[:above], *added, *lines[above:]]).encode(encoding), above + 1


def lines_with(content: bytes, options: Iterable[str]) -> Iterator[str]:
    """Yield each line of a configuration that names one of `options`, such as "Judge.limits"."""
    text, _ = _text(content)
    wanted = tuple(f".{option}" for option in options)
    found = {
        one.lineno
        for one in ast.walk(ast.parse(text))
        if isinstance(one, ast.Attribute) and ast.unparse(one).endswith(wanted)
    }
    for number in sorted(found):
        yield f"{NAME}, line {number}: {text.splitlines()[number - 1].strip()}"


def content(root: Path) -> bytes:
    """Return what the configuration of a course holds; nothing where it has none."""
    path = root / NAME
    return path.read_bytes() if path.is_file() else b""


def _text(content: bytes) -> tuple[str, str]:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding), encoding


def _place(tree: ast.Module) -> tuple[str, int]:
    """Return the name of nbgrader's configuration, and the line that the two follow."""
    for one in tree.body:
        match one:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="get_config"))
            ):
                return name, one.end_lineno or 0
    # Jupyter gives such a file the name `c`, too.
    return "c", max((one.end_lineno or 0 for one in takewhile(_is_first, tree.body)), default=0)


def _is_first(one: ast.stmt) -> bool:
    """Whether Python wants a statement to stand first: a docstring, an import of the future."""
    match one:
        case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="__future__"):
            return True
    return False
