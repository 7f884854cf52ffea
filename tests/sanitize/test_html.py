"""Nothing that a student writes runs, loads or imitates anything in the reader's page."""

from html.parser import HTMLParser

import pytest

from nbjudge.sanitize.formulas import markdown2html, to_mathml
from nbjudge.sanitize.html import harmless, harmless_markdown

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
    "[x](files/javascript:steal())",
    r"$\text{<img src=x onerror=steal()>}$",
    r"$\text{</mtext></math><script>steal()</script>}$",
    r"$\text{&lt;script&gt;steal()&lt;/script&gt;}$",
    r"$$\tag{<iframe srcdoc=x>} \mathrm{<style>}$$",
    r"$\href{javascript:steal()}{x}$",
    r"$\style{position:fixed;inset:0}{x} \class{panel}{x} \unicode{x3c}script\unicode{x3e}$",
    r"$\color{red\" onclick=steal()}{x}$",
    r"\begin{script} steal() \end{script}",
    r"\begin{annotation} <html:script>steal()</html:script> \end{annotation}",
    "<math><annotation-xml encoding=text/html><script>steal()</script></annotation-xml></math>",
    "<math><mi><mglyph><svg><style><img src=x onerror=steal()></style></svg></mglyph></mi></math>",
    "<code class=math>$\\text{<img src=x onerror=steal()>}$</code>",
    "<code class=math>&lt;img src=x onerror=steal()&gt;</code>",
    "<a title='<code class=\"math\">$x$</code>'>x</a>",
    "<a title='<a onclick=steal() x' href='https://a.example'>x</a>",
    "<a target=_top href='https://a.example'>x</a>",
    "<h2 id=notebook-container>x</h2><a href='//evil.example' target=steal>x</a>",
    '# <img onerror=steal() src=x> " onclick=steal()',
    '![$x$](x "<code class=math>$y$</code>")',
]
FORMULA = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom"),
    *("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover"),
    *("mmultiscripts", "mprescripts", "mtable", "mtr", "mtd"),
}
BANNED = {
    *("script", "style", "iframe", "svg", "form", "button", "input"),
    *("base", "meta", "object", "embed", "link"),
}
ALLOWED = {"href", "rel", "class", "title", "alt", "src", "align", "id", "target"}
MOVED = {"voffset", "lspace", "height", "depth", "mathsize", "mathbackground", "scriptlevel"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.in_formulas, self.open = set(), [], set(), []

    def handle_starttag(self, tag, attributes):
        if "math" in self.open:
            self.in_formulas.add(tag)
        else:
            self.tags.add(tag)
        if tag not in FORMULA:
            self.attributes += attributes
        if tag not in ("br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def rendered(text):
    return harmless_markdown(markdown2html({}, text))


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_is_left(attack):
    reader = Reader()
    reader.feed(rendered(attack))
    assert not reader.open
    assert not reader.tags & BANNED
    assert not reader.in_formulas - FORMULA
    for name, value in reader.attributes:
        assert name in ALLOWED
        assert not (value or "").lower().lstrip().startswith(("javascript", "data:text"))
        assert name != "src" or value.startswith("data:image/")
        assert name != "class" or "panel" not in value
        assert name != "id" or value.startswith("text-")
        assert name != "target" or value == "_blank"


@pytest.mark.parametrize("attack", [*ATTACKS, "<svg><style>", "<math><mtext><img>"])
def test_a_formula_holds_nothing_but_mathml(attack):
    reader = Reader()
    reader.feed(to_mathml(rf"$\text{{{attack}}} \mathrm{{{attack}}} x$"))
    assert reader.in_formulas - FORMULA == set()
    assert reader.tags == {"math"}
    assert reader.attributes == []


@pytest.mark.parametrize(
    "formula",
    [
        r"\raise{9em}{x}",
        r"\llap{x}",
        r"\smash{x}",
        r"\hspace{-40em}x",
        r"\hspace{999em}x",
        r"\rule{90em}{90em}",
        r"\Huge x",
        r"\genfrac(){90em}{0}{a}{b}",
        r"\colorbox{red}{x}",
    ],
)
def test_a_formula_stays_in_its_place(formula):
    mathml = to_mathml(f"${formula}$")
    assert mathml.startswith("<math")
    assert not any(f" {name}=" in mathml for name in MOVED)
    assert "90em" not in mathml
    assert "999em" not in mathml
    assert "-40em" not in mathml


def test_formulas_are_drawn():
    for text, part in {
        "the root of $d_k$": "<msub><mi>d</mi><mi>k</mi></msub>",
        "$a < b$": "<mo>&lt;</mo>",
        "$$\nx^2\n$$": '<math display="block"><mrow><msup>',
        r"\begin{pmatrix}a & b\end{pmatrix}": "<mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd>",
        r"$a\quad b$": '<mspace width="1em">',
    }.items():
        assert part in rendered(text)
    assert "<math" not in rendered("`$x$` and \\$5")


@pytest.mark.parametrize(
    "formula",
    [
        r"\left( x",
        "x^",
        r"\begin{array}{c} x",
        r"\def\a{{\a}{\a}}\a",
        r"\newcommand{\a}{x}\a",
        "{" * 900 + "x" + "}" * 900,
        "x" * 2001,
    ],
)
def test_a_formula_that_cannot_be_read_shows_its_source(formula):
    assert rendered(f"${formula}$") == f'<p><code class="math">${formula}$</code></p>\n'


def test_markdown_that_nests_too_deeply_is_shown_as_text():
    assert rendered("<b>" * 500).startswith("<pre>&lt;p&gt;&lt;b&gt;")


def test_ordinary_prose_code_tables_and_formulas_are_kept():
    text = (
        "# Head\n\nSome *words*, `code`, $a_i < b$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- item\n"
    )
    html = rendered(text + "\n[link](https://pytorch.org)\n\n```python\nx = 1\n```")
    for part in (
        '<h1 id="text-Head">',
        "<em>words</em>",
        "<code>code</code>",
        "<msub><mi>a</mi><mi>i</mi></msub><mo>&lt;</mo><mi>b</mi>",
        "<table>",
        "<td>1",
        "<li>item",
        'href="https://pytorch.org"',
        'class="highlight',
    ):
        assert part in html
    picture = '<img src="data:image/png;base64,AAAA" alt="x">'
    assert harmless(picture) == picture


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("[x](#Part-two)", 'href="#text-Part-two"'),
        ("[x](https://pytorch.org)", 'href="https://pytorch.org" target="_blank"'),
        ("<https://pytorch.org>", 'href="https://pytorch.org" target="_blank"'),
        ("<a href='HTTP://pytorch.org'>x</a>", 'href="HTTP://pytorch.org" target="_blank"'),
        ("[x](mailto:ada@example.edu)", 'href="mailto:ada@example.edu" target="_blank"'),
        ("<a target=there href='#Part-two'>x</a>", 'href="#text-Part-two"'),
        # Nothing lies beside a page: these would lead to an address that is not there.
        ("[x](data.csv)", ""),
        ("[x](../source/attention.ipynb)", ""),
        ("[x](//pytorch.org)", ""),
        ("[x](#)", ""),
    ],
)
def test_a_link_leads_to_a_heading_or_to_a_whole_address_in_a_tab_of_its_own(text, link):
    # Another link before it, which leaves the page: each is decided by itself.
    html = rendered(f"[a](https://a.example) {text}")
    last = html.split("<a ")[-1].split(">")[0]
    assert last == f'{link} rel="noopener noreferrer"'.strip()


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("# Part two", "Part-two"),
        ("Part two\n========", "Part-two"),
        ("### Part *two*: `code`", "Part-two:-code"),
        ("## Größe", "Größe"),
    ],
)
def test_a_heading_has_the_name_that_jupyter_gives_it(heading, name):
    assert f' id="text-{name}">' in rendered(heading)
