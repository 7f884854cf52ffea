"""Formulas in LaTeX, made into MathML that a browser draws without any script.

Why not MathJax: nbgrader's pages load it from a CDN, and ours must work without a network. Browsers
draw MathML by themselves.

A formula may be written by a student, and latex2mathml was not made for that: it knows `href` and
`style`, and its own writer puts `\\text{<script>}` into the page unescaped. So only its tree is
taken. Python's writer escapes everything in it; then nh3 keeps the elements and attributes of the
lists below, and no others. That leaves a browser no place inside a formula where it would read
HTML.

The way of a formula through a page:

    markdown2html    puts its source into <code class="math">, where it is text
    html.harmless    cleans the whole page, with the source still text
    drawn            puts MathML in the place of each source that can be read
"""

import html
import re
from typing import Any
from xml.etree import ElementTree

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from latex2mathml.converter import Converter
from nbconvert.filters import html2text
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_LONGEST = 2000  # characters
# Elements in one another: nbconvert recurses through a page, and browsers stop at some depth.
_DEEPEST = 100
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
# Values that neither move a formula out of its place nor paint over what stands beside it.
_VALUE = re.compile(r"[a-z-]+|0|\d?(\.\d+)?em")
_MARKED = re.compile(r'<code class="math">([^<]*)</code>')
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_VOID = {"br", "hr", "img"}


class _NoMacros(dict[str, tuple[list[str], int]]):
    """Refuses definitions of macros: a few lines of them could expand without end."""

    def __setitem__(self, name: str, body: tuple[list[str], int]) -> None:
        raise ValueError(f"The formula defines {name}.")


class _Renderer(IPythonRenderer):
    """Puts each formula's source into `<code class="math">`, and gives headings Jupyter's ids.

    In `<code>` it is text for what sanitises the page. A reader sees it as text if it is wrong.
    """

    def heading(self, text: str, level: int, **_: Any) -> str:
        # Without nbconvert's link of a heading to itself, for which its renderer makes the id.
        written = f"<h{level}>{text}</h{level}>"
        name = html.escape(html2text(written).strip().replace(" ", "-"))
        return f'<h{level} id="{name}">{text}</h{level}>\n'

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
        attachments=cell.get("attachments", {}),
    )
    return MarkdownWithMath(renderer).render(source)


def drawn(page: str) -> str:
    """Return a page with a formula in the place of each marked source that can be read.

    `page` must be what nh3 wrote: nh3 escapes `<` in texts and quotes in attributes, so what looks
    like a marked source is an element, and no part of a text.
    """
    return _MARKED.sub(lambda marked: to_mathml(html.unescape(marked[1])) or marked[0], page)


def to_mathml(source: str) -> str:
    """Return a formula, given with its dollars, as MathML; an empty text if it cannot be read."""
    inline = source.startswith("$") and not source.startswith("$$")
    converter = Converter(display="inline" if inline else "block")
    converter.macros = _NoMacros()
    try:
        tree = converter.convert_to_element(source.strip("$")[:_LONGEST])
    except Exception:  # the parser raises errors of many kinds for malformed LaTeX
        return ""
    for part in tree.iter():
        part.text = html.unescape(part.text or "")  # latex2mathml writes symbols as entities
    written = nh3.clean(
        ElementTree.tostring(tree, encoding="unicode"),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda _tag, _name, value: value if _VALUE.fullmatch(value) else None,
    )
    return "" if too_deep(written) or len(source) > _LONGEST else written


def too_deep(page: str) -> bool:
    """Return whether the elements of a page that nh3 wrote nest too deeply to be rendered.

    By counting tags: nh3 closes every element, and writes no comments.
    """
    depth = 0
    for closing, name in _TAG.findall(page):
        if name not in _VOID:
            depth += -1 if closing else 1
        if depth > _DEEPEST:
            return True
    return False


def _marked(source: str) -> str:
    return f'<code class="math">{source}</code>'
