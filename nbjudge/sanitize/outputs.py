"""What a student process showed, made into outputs that are safe to store and to render.

Of rich outputs, text, PNG and JPEG are kept, pictures with their alternative texts. HTML, SVG and
JavaScript can run scripts in the reader's browser: they and unknown types fall back to their text.

A picture's header is read, and its size bounded: a PNG of 106 KB can unpack to 3.6 GB in a browser.
"""

import base64
import binascii
import struct
from typing import Any

from nbformat import NotebookNode

from nbjudge.sanitize.paths import without_paths
from nbjudge.sanitize.text import strip_control

_LARGEST_SIDE = 4000  # pixels
_LONGEST_LINE = 20_000
_LONGEST_ALT = 2_000
_UNMET = "unmet"
_PNG = b"\x89PNG\r\n\x1a\n"
_NO_PICTURE = "[a picture that is not shown: it is no PNG or JPEG of at most 4,000 pixels a side]"


def clean(told: Any, most: int, most_bytes: int = 2**20) -> list[NotebookNode]:
    """Return at most `most` nbformat outputs, of some `most_bytes` together.

    `told` is what a student process says that a cell showed; it may have any form. The student
    process bounds its outputs too, but student code can lift those bounds.
    """
    items = told if isinstance(told, list) else []
    kept: list[NotebookNode] = []
    size = 0
    for item in items[:most]:
        output = _clean(item) if isinstance(item, dict) else None
        if output is None:
            continue
        size += len(str(output))
        if size > 2 * most_bytes:  # base64 and escapes make it longer than what was shown
            kept.append(note("[The rest is left out: it is too much output.]"))
            break
        kept.append(output)
    return kept


def undecided(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs of a grade cell without anything that nbgrader reads a score from.

    The first result, error or text on stderr decides a score, and the judge process writes that.
    """
    kept = [output for output in outputs if output.output_type != "error"]
    for output in kept:
        if output.output_type == "execute_result":
            output.output_type = "display_data"
            del output["execution_count"]
        elif output.output_type == "stream":
            output.name = "stdout"
    return kept


def new_output(kind: str, **fields: Any) -> NotebookNode:
    """Return an output as nbformat makes it, not validated: its notebook is, when it is written."""
    output = NotebookNode(output_type=kind, **fields)
    if "data" in fields:
        output.data, output.metadata = NotebookNode(fields["data"]), NotebookNode()
    if kind == "execute_result":
        output.execution_count = None
    return output


def error(name: str, message: str) -> NotebookNode:
    """Return an error output that shows `message` alone."""
    return new_output("error", ename=name, evalue=message, traceback=[message])


def note(text: str) -> NotebookNode:
    """Return a line of ours beside the student's outputs."""
    return new_output("stream", name="stdout", text=f"{text}\n")


def unmet(text: str) -> NotebookNode:
    """Return an output that says what a test found, where an error would cost all its points."""
    output = new_output("display_data", data={"text/plain": text})
    output.metadata = NotebookNode(nbjudge=_UNMET)
    return output


def is_unmet(output: NotebookNode) -> bool:
    """Return whether an output is one of `unmet`; what students show has no metadata of ours."""
    return output.get("metadata", {}).get("nbjudge") == _UNMET


def _clean(item: dict[Any, Any]) -> NotebookNode | None:
    """Return one output, made anew from the fields that are known; None for an unknown kind."""
    kind = item.get("output_type")
    if kind == "stream":
        name = "stderr" if item.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_text(item.get("text")))
    if kind == "error":
        trace = item.get("traceback")
        given = trace if isinstance(trace, list) else []
        lines = [_text(line)[:_LONGEST_LINE] for line in given]
        name, value = (_text(item.get(key))[:_LONGEST_LINE] for key in ("ename", "evalue"))
        return new_output("error", ename=name, evalue=value, traceback=lines)
    data = item.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return None
    output = new_output(kind, data=bundle(data))
    output.metadata = alternative_texts(item.get("metadata"), output.data)
    if kind == "execute_result":
        count = item.get("execution_count")
        output.execution_count = count if type(count) is int and 0 < count < 10**6 else None
    return output


def bundle(data: dict[Any, Any]) -> dict[str, str]:
    """Return a rich output's text, and those of its PNG and JPEG pictures that are small enough."""
    text = _text(data.get("text/plain"))
    kept = {"text/plain": text or "[output of a type that is not shown]"}
    for kind, size in (("image/png", _png_size), ("image/jpeg", _jpeg_size)):
        if kind in data:
            raw = _raw(data[kind])
            sides = size(raw)
            if sides and min(sides) > 0 and max(sides) <= _LARGEST_SIDE:
                kept[kind] = base64.b64encode(raw).decode("ascii") + "\n"
            else:
                kept["text/plain"] = f"{text} {_NO_PICTURE}".strip()
    return kept


def alternative_texts(told: Any, kept: dict[str, str]) -> NotebookNode:
    """Return the metadata of an output: the alternative texts of the pictures that are kept.

    Nothing else is taken: templates put a width into the page as it is.
    """
    given = told if isinstance(told, dict) else {}
    texts = NotebookNode()
    for kind in ("image/png", "image/jpeg"):
        about = given.get(kind)
        if kind in kept and isinstance(about, dict) and isinstance(about.get("alt"), str):
            texts[kind] = NotebookNode(alt=_text(about["alt"][:_LONGEST_ALT]))
    return texts


def _text(text: Any) -> str:
    return without_paths(strip_control(text))


def _raw(data: Any) -> bytes:
    try:
        return data if isinstance(data, bytes) else base64.b64decode(data)
    except (TypeError, ValueError, binascii.Error):
        return b""


def _png_size(raw: bytes) -> tuple[int, int] | None:
    """Return (width, height) of a PNG, whose first chunk holds them (PNG specification, IHDR)."""
    if raw[:8] != _PNG or raw[12:16] != b"IHDR" or len(raw) < 24:
        return None
    width, height = struct.unpack(">II", raw[16:24])
    return width, height


def _jpeg_size(raw: bytes) -> tuple[int, int] | None:
    """Return (width, height) of a JPEG, which its frame header holds (ITU-T T.81, B.2.2)."""
    if raw[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(raw) and raw[at] == 0xFF:
        marker, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        # Frame headers are C0 to CF, but for three that are other segments (T.81, table B.1).
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
