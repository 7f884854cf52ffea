"""Formulas in LaTeX, made into MathML that a browser draws without any script.

Whoever writes a formula may be a student, and latex2mathml was not made for that: it knows `href`
and `style`, and its own writer puts `\\text{<script>}` into the page unescaped. So only its tree is
taken; it is written with everything escaped, and then nh3 keeps MathML of this list and no other
element, which leaves a browser no place inside a formula where it would read HTML.
"""

import html
import re
from typing import Any
from xml.etree import ElementTree

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from latex2mathml.converter import Converter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_LONGEST = 2000  # characters
_DEEPEST = 100  # elements in one another; nbconvert recurses through a page, and browsers stop
_TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom"),
    *("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover"),
    *("mmultiscripts", "mprescripts", "mtable", "mtr", "mtd"),
}
_ATTRIBUTES = {
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"fence", "form", "largeop", "movablelimits", "stretchy"},
    "mover": {"accent"},
    "mfrac": {"linethickness"},
    "mspace": {"width"},
    "mstyle": {"displaystyle"},
    "mtable": {"displaystyle"},
}
# None that moves a formula out of its place, or paints over what stands beside it.
_VALUE = re.compile(r"[a-z-]+|0|\d?(\.\d+)?em")
_MARKED = re.compile(r'<code class="math">([^<]*)</code>')
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_VOID = {"br", "hr", "img"}


class _NoMacros(dict[str, tuple[list[str], int]]):
    """Refuses definitions: a few lines of them could expand without end."""

    def __setitem__(self, name: str, body: tuple[list[str], int]) -> None:
        raise ValueError(f"The formula defines {name}.")


class _Renderer(IPythonRenderer):
    """Puts each formula's source into `<code class="math">`.

    There it is text for whatever sanitises the page, and what the reader sees if it is wrong.
    """

    def inline_math(self, body: str) -> str:
        return _marked(super().inline_math(body))

    def block_math(self, body: str) -> str:
        return _marked(super().block_math(body))

    def latex_environment(self, name: str, body: str) -> str:
        return _marked(super().latex_environment(name, body))


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Return markdown as nbconvert's filter of this name does, each formula's source marked."""
    cell: Any = context.get("cell", {})
    renderer = _Renderer(
        escape=False,
        exclude_anchor_links=True,  # what they lead to loses its id
        attachments=cell.get("attachments", {}),
    )
    return MarkdownWithMath(renderer).render(source)


def drawn(page: str) -> str:
    """Return a page that nh3 wrote with a formula in the place of each source that is right.

    nh3 escapes `<` in texts and quotes in attributes, so what is replaced is an element.
    """
    return _MARKED.sub(lambda marked: to_mathml(html.unescape(marked[1])) or marked[0], page)


def to_mathml(source: str) -> str:
    """Return a formula with its dollars as MathML, or nothing where it cannot be read."""
    inline = source.startswith("$") and not source.startswith("$$")
    converter = Converter(display="inline" if inline else "block")
    converter.macros = _NoMacros()
    try:
        tree = converter.convert_to_element(source.strip("$")[:_LONGEST])
    except Exception:  # whatever LaTeX makes of a parser, or a parser of LaTeX
        return ""
    for part in tree.iter():
        part.text = html.unescape(part.text or "")  # symbols come as entities
    written = nh3.clean(
        ElementTree.tostring(tree, encoding="unicode"),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda _tag, _name, value: value if _VALUE.fullmatch(value) else None,
    )
    return "" if too_deep(written) or len(source) > _LONGEST else written


def too_deep(page: str) -> bool:
    """Return whether elements of a page that nh3 wrote nest too deeply to be rendered."""
    depth = 0
    for closing, name in _TAG.findall(page):
        if name not in _VOID:
            depth += -1 if closing else 1
        if depth > _DEEPEST:
            return True
    return False


def _marked(source: str) -> str:
    return f'<code class="math">{source}</code>'
