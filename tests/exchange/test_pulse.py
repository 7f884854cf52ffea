"""What a watch tells other processes while it runs, and what the results page makes of it."""

import time

from nbjudge.classrun.grade import ClassRun
from nbjudge.exchange.pulse import Pulse, beat, pulse_of
from nbjudge.exchange.watch import OnSubmit
from nbjudge.judge.job import judge_job
from nbjudge.results.records import Records


def test_a_pulse_comes_back_and_is_alive_for_a_while(tmp_path):
    assert pulse_of(tmp_path) == Pulse()
    assert not pulse_of(tmp_path).alive(time.time())
    beat(tmp_path, {"ada": 2}, {"folder": "it holds a link"})
    found = pulse_of(tmp_path)
    assert (found.judging, found.aside) == ({"ada": 2}, {"folder": "it holds a link"})
    assert found.alive(time.time())
    assert not found.alive(time.time() + 60)


def test_a_real_attempt_is_shown_in_each_state_with_the_points_of_its_page(exchange):
    records = Records(exchange.course)

    def shown():
        (assignment,) = [one for one in records.of("ada") if one.name == "attention"]
        return assignment.attempts[0], assignment.most

    exchange.submit("wrong_exercise_1")
    assert shown()[0].state.value == "Received"
    run = ClassRun(exchange.course, "attention")
    with run.books as books:
        on_submit = OnSubmit(run, books, lambda said: None)
        while not (jobs := on_submit.look()):
            time.sleep(0.1)
        assert shown()[0].state.value == "Waiting"
        on_submit.begun(jobs[0])
        assert shown()[0].state.value == "Being graded"
        on_submit.finish(judge_job(jobs[0], run.settings))
    (one, most), (page,) = shown(), exchange.pages()
    assert (one.state.value, one.score, most) == ("Graded", 104, 100)
    assert '<data value="104.0">' in page
    assert records.page("ada", "attention", 1, "attention") == page.encode()
