"""The names and places of the hub's one course, for its configuration and its set-up.

It imports the standard library only: the set-up needs it before anything is installed.
"""

from pathlib import Path

COURSE_ID = "nlp-llm"
# Unix accounts: the grader owns the course, the students' group may use its exchange.
GRADER = "grader-nlp"
STUDENTS = "nlp-students"
# The hub's group of those who may open the formgrader.
INSTRUCTORS = "formgrade-nlp-llm"
# The hub's service that shows results, to students as well.
RESULTS = "results"

PLACE = Path("/opt/nbjudge")  # what the hub runs
PROGRAMS = PLACE / "venv" / "bin"
STATE = Path("/srv/jupyterhub")  # the hub's database and secrets
COURSES = Path("/srv/nbgrader/courses")
COURSE = COURSES / COURSE_ID
EXCHANGE = Path("/srv/nbgrader/exchange")
LAUNCHES = Path("/srv/nbgrader/launches")  # where scores go, of log-ins by LTI

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def results_page(hub):
    """Return the address of the results page on the hub at `https://host`, by its own host name."""
    scheme, _, host = hub.partition("://")
    return f"{scheme}://{RESULTS}--service.{host}/services/{RESULTS}/"


def environment(role):
    """Return the environment in which programs of a role (`student`, `grader`) find each other.

    JUPYTER_CONFIG_PATH names the folders of the role's configuration, so that no account needs any
    of its own.
    """
    return {
        "PATH": f"{PROGRAMS}:{SYSTEM_PATH}",
        "JUPYTER_CONFIG_PATH": f"{PLACE}/etc/{role}:{PLACE}/etc/common",
        "LANG": "C.UTF-8",
    }
