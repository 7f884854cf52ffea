"""What plain nbgrader ran in a kernel is made harmless before it is stored."""

import base64

import nbformat
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from nbjudge.nbgrader_ext.plain_engine import make_harmless

# A PNG of one pixel, cut after its header: no more is read.
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"


def picture_of(metadata):
    """The picture in the page of a cell that showed it with this metadata, and what was kept."""
    data = {"image/png": base64.b64encode(PNG).decode()}
    shown = nbformat.v4.new_output("display_data", data=data, metadata=metadata)
    cell = nbformat.v4.new_code_cell(id="x", outputs=[shown])
    make_harmless(cell)
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(
        nbformat.v4.new_notebook(cells=[cell])
    )
    return BeautifulSoup(page, "html.parser").img, cell.outputs[0].metadata


def test_a_picture_has_its_alternative_text_and_no_attribute_of_a_students_choice():
    told = {"width": "1 onerror=alert(1)", "alt": 'A line" onerror="alert(2)'}
    picture, kept = picture_of(
        {"image/png": told, "filenames": {"image/png": "https://elsewhere/x.png"}}
    )
    assert kept == {"image/png": {"alt": told["alt"]}}
    assert set(picture.attrs) == {"src", "alt"}
    assert picture["alt"] == told["alt"]
    assert picture["src"].startswith("data:image/png;base64,")
