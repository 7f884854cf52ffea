"""docs/feedback.md shows what students are told today, and all of what its script makes."""

import feedback_reports
import pytest
from feedback_reports import BLOCK, MISTAKES, PAGE


@pytest.fixture(scope="module")
def verified():
    """The verification of the first assignment's rubrics, which the page shows."""
    return feedback_reports.verified()


def test_the_banks_confuse_no_rubric(verified):
    assert [one.problems for one in verified] == [[]] * 5
    assert all(one.right_full > 12 and one.wrong_full == 0 for one in verified)
    least = (15, 15, 15, 15, 8)
    assert all(one.wrong_less >= number for one, number in zip(verified, least, strict=True))


def test_the_page_shows_what_students_are_told_today(verified):
    made = feedback_reports.blocks(verified)
    page = PAGE.read_text(encoding="utf-8")
    shown = feedback_reports.current(page, made)
    assert shown == page, "Run 'python examples/feedback_reports.py'."
    assert {block[1] for block in BLOCK.finditer(page)} == set(made)


def test_the_page_has_a_small_picture_of_each_report():
    page = PAGE.read_text(encoding="utf-8")
    for number in range(1, len(MISTAKES) + 1):
        assert f"(images/feedback_{number}.png)" in page
        assert (PAGE.parent / f"images/feedback_{number}.png").stat().st_size < 60_000
