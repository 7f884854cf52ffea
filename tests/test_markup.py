"""Nothing that a student writes runs, loads or imitates anything in the reader's page."""

from html.parser import HTMLParser

import pytest
from nbconvert.filters import markdown2html

from nbjudge.markup import harmless

ATTACKS = [
    "<script>steal()</script>",
    "<img src=x onerror=steal()>",
    "<svg onload=steal()></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=steal()>",
    "<iframe srcdoc='<script>steal()</script>'></iframe>",
    "<a href='javascript:steal()'>x</a>",
    "<a href='JaVaScRiPt&colon;steal()'>x</a>",
    "<a href='data:text/html,<script>steal()</script>'>x</a>",
    "<form action=/formgrader/api/grade/1><button>OK</button></form>",
    "<div style='position:fixed;inset:0' class='panel nbgrader'>Score: 110</div>",
    "<details ontoggle=steal() open>x</details>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<object data=x></object><embed src=x><link rel=stylesheet href=//evil.example/x.css>",
    "![seen](https://evil.example/pixel.png)",
    "[x](javascript:steal())",
    "<p id=grade name=grade>x</p>",
]
BANNED = {
    *("script", "style", "iframe", "svg", "math", "form", "button", "input"),
    *("base", "meta", "object", "embed", "link"),
}
ALLOWED = {"href", "rel", "class", "title", "alt", "src", "align"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_is_left(attack):
    reader = Reader()
    reader.feed(harmless(markdown2html(attack)))
    assert not reader.tags & BANNED
    for name, value in reader.attributes:
        assert name in ALLOWED
        assert not (value or "").lower().lstrip().startswith(("javascript", "data:text"))
        assert name != "src" or value.startswith("data:image/")
        assert name != "class" or "panel" not in value


def test_ordinary_prose_code_tables_and_formulas_are_kept():
    text = (
        "# Head\n\nSome *words*, `code`, $a_i < b$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- item\n"
    )
    html = harmless(markdown2html(text + "\n[link](https://pytorch.org)\n\n```python\nx = 1\n```"))
    for part in (
        "<h1>",
        "<em>words</em>",
        "<code>code</code>",
        "$a_i &lt; b$",
        "<table>",
        "<td>1",
        "<li>item",
        'href="https://pytorch.org"',
        'class="highlight',
    ):
        assert part in html
    picture = '<img src="data:image/png;base64,AAAA" alt="x">'
    assert harmless(picture) == picture
