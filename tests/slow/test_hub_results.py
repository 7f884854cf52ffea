"""The results page behind a real JupyterHub: its log-in, its cookies, a browser.

The hub is a small one, without accounts and servers; `deploy/jupyterhub` has its role for students
and its services word for word, which tests/slow/test_hub.py starts.
"""

import os
import re
import subprocess
import time

import layout
import pytest
import requests
from playwright.sync_api import expect, sync_playwright
from support.browser import find_chromium
from support.course import ROOT
from support.hub import names_of_localhost
from support.ports import free_ports
from support.results import NAME, ResultsCourse
from tornado.web import create_signed_value

pytestmark = pytest.mark.slow
FLAGS = (
    "--no-sandbox",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
)
PLANTED = """<title>As it was</title><p>Page of ada</p>
<img src=x onerror="document.title = 'PLANTED'">
<script>document.title = "PLANTED"; fetch("/services/results/of/bob/");</script>"""
CONFIGURATION = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{port1}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{port2}"
c.ConfigurableHTTPProxy.command = "{proxy}"
c.JupyterHub.subdomain_host = "{subdomains}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.default_url = "/hub/home"
c.JupyterHub.load_groups = {{"formgrade-nlp-llm": {{"users": ["teacher"]}}}}
c.JupyterHub.load_roles = [
    {{"name": "user", "scopes": ["self", "access:services!service=results"]}},
]
c.JupyterHub.services = [{{
    "name": "results",
    "url": "http://127.0.0.1:{port3}",
    "command": ["{python}", "-c", "from nbjudge.cli import main; main()", "results"],
    "cwd": "{course}",
    "environment": {{"PYTHONPATH": "{root}", "PATH": "{path}"}},
    "oauth_no_confirm": True,
}}]
"""


class SmallHub:
    """A JupyterHub with the results page as its service; any name logs in with any password."""

    def __init__(self, folder, course, subdomains):
        self.port = port = free_ports(4)
        host = "hub.localhost" if subdomains else "127.0.0.1"
        self.url = f"http://{host}:{port}"
        self.results = (
            layout.results_page(self.url) if subdomains else f"{self.url}/services/results/"
        )
        self.output = folder / "output"
        (folder / "config.py").write_text(
            CONFIGURATION.format(
                port=port, port1=port + 1, port2=port + 2, port3=port + 3,
                proxy=layout.PLACE / "node_modules/.bin/configurable-http-proxy",
                subdomains=self.url if subdomains else "", course=course, root=ROOT,
                python=layout.PROGRAMS / "python", path=f"{layout.PROGRAMS}:{layout.SYSTEM_PATH}",
            )
        )  # fmt: skip
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [layout.PROGRAMS / "jupyterhub", "--config", folder / "config.py"],
                cwd=folder, stdout=output, stderr=subprocess.STDOUT,
                env={"PATH": f"{layout.PROGRAMS}:{os.environ['PATH']}", "HOME": str(folder)},
            )  # fmt: skip
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + 240
        told = f"http://127.0.0.1:{self.port + 3}/services/results/static/results.css"
        while True:
            try:
                requests.get(f"http://127.0.0.1:{self.port}/hub/health").raise_for_status()
                requests.get(told).raise_for_status()
                return
            except requests.RequestException:
                well = self.process.poll() is None and time.monotonic() < deadline
                assert well, self.output.read_text()[-4000:]
                time.sleep(0.5)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def session(self, name):
        """Log in to the hub, and by that to the results page."""
        session = requests.Session()
        page = session.get(f"{self.url}/hub/login")
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        form = {"username": name, "password": "any", "_xsrf": xsrf}
        session.post(f"{self.url}/hub/login?next=/hub/home", data=form).raise_for_status()
        return session


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    found = ResultsCourse(tmp_path_factory.mktemp("results"))
    found.add("ada", 1, 82.0, PLANTED)
    found.add("bob", 1, 40.0, "<title>Bob</title><p>Page of bob</p>")
    found.beat()
    return found


@pytest.fixture(scope="module", params=[True, False], ids=["own host names", "one host name"])
def hub(request, course, tmp_path_factory):
    if not (layout.PROGRAMS / "jupyterhub").exists():
        pytest.fail("No hub is installed. Run tests/slow/test_hub.py first: it installs one.")
    with names_of_localhost():
        found = SmallHub(tmp_path_factory.mktemp("hub"), course.root, request.param)
        yield found
        found.stop()


def test_who_is_logged_in_to_the_hub_comes_to_the_own_results_without_a_question(hub):
    answer = hub.session("ada").get(hub.results)
    assert answer.url == f"{hub.results}of/ada/"
    assert "Results of ada" in answer.text
    assert "bob" not in answer.text


def test_a_student_reaches_no_address_of_another(hub):
    ada = hub.session("ada")
    ada.get(hub.results)
    own = f"of/ada/{NAME}/1/{NAME}"
    assert "Page of ada" in ada.get(hub.results + own).text
    for address in ("of/bob/", "of/bob/?part=1", own.replace("ada", "bob")):
        answer = ada.get(hub.results + address)
        assert answer.status_code == 404
        assert "Page of bob" not in answer.text


def test_without_a_log_in_every_address_leads_to_the_hubs(hub):
    for address in ("", "of/ada/", f"of/ada/{NAME}/1/{NAME}", "of/bob/?part=1"):
        answer = requests.get(hub.results + address, allow_redirects=False)
        assert answer.status_code == 302
        assert "/hub/api/oauth2/authorize" in answer.headers["Location"]
        assert "ada" not in answer.text


def test_a_forged_cookie_opens_nothing(hub):
    ada = hub.session("ada")
    ada.get(hub.results)
    (cookie,) = [one for one in ada.cookies if one.name == "service-results"]
    forged = [
        create_signed_value("guessed", cookie.name, "token").decode(),
        cookie.value[:-1] + ("0" if cookie.value[-1] != "0" else "1"),
        "",
        "ada",
    ]
    for value in forged:
        answer = requests.get(
            f"{hub.results}of/ada/", cookies={cookie.name: value}, allow_redirects=False
        )
        assert answer.status_code == 302, value
    true = {cookie.name: cookie.value}
    assert requests.get(f"{hub.results}of/ada/", cookies=true).status_code == 200
    assert requests.get(f"{hub.results}of/bob/", cookies=true).status_code == 404


def test_only_the_formgraders_group_sees_the_class(hub):
    told = hub.session("teacher").get(hub.results).text
    assert "Results of the class" in told
    assert "/of/bob/" in told
    assert hub.session("teacher2").get(hub.results).url.endswith("/of/teacher2/")


def test_the_service_has_no_right_on_the_hub(hub):
    output = hub.output.read_text()
    assert "results" in output
    ada = hub.session("ada")
    ada.get(hub.results)
    scopes = ada.get(f"{hub.url}/hub/api/user").json()["scopes"]
    assert "access:services!service=results" in scopes
    assert not [one for one in scopes if one.startswith("admin")]


@pytest.fixture
def page(hub):
    """The results of ada, in a browser that is logged in to the hub."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page()
        page.goto(f"{hub.url}/hub/login")
        page.get_by_label("Username").fill("ada")
        page.get_by_label("Password").fill("any")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/hub/home")
        page.goto(hub.results)
        yield page
        browser.close()


def test_what_a_student_planted_does_not_run(hub, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Feedback on attempt 1").click()
    page.get_by_text("Page of ada").wait_for()
    page.wait_for_timeout(500)
    assert page.title() == "As it was"
    assert not [url for url in asked if "of/bob" in url]
    assert page.evaluate("window.origin") == "null"


def test_the_page_renews_itself_behind_the_hub(course, page):
    page.evaluate("window.sameDocument = true")
    number = 2 + len(list((course.attempts / "ada").glob("00[2-9]")))
    course.add("ada", number, 82.0 + number)
    expect(page.get_by_text(f"{82 + number} of 100")).to_be_visible(timeout=20_000)
    expect(page.locator("#fresh")).to_have_text("This page renews itself.")
    assert page.evaluate("window.sameDocument")
