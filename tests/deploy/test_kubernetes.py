"""deploy/kubernetes: what can be known of it without a cluster."""

import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
import yaml
from support.course import ROOT, run

from deploy.kubernetes.check_values import main

HERE = ROOT / "deploy/kubernetes"
CHECK = "deploy/kubernetes/check_values.py"
VALUES = yaml.safe_load((HERE / "values.yaml").read_text())
MANIFESTS = [
    one
    for name in ("storage.yaml", "grader.yaml")
    for one in yaml.safe_load_all((HERE / name).read_text())
]
PODS = [one["spec"]["template"]["spec"] for one in MANIFESTS if "template" in one.get("spec", {})]
DOCS = (ROOT / "docs/kubernetes.md").read_text()
# What the image may have other than constraints.txt, and why.
OTHER_PINS = {"jupyterhub": "the chart's hub is of the 5.5 series, and both must be"}
SCHEMA = """
type: object
additionalProperties: false
required: [cull]
properties:
  cull: {type: object}
  singleuser:
    type: object
    additionalProperties: false
    properties:
      fsGid: {type: integer}
      startTimeout: {type: integer}
"""


def found(of, key):
    """Yield every value of a key, however deep."""
    if isinstance(of, dict):
        if key in of:
            yield of[key]
        of = of.values()
    if isinstance(of, list) or not isinstance(of, (str, int, float, type(None))):
        for value in of:
            yield from found(value, key)


@pytest.fixture
def check(tmp_path, capsys):
    """Return a function that checks these values against a small schema."""
    (tmp_path / "values.schema.yaml").write_text(SCHEMA)
    (tmp_path / "values.yaml").write_text("cull: {}\nsingleuser: {fsGid: 100}\n")

    def checked(values):
        (tmp_path / "ours.yaml").write_text(values)
        status = main([str(tmp_path / "values.schema.yaml"), str(tmp_path / "ours.yaml")])
        return status, capsys.readouterr().out

    return checked


def test_right_values_pass(check):
    status, told = check("singleuser: {fsGid: null, startTimeout: 600}")
    assert status == 0
    assert "no faults." in told


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("singleuser: {starttimeout: 600}", ["$.singleuser", "'starttimeout'", "Correct the name"]),
        ("singleuser: {startTimeout: '6'}", ["$.singleuser.startTimeout", "'integer'", "quotes"]),
        ("cull: null", ["$", "'cull' is a required property", "Add it."]),
    ],
)
def test_a_wrong_value_is_named_with_its_path_and_the_mend(check, values, words):
    status, told = check(values)
    assert status == 1
    assert all(word in told for word in [*words, "1 fault."])


@pytest.mark.parametrize(("values", "words"), [("a: [", "no YAML"), ("- 1", "holds no keys")])
def test_a_file_that_is_no_values_is_named(check, values, words):
    with pytest.raises(SystemExit, match=rf"ours\.yaml .*{words}"):
        check(values)


def test_the_script_names_a_schema_that_is_not_there(tmp_path):
    done = run(sys.executable, CHECK, str(tmp_path / "schema"), cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "cannot be read" in done.stderr


def test_claims_secrets_and_images_are_defined_or_documented():
    everything = [VALUES, *MANIFESTS]
    kinds = {(one["kind"], one["metadata"]["name"]) for one in MANIFESTS}
    claims = set(found(everything, "claimName"))
    assert claims
    assert {("PersistentVolumeClaim", name) for name in claims} <= kinds
    maps = {one["name"] for one in found(everything, "configMap")}
    assert maps
    assert {("ConfigMap", name) for name in maps} <= kinds
    secrets = {one["name"] for one in found(everything, "secretKeyRef")}
    secrets |= {one["name"] for some in found(MANIFESTS, "imagePullSecrets") for one in some}
    secrets |= {*VALUES["imagePullSecrets"], *found(VALUES, "secretName")}
    assert len(secrets) > 4
    assert {name for name in secrets if f"`{name}`" not in DOCS} == set()
    student = VALUES["singleuser"]["image"]
    images = {f"{student['name']}:{student['tag']}"}
    images |= {one for one in found(everything, "image") if isinstance(one, str)}
    assert {image for image in images if f"-t {image} ." not in DOCS} == set()


def test_every_mount_has_its_volume():
    for pod in PODS:
        volumes = {volume["name"] for volume in pod["volumes"]}
        mounts = [mount for one in pod["containers"] for mount in one["volumeMounts"]]
        assert {mount["name"] for mount in mounts} == volumes
    assert len(PODS) == 2


def test_who_runs_student_code_has_no_rights_and_no_token():
    (pod,) = [pod for pod in PODS if len(pod["containers"]) == 3]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    student = VALUES["hub"]["config"]["KubeSpawner"]
    assert student["pod_security_context"] == {
        "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}
    }  # fmt: skip
    contexts = [student["container_security_context"]]
    contexts += [container["securityContext"] for container in pod["containers"]]
    closed = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert contexts == [closed] * 4
    (watch,) = [one for one in pod["containers"] if one["name"] == "watch"]
    with_token = [
        container["name"]
        for container in pod["containers"]
        if any("JUPYTERHUB" in one["name"] for one in container["env"])
    ]
    assert with_token == ["formgrader", "results"]
    course = "nbjudge-course"
    assert course in set(found(MANIFESTS, "claimName"))
    assert course not in set(found(VALUES, "claimName"))
    (accounts,) = [m for m in watch["volumeMounts"] if m.get("subPath") == "accounts"]
    assert accounts["readOnly"]
    assert VALUES["singleuser"]["fsGid"] is None


def test_only_proxy_and_hub_reach_the_grader():
    (policy,) = [one["spec"] for one in MANIFESTS if one["kind"] == "NetworkPolicy"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    (rule,) = policy["ingress"]
    sources = [source["podSelector"]["matchLabels"]["component"] for source in rule["from"]]
    assert sources == ["proxy", "hub"]
    assert not VALUES["singleuser"]["networkPolicy"]["egressAllowRules"]["privateIPs"]


@pytest.fixture
def spawned(tmp_path):
    """Return a function that runs the hub's own hook for a user, as KubeSpawner does."""
    source = VALUES["hub"]["extraConfig"]["accounts"].replace("/srv/accounts", str(tmp_path))
    template = VALUES["singleuser"]["initContainers"]

    def spawn(name):
        # Executed anew each time, as by a hub that was restarted.
        c = SimpleNamespace(KubeSpawner=SimpleNamespace())
        exec(source, {"c": c})
        spawner = SimpleNamespace(user=SimpleNamespace(name=name), init_containers=template)
        c.KubeSpawner.pre_spawn_hook(spawner)
        return spawner

    return spawn


def test_each_student_has_a_number_of_his_own_for_ever(spawned, tmp_path):
    ada, grace, again = spawned("ada"), spawned("grace"), spawned("ada")
    assert (ada.uid, ada.gid) == (again.uid, again.gid) == (100001, 100001)
    assert (grace.uid, grace.gid) == (100002, 100002)
    assert spawned("emmy").uid == 100003
    assert (tmp_path / "accounts").read_text() == "ada:100001\ngrace:100002\nemmy:100003\n"
    (container,) = grace.init_containers
    assert {one["name"]: one["value"] for one in container["env"]} == {
        "NB_NAME": "grace", "NB_UID": "100002"
    }  # fmt: skip
    assert "env" not in VALUES["singleuser"]["initContainers"][0]


def test_the_grader_reads_the_file_that_the_hub_writes(spawned, tmp_path):
    from nbjudge.exchange.inbox import _names

    spawned("ada")
    spawned("j.doe@example.org")
    assert _names(str(tmp_path / "accounts")) == {100001: "ada", 100002: "j.doe@example.org"}


@pytest.mark.parametrize("name", ["a:0", "ada\nroot:0", "", "../ada", "Ada", "{ada}", "-ada"])
def test_a_name_that_no_account_may_have_is_refused(spawned, tmp_path, name):
    with pytest.raises(ValueError, match="is no name for an account"):
        spawned(name)
    assert not (tmp_path / "accounts").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_the_init_container_gives_the_home_to_its_student_twice(spawned, tmp_path):
    home, account = tmp_path / "home", tmp_path / "account"
    home.mkdir()
    account.mkdir()
    (container,) = spawned("ada").init_containers
    shell, option, script = container["command"]
    script = script.replace("/srv/student", str(home)).replace("/account", str(account))
    script = script.replace(f":{home}:", ":/srv/student:")
    added = [f"+{name.lower()}" for name in container["securityContext"]["capabilities"]["add"]]
    environment = os.environ | {one["name"]: one["value"] for one in container["env"]}
    tmp_path.chmod(0o755)
    for _ in range(2):
        limited = ["setpriv", "--bounding-set", ",".join(["-all", *added]), "--no-new-privs"]
        subprocess.run([*limited, shell, option, script], env=environment, check=True)
        about = home.stat()
        assert (about.st_uid, about.st_gid, about.st_mode & 0o7777) == (100001, 100001, 0o700)
    last = (account / "passwd").read_text().splitlines()[-1]
    assert last == "ada:x:100001:100001::/srv/student:/bin/bash"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_the_job_makes_the_folders_and_refuses_storage_without_owners(tmp_path):
    (job,) = [one for one in MANIFESTS if one["kind"] == "Job"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (tmp_path / "shared").mkdir()
    (tmp_path / "course").mkdir()
    command = [word.replace("/srv", str(tmp_path)) for word in container["command"]]
    for _ in range(2):
        subprocess.run(command, check=True)
    made = {}
    for path in tmp_path.rglob("*"):
        about = path.stat()
        name = str(path.relative_to(tmp_path))
        made[name] = (about.st_uid, about.st_gid, about.st_mode & 0o7777)
    assert made == {
        "shared": (0, 0, 0o755),
        "shared/accounts": (1000, 1000, 0o755),
        "shared/exchange": (0, 0, 0o755),
        "shared/exchange/nlp-llm": (2000, 3000, 0o750),
        "course": (2000, 2000, 0o700),
    }
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/chown").symlink_to(shutil.which("true"))  # as SMB does
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "does not keep owners" in done.stderr


def test_the_image_holds_the_package_and_no_rubric():
    docker = (HERE / "Dockerfile").read_text()
    sources = {
        source
        for words in re.findall(r"^COPY (?!--from)(.*)$", docker, re.M)
        for source in words.split()[:-1]
    }
    ignored = (HERE / "Dockerfile.dockerignore").read_text().split()
    assert ignored[0] == "*"
    allowed = {line[1:] for line in ignored if line[0] == "!"}
    assert sources == allowed
    assert all((ROOT / source).exists() for source in sources)
    assert not [name for name in sources if name.startswith(("rubrics", "solutions", "source"))]


def test_the_image_has_the_pins_of_the_repository():
    def pins(file):
        lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
        return dict(line.split("==") for line in lines)

    ours, image = pins(ROOT / "constraints.txt"), pins(HERE / "constraints.txt")
    assert ours.keys() == image.keys(), "copy constraints.txt anew, but for OTHER_PINS"
    other = {name for name in ours if ours[name] != image[name]}
    assert other == set(OTHER_PINS), "copy constraints.txt anew, but for OTHER_PINS"
    assert image["jupyterhub"].startswith("5.5.")


def test_the_resources_of_the_docs_follow_from_the_values():
    user = VALUES["singleuser"]
    memory = int(re.fullmatch(r"(\d+)G", user["memory"]["guarantee"])[1])
    home = int(re.fullmatch(r"(\d+)Gi", user["storage"]["capacity"])[1])
    speed = (ROOT / "docs/cluster.md").read_text()
    judging, writing = (float(re.search(rf"`{name}` = ([\d.]+) s", speed)[1]) for name in "cw")
    rows = []
    for students in (30, 300, 3000):
        cores = round(students * user["cpu"]["guarantee"])
        seconds = max(int(students * judging / 2 + 0.5), round(students * writing))
        cells = (students, students * memory, cores, students * home)
        rows.append(f"| {' | '.join(f'{cell:,}' for cell in cells)} | {seconds} s |\n")
    table = DOCS.split("<!-- resources: begin -->")[1].split("<!-- resources: end -->")[0]
    assert table.endswith("".join(rows))
    assert f"`c` = {judging:g} s of one core, and writing {writing:g} s" in DOCS


def test_host_names_agree():
    hub = VALUES["hub"]["config"]["JupyterHub"]["subdomain_host"]
    name = hub.removeprefix("https://")
    assert VALUES["ingress"]["hosts"] == [name, f"*.{name}"]
    text = (HERE / "grader.yaml").read_text()
    assert f"https://nlp-llm--service.{name}/services/nlp-llm/oauth_callback" in text
    results = f"https://results--service.{name}/services/results/"
    assert f"{results}oauth_callback" in text
    told = found(VALUES, "NBJUDGE_RESULTS")
    (grader,) = [pod for pod in PODS if len(pod["containers"]) == 3]
    environments = [{v["name"]: v.get("value") for v in c["env"]} for c in grader["containers"]]
    assert {*told, *(one["NBJUDGE_RESULTS"] for one in environments)} == {results}


def test_the_hubs_services_are_where_the_grader_listens():
    """With the names, tokens and rights that the environment of each container says."""
    (grader,) = [pod for pod in PODS if len(pod["containers"]) == 3]
    (service,) = [one for one in MANIFESTS if one["kind"] == "Service"]
    (policy,) = [one["spec"] for one in MANIFESTS if one["kind"] == "NetworkPolicy"]
    open_ports = {one["port"] for one in policy["ingress"][0]["ports"]}
    assert open_ports == {one["port"] for one in service["spec"]["ports"]}
    scopes = [scope for role in VALUES["hub"]["loadRoles"].values() for scope in role["scopes"]]
    for container in grader["containers"]:
        told = {one["name"]: one for one in container["env"]}
        if "JUPYTERHUB_SERVICE_NAME" not in told:
            continue
        name = told["JUPYTERHUB_SERVICE_NAME"]["value"]
        (port,) = [one["containerPort"] for one in container["ports"]]
        assert VALUES["hub"]["services"][name]["url"] == f"http://nbjudge-grader:{port}"
        assert port in open_ports
        listens = told["JUPYTERHUB_SERVICE_URL"]["value"]
        assert listens == f"http://0.0.0.0:{port}/services/{name}/"
        key = told["JUPYTERHUB_API_TOKEN"]["valueFrom"]["secretKeyRef"]["key"]
        assert key == f"hub.services.{name}.apiToken"
        assert f"access:services!service={name}" in scopes
