"""A real hub, its exchange and its accounts, without a browser. Needs root, Node.js and npm."""

import pytest

pytestmark = pytest.mark.slow


def test_a_student_has_a_lab_and_the_list_of_assignments(hub):
    session = hub.session("student1")
    hub.open_server(session, "student1")
    listed = session.get(hub.server("student1") + "assignments?course_id=nlp-llm")
    assert listed.status_code == 200
    assert listed.json()["success"]
