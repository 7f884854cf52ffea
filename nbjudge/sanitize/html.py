"""Student text, made harmless for the instructor's formgrader and for feedback pages.

The danger. nbgrader's templates put markdown cells and comments into the page as they are. A
<script> there runs on the instructor's origin, which can change grades. nbconvert's own
`sanitize_html` cleans outputs only, and turns a table's <tbody> into literal text.

The mend. nbconvert's filters can be replaced by configuration; `nbgrader_ext.defaults` replaces
two.

    clean_html            -> harmless             outputs
    strip_files_prefix    -> harmless_markdown    markdown: the one filter that both templates of
                                                  nbgrader use on it

Formulas, marked by `formulas.markdown2html`, are drawn after the cleaning. nh3 is the Rust library
ammonia: it parses as browsers do (HTML5) and keeps what is on a list.
"""

import html as escaping

import nh3
from nbconvert.filters import strip_files_prefix

from nbjudge.sanitize.formulas import drawn, too_deep

_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "div", "span", "blockquote", "pre"),
    *("a", "abbr", "b", "code", "del", "em", "i", "img", "kbd", "mark", "q", "s", "small"),
    *("strong", "sub", "sup", "u", "var", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td", "details", "summary"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "code": {"class"},
    "div": {"class"},
    "pre": {"class"},
    "span": {"class"},
}
_PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,")


def harmless(html: str) -> str:
    """Return HTML without anything that runs, loads, or imitates the page around it.

    Links may lead to http, https and mailto. Pictures come from attachments only: a remote picture
    would tell its owner who reads the page, and when.
    """
    return nh3.clean(
        strip_files_prefix(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "data"},
    )


def harmless_markdown(html: str) -> str:
    """Return rendered markdown, harmless and with its formulas drawn.

    A page that nests too deeply is shown as text.
    """
    clean = harmless(html)
    if too_deep(clean):
        return f"<pre>{escaping.escape(clean)}</pre>"
    return drawn(clean)


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if value.startswith(_PICTURES) else None
    # A class of the page itself could imitate a grade or a button; "highlight" is that of code.
    if tag == "div" and not value.startswith("highlight"):
        return None
    # "data:" is allowed as a scheme for pictures only: a link to such a page could run a script.
    if attribute == "href" and value.lower().lstrip().startswith("data:"):
        return None
    return value
