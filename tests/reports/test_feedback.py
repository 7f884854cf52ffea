"""docs/feedback.md shows what students are told today, and all of what its script makes."""

import feedback_reports
from feedback_reports import BLOCK, MISTAKES, PAGE


def test_the_page_shows_what_students_are_told_today(monkeypatch):
    made = feedback_reports.blocks()
    monkeypatch.setattr(feedback_reports, "blocks", lambda: made)
    page = PAGE.read_text(encoding="utf-8")
    assert feedback_reports.current(page) == page, "Run 'python examples/feedback_reports.py'."
    assert {block[1] for block in BLOCK.finditer(page)} == set(made)


def test_the_page_has_a_small_picture_of_each_report():
    page = PAGE.read_text(encoding="utf-8")
    for number in range(1, len(MISTAKES) + 1):
        assert f"(images/feedback_{number}.png)" in page
        assert (PAGE.parent / f"images/feedback_{number}.png").stat().st_size < 60_000
