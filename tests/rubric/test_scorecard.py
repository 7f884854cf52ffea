"""A scorecard as text, HTML and JSON."""

import json

from nbjudge.rubric.scorecard import MIME, Mark, Scorecard


def test_a_scorecard_survives_its_own_json_and_escapes_what_students_raise():
    mark = Mark("a criterion", 6, False, "Your code raised ZeroDivisionError: division by zero.")
    card = Scorecard("a/b", "<script>x</script>", 6, (mark,), 1, "v", "engine", False)
    bundle = json.loads(json.dumps(card._repr_mimebundle_()))
    assert Scorecard.from_outputs([{"data": bundle}]) == card
    assert "<script>" not in bundle["text/html"]
    assert "division by zero" in bundle["text/plain"]
    assert "✗&nbsp;not&nbsp;met" in bundle["text/html"]
    assert "unconfined" in bundle["text/html"]
    assert Scorecard.from_outputs([{"data": {"text/plain": "20"}}]) is None
    assert MIME in bundle
