"""Parts of texts: what hides nothing, what makes a difference, and what no text can do."""

import time

import pytest

from nbjudge.similarity.parts import LARGEST, Parts

CODE = '''\
def attend(query, keys, mask=None):
    """Attend to the keys."""
    size = query.shape[-1]
    scores = torch.einsum("bh,bsh->bs", query, keys)
    scores = F.softmax(scores / size**0.5, dim=-1, dtype=torch.float32)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    return scores
'''
HIDDEN = """\
def attend( q, k,  mask : Tensor=None ) -> Tensor:
    s = torch.einsum("bh,bsh->bs",
                     q, k) # mine
    d = q.shape[ -1 ]
    # another comment
    s: Tensor = F.softmax((s / d ** 0.5), dtype=torch.float32, dim=-1)
    if mask is not None: s = s.masked_fill(mask == 0, -1e9)
    return (s)
"""


def numbers(parts, text):
    return {part.number for part in parts.of_code(text)}


def test_names_comments_layout_and_order_hide_nothing():
    parts = Parts()
    mine, theirs = numbers(parts, CODE), numbers(parts, HIDDEN.replace("s: Tensor", "s"))
    assert mine == theirs
    assert len(mine) > 20


@pytest.mark.parametrize(
    ("old", "new"),
    [("einsum", "tensordot"), ("-1e9", "-1e4"), ("dim=-1", "dim=1"), ("size**0.5", "size"),
     ("mask == 0", "mask < 1"), ("F.softmax", "torch.softmax")],
)  # fmt: skip
def test_another_call_or_number_is_another_part(old, new):
    parts = Parts()
    mine, other = numbers(parts, CODE), numbers(parts, CODE.replace(old, new))
    assert mine - other
    assert len(mine & other) > 10


def test_attributes_that_a_layer_sets_may_have_any_name():
    parts = Parts()
    layer = "class A(nn.Module):\n    def __init__(self):\n        self.up = nn.Linear(2, 3)\n"
    assert numbers(parts, layer) == numbers(parts, layer.replace("up", "first_layer"))


def test_a_part_knows_where_it_stands():
    text = 'size = "é😀"\nout = torch.bmm(a, b)  # said\n'
    parts = Parts()
    shown = {text[part.begin : part.end] for part in parts.of_code(text)}
    assert {'"é😀"', "torch.bmm(a, b)", "out = torch.bmm(a, b)"} <= shown
    assert [text[p.begin : p.end] for p in parts.of_comments(text)] == ["said"]
    assert [text[p.begin : p.end] for p in parts.of_names(text)] == ["size", "out"]


def test_code_that_is_no_python_shares_the_lines_that_are():
    parts = Parts()
    whole, broken = numbers(parts, CODE), numbers(parts, CODE + "    return (scores\n")
    assert len(whole & broken) > 0.8 * len(whole)


def test_a_magic_hides_no_code():
    parts = Parts()
    assert numbers(parts, CODE) <= numbers(parts, f"%%time\n{CODE}!pip list\n")


def test_words_of_comments_and_docstrings_are_found_and_marks_in_strings_are_none():
    parts = Parts()
    found = {part.number for part in parts.of_comments(CODE + "x = '#not this one'  # attnetion!")}
    assert found == {part.number for part in parts.of_words("Attend to the KEYS\n\nattnetion")}


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = " + "+".join(["1"] * 50_000),
        "x = " + "-" * 50_000 + "1",
        "if x:\n" + "".join(" " * depth + "if x:\n" for depth in range(1, 400)),
        "f(" * 80 + ")" * 80,
        "\x00\ud800 = 1",
        '"""' * 30_001,
        "# " + "a " * LARGEST,
        "x = 1\n" * LARGEST,
        "'" * LARGEST,
        "'\\" * LARGEST,
    ],
    ids=range(11),
)
def test_no_text_stops_or_holds_up_the_comparison(text):
    parts, begun = Parts(), time.process_time()
    for read in (parts.of_code, parts.of_names, parts.of_comments, parts.of_words):
        for part in read(text):
            assert 0 <= part.begin <= part.end <= len(text)
    assert time.process_time() - begun < 20
