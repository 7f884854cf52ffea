"""The site of results: who may open which address, and what a browser may do with it.

Who asks is told by a header here; tests/slow/test_hub_results.py asks a real hub.
"""

import html
import re
from datetime import datetime, timedelta

import pytest
import requests
from nbgrader.api import Gradebook
from support.results import NAME, SCRIPT, ResultsCourse, served

OTHERS = [
    "of/bob/",
    "of/bob/?part=1",
    f"of/bob/{NAME}/1/{NAME}",
    f"of/bob/{NAME}/2/{NAME}",
    "of/%62ob/",
    "of/ada%2F..%2Fbob/",
    f"of/ada%2F..%2Fbob/{NAME}/1/{NAME}",
    f"of/..%2F{NAME}%2Fbob/{NAME}/1/{NAME}",
    f"of/BOB/{NAME}/1/{NAME}",
    "of/nobody/",
    "of//",
    "of/*/",
]
NOT_THERE = [
    f"of/ada/{NAME}/9/{NAME}",
    f"of/ada/{NAME}/1/other",
    f"of/ada/{NAME}/1/..%2F..%2F..%2Fbob%2F001%2Fsubmitted%2F{NAME}",
    f"of/ada/{NAME}/1/*",
    f"of/ada/..%2F{NAME}/1/{NAME}",
    f"of/ada/{NAME}%2F..%2F{NAME}/1/{NAME}",
    f"of/ada/nothing/1/{NAME}",
    "static/../templates/base.html.j2",
    "static/%2e%2e/site.py",
    "static/..%2F..%2Fcli.py",
    "gradebook.db",
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    found = ResultsCourse(tmp_path_factory.mktemp("results"))
    found.add("ada", 1, 82.0, f"<p>Page of ada</p>{SCRIPT}")
    found.add("ada", 2)
    found.add("bob", 1, 40.0, "<p>Page of bob</p>")
    found.beat({"bob": 1})
    return found


@pytest.fixture(scope="module")
def site(course):
    with served(course.root) as found:
        yield found


def words(answer):
    """Return what a reader sees of a page."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", answer.text)).split())


def test_a_student_is_led_to_the_own_results_and_sees_each_attempt(site):
    answer = site.get("")
    assert answer.url == f"{site.url}of/ada/"
    told = words(answer)
    assert "Results of ada" in told
    assert re.search("Attempt 1 counts Graded Points: 82 of 100", told)
    assert re.search("Attempt 2 Waiting For .* second", told)
    assert "bob" not in answer.text
    (link,) = re.findall(r'<a id="[^"]*" href="([^"]+)"', answer.text)
    assert "Page of ada" in site.get(link.removeprefix("/services/results/")).text


@pytest.mark.parametrize("address", OTHERS)
def test_anothers_address_is_as_one_that_is_not_there(site, address):
    answer = site.get(address)
    assert answer.status_code == 404
    assert "bob" not in answer.text
    assert words(answer) == words(site.get("of/not-there/"))


@pytest.mark.parametrize("address", NOT_THERE)
def test_no_address_leads_out_of_the_pages(site, address):
    assert site.get(address).status_code in (403, 404)


@pytest.mark.parametrize("address", ["", "of/ada/", f"of/ada/{NAME}/1/{NAME}", "of/x/", "x"])
def test_without_a_log_in_nothing_is_shown(site, address):
    answer = site.get(address, visitor="")
    assert answer.status_code == 403
    assert "ada" not in answer.text


def test_instructors_see_all_and_each(site):
    told = words(site.get("", "teacher"))
    assert "ada week1: Waiting, attempt 2 82 of 100 points count" in told
    assert "bob week1: Graded, attempt 1 40 of 100 points count" in told
    assert "Page of bob" in site.get(f"of/bob/{NAME}/1/{NAME}", "teacher").text
    assert "Results of bob All students" not in told
    assert "All students" in words(site.get("of/bob/", "teacher"))
    assert "All students" not in words(site.get("of/ada/"))


def test_instructors_alone_get_the_report_of_a_class_and_its_names_when_asked(course, site):
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "nlp-llm") as book:
        book.add_student("bob")
    link = f"report/{NAME}"
    assert f'href="/services/results/{link}"' in site.get("", "teacher").text
    answer = site.get(link, "teacher")
    assert "what the class misunderstood" in words(answer)
    assert "bob" not in answer.text
    assert "bob" in site.get(f"{link}?names=1", "teacher").text
    assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
    for visitor in ("ada", "bob"):
        assert words(site.get(link, visitor)) == words(site.get("of/not-there/", visitor))
        assert link not in site.get("", visitor).text
    assert site.get(link, "").status_code == 403
    assert site.get("report/nothing", "teacher").status_code == 404


def test_what_a_student_wrote_may_do_nothing_in_a_browser(site):
    page = site.get(f"of/ada/{NAME}/1/{NAME}")
    assert SCRIPT in page.text  # as if it had passed the sanitizer
    rules = page.headers["Content-Security-Policy"].split("; ")
    assert rules[0] == "sandbox allow-popups allow-popups-to-escape-sandbox"
    assert "default-src 'none'" in rules
    assert not any(one.startswith(("script-src", "connect-src")) for one in rules)
    own = site.get("of/ada/").headers["Content-Security-Policy"]
    assert "'unsafe" not in own
    for answer in (page, site.get("of/ada/"), site.get("of/bob/"), site.get("static/results.js")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_names_that_are_html_stay_text(tmp_path):
    course = ResultsCourse(tmp_path)
    course.add("ada", 1, 82.0, "<p>ok</p>")
    folder = course.attempts / "ada/001/submitted"
    (folder / '"><img src=x onerror=alert(1)>.ipynb').touch()
    course.beat((), {f"ada+{NAME}+now": f"it holds a link, {SCRIPT}"})
    course.send(f"ada+{NAME}+now")
    with served(course.root) as site:
        text = site.get("of/ada/").text
    assert "<img" not in text
    assert SCRIPT not in text
    assert "Not taken" in text


def test_what_was_just_sent_is_shown_before_it_is_taken_in(tmp_path):
    course = ResultsCourse(tmp_path)
    course.beat()
    course.send(f"ada+{NAME}+now")
    course.send(f"bob+{NAME}+now")  # of this account, which is ada's: a forged name
    with served(course.root) as site:
        assert "New Received" in words(site.get("of/ada/"))
        forged = words(site.get("of/bob/", "bob"))
    assert "Received" not in forged
    assert "Nothing has come yet" in forged


def test_the_part_that_is_renewed_changes_only_with_what_it_shows(course, site):
    first = site.get("of/ada/?part=1", "teacher")
    assert "<html" not in first.text
    tag = {"X-Visitor": "bob", "If-None-Match": site.get("of/bob/?part=1", "bob").headers["Etag"]}
    again = requests.get(f"{site.url}of/bob/?part=1", headers=tag, timeout=30)
    assert (again.status_code, again.text) == (304, "")
    course.add("bob", 2)
    new = requests.get(f"{site.url}of/bob/?part=1", headers=tag, timeout=30)
    assert new.status_code == 200
    assert "Attempt 2" in words(new)


def test_what_the_course_hides_before_the_due_date_is_not_on_the_page(tmp_path):
    due = datetime.now() + timedelta(days=2)
    hidden = "c.FeedbackOnSubmit.before_deadline = 'nothing'"
    course = ResultsCourse(tmp_path, hidden, due=due)
    course.add("ada", 1, 82.0, "<p>A receipt</p>", shown="nothing")
    with served(course.root) as site:
        told = words(site.get("of/ada/"))
    assert "82" not in told.replace(f"{due:%f}", "")
    assert "Graded Feedback comes after the due date." in told
