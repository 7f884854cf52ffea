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

Links. A page is read in places that give it another address: a browser's tab, the formgrader's
frame, JupyterLab's viewer. So a link leads to a heading of the page itself, or to a whole address,
which opens in a tab of its own: in a frame most sites refuse to be shown.
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
    **{heading: {"id"} for heading in ("h1", "h2", "h3", "h4", "h5", "h6")},
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
# The scripts of the formgrader find its fields by their ids, which a heading could take.
_ID = "text-"
_ELSEWHERE = ("http:", "https:", "mailto:")


def harmless(html: str) -> str:
    """Return HTML without anything that runs, loads, or imitates the page around it.

    Links may lead to http, https and mailto. Pictures come from attachments only: a remote picture
    would tell its owner who reads the page, and when.
    """
    return nh3.clean(
        strip_files_prefix(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        attribute_filter=_Attributes().keep,
        url_relative=_in_the_page,
        url_schemes={"http", "https", "mailto", "data"},
        id_prefix=_ID,
    )


def harmless_markdown(html: str) -> str:
    """Return rendered markdown, harmless and with its formulas drawn.

    A page that nests too deeply is shown as text.
    """
    clean = harmless(html)
    if too_deep(clean):
        return f"<pre>{escaping.escape(clean)}</pre>"
    return drawn(clean)


def _in_the_page(url: str) -> str | None:
    """Return a link to a heading; None for any other without a scheme, which leads nowhere."""
    return f"#{_ID}{url[1:]}" if url.startswith("#") and len(url) > 1 else None


class _Attributes:
    """Decides on the attributes of one page. nh3 asks for those of one element after the other."""

    def __init__(self) -> None:
        self._elsewhere = False  # whether the link that is being read leaves the page

    def keep(self, tag: str, attribute: str, value: str) -> str | None:
        """Return the value that an attribute has in the page, or None to leave it out."""
        if attribute == "src":
            return value if value.startswith(_PICTURES) else None
        # A class of the page itself could imitate a grade or a button; "highlight" is that of code.
        if tag == "div" and not value.startswith("highlight"):
            return None
        if attribute == "href":
            self._elsewhere = value.lower().lstrip().startswith(_ELSEWHERE)
            # "data:" is allowed as a scheme for pictures only: such a page could run a script.
            return value if self._elsewhere or value.startswith("#") else None
        # nh3 sets it behind what the page says itself. A heading is found in the same tab.
        if attribute == "target":
            return value if self._elsewhere else None
        return value
