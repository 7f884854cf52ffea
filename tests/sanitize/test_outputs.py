"""What a student's process showed becomes nbformat that nothing can run or be scored from."""

import base64
import struct

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.utils import determine_grade

from nbjudge.sanitize import outputs
from nbjudge.sanitize.text import strip_control


def png(width, height):
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0"


JPEG = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 30, 20) + b"\x03" * 9


def one(**output):
    (made,) = outputs.clean([output], 10)
    return made


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/javascript", "x/y"])
def test_of_what_can_run_only_the_text_is_kept(kind):
    data = {kind: "<script>1</script>", "text/plain": "<Thing>"}
    assert one(output_type="display_data", data=data).data == {"text/plain": "<Thing>"}
    only = one(output_type="display_data", data={kind: "x"})
    assert only.data == {"text/plain": "[output of a type that is not shown]"}


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("image/png", png(4000, 10), True), ("image/png", png(60_000, 60_000), False),
        ("image/png", png(4001, 1), False), ("image/png", png(0, 5), False),
        ("image/png", b"GIF89a", False), ("image/png", png(1, 1)[:20], False),
        ("image/jpeg", JPEG, True), ("image/jpeg", JPEG[:8], False), ("image/jpeg", b"", False),
        ("image/jpeg", JPEG.replace(struct.pack(">HH", 30, 20), b"\xff" * 4), False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrap", [bytes, lambda raw: base64.b64encode(raw).decode()])
def test_pictures_are_kept_when_they_are_what_they_say_and_not_too_large(kind, raw, kept, wrap):
    shown = one(output_type="display_data", data={kind: wrap(raw), "text/plain": "<Figure>"})
    assert (kind in shown.data) is kept
    assert kept or "a picture that is not shown" in shown.data["text/plain"]


def test_what_is_too_much_is_left_out_whatever_the_process_says():
    raw = png(10, 10) + b"x" * 100_000
    many = [{"output_type": "display_data", "data": {"image/png": raw}}] * 50
    kept = outputs.clean(many, 100, most_bytes=500_000)
    assert sum(len(str(output)) for output in kept) < 1_100_000
    assert "too much output" in kept[-1].text
    (one,) = outputs.clean([{"output_type": "stream", "text": "x" * 10**7}], 9, most_bytes=1000)
    assert len(one.text) < 100


def test_text_has_no_control_sequences():
    assert strip_control(
        "\x1b[31mred\x1b[0m \x1b]0;title\x07\u202eback\x9b2J\x00\x08\r\n\tend"
    ) == ("red back2J\n\tend")
    assert strip_control("a\ud800b") == "a?b"
    assert strip_control(3) == ""
    trace = one(output_type="error", ename="\x1bE", evalue="\u202e", traceback=["\x1b[0;31mx", 3])
    assert (trace.ename, trace.evalue, trace.traceback) == ("E", "", ["x", ""])


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
def test_a_picture_keeps_its_alternative_text_and_no_other_metadata(kind):
    raw = png(4, 4) if kind == "image/png" else JPEG
    told = {"alt": "Two\x1b[31m rows", "width": "1 onerror=x", "filenames": {kind: "http://x"}}
    shown = one(output_type="display_data", data={kind: raw}, metadata={kind: told, "alt": "other"})
    assert shown.metadata == {kind: {"alt": "Two rows"}}


@pytest.mark.parametrize(
    "metadata",
    [None, "x", {"image/png": "x"}, {"image/png": {"alt": 1}}, {"image/jpeg": {"alt": "x"}}],
)  # fmt: skip
def test_what_is_no_alternative_text_of_a_kept_picture_is_left_out(metadata):
    data = {"image/png": png(4, 4)}
    assert one(output_type="display_data", data=data, metadata=metadata).metadata == {}


def test_a_long_alternative_text_is_cut():
    data, long = {"image/png": png(4, 4)}, {"image/png": {"alt": "x" * 10**6}}
    shown = one(output_type="execute_result", data=data, metadata=long)
    assert 1000 < len(shown.metadata["image/png"]["alt"]) < 10_000


KEYS = [
    "output_type",
    "data",
    "metadata",
    "alt",
    "text",
    "name",
    "ename",
    "traceback",
    "text/plain",
    "image/png",
    "image/jpeg",
    "execution_count",
    "evalue",
]
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
KINDS = st.sampled_from(["stream", "error", "display_data", "execute_result"])
ANYTHING = st.deferred(
    lambda: (
        LEAF
        | st.binary(max_size=9)
        | st.lists(ANYTHING, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.integers(), KINDS | ANYTHING, max_size=5)
    )
)


@given(ANYTHING | st.lists(ANYTHING))
@settings(deadline=None, max_examples=300)
def test_anything_at_all_becomes_valid_nbformat(told):
    cell = nbformat.v4.new_code_cell(id="x", outputs=outputs.clean(told, 5))
    assert len(cell.outputs) <= 5
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def test_nothing_that_decides_is_left_in_a_grade_cell():
    told = [
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": []},
        {"output_type": "stream", "name": "stderr", "text": "warning"},
        {"output_type": "execute_result", "data": {"text/plain": "20.0"}, "execution_count": 1},
        {"output_type": "display_data", "data": {"text/plain": "20.0"}},
    ]
    kept = outputs.undecided(outputs.clean(told, 9))
    assert [o.output_type for o in kept] == ["stream", "display_data", "display_data"]
    ours = nbformat.v4.new_output("execute_result", data={"text/plain": "3.0"}, execution_count=1)
    mark = {"grade": True, "solution": False, "points": 20, "grade_id": "x"}
    cell = nbformat.v4.new_code_cell(metadata={"nbgrader": mark}, outputs=[*kept, ours])
    assert determine_grade(cell) == (3.0, 20.0)
