"""The maps of the package are true: every folder and module is named, and every name is there."""

import ast
import importlib.util
import re
import tomllib

import pytest
from support.course import ROOT

from nbjudge.verdict import Verdict

PACKAGE = ROOT / "nbjudge"
DOCSTRING = "nbjudge/__init__.py"
TABLE = "docs/architecture.md"
TOP = "nbjudge|tests|examples|docs|deploy|rubrics|benchmarks"
MADE = "rubrics/softmax/"  # by the commands of docs/new_assignment.md, which a test follows
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "tests").rglob("*.md"),
]


def on_disk():
    """Return the names of modules by folder; a module outside of folders has its own name."""
    found = {f"{path.stem}.py": {path.stem} for path in PACKAGE.glob("[!_]*.py")}
    for init in PACKAGE.glob("*/__init__.py"):
        found[f"{init.parent.name}/"] = {path.stem for path in init.parent.glob("[!_]*.py")}
    return found


def map_of_the_docstring(text):
    """Parse lines `    folder/    what it holds: modules`, which may go on below."""
    found, folder = {}, ""
    for line in re.search(r"^    \S+(?:\.py|/) .*?\n\n", text, re.M | re.S)[0].splitlines():
        begun = re.match(r"    (\w+(?:\.py|/)) +(.*)", line)
        folder = begun[1] if begun else folder
        rest = begun[2] if begun else line
        # Behind the colon, and on the lines below, stand the modules.
        names = rest.rpartition(":")[2] if begun else rest
        found.setdefault(folder, "")
        found[folder] += f" {names}" if not begun or ":" in rest else ""
    return {
        folder: {folder.removesuffix(".py")} if folder.endswith(".py") else set(names.split())
        for folder, names in found.items()
    }


def map_of_the_table(text):
    """Parse rows | `folder/` | what it holds | `module`, `module` |."""
    rows = re.findall(r"^\| `(\w+(?:\.py|/))` \| .* \| ([^|]*) \|$", text, re.M)
    return {folder: set(re.findall(r"`(\w+)`", modules)) for folder, modules in rows}


def told(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    if page == TABLE:
        return map_of_the_table(text)
    return map_of_the_docstring(ast.get_docstring(ast.parse(text), clean=False))


@pytest.mark.parametrize("page", [DOCSTRING, TABLE])
def test_the_map_names_what_is_there_and_nothing_else(page):
    found, there = told(page), on_disk()
    assert set(found) == set(there)
    for folder, modules in there.items():
        assert found[folder] == modules, folder


def test_a_map_that_misses_a_module_or_names_another_differs():
    text = "\n    verdict.py   what can be\n    judge/       one job: job run\n          cache\n\n"
    assert map_of_the_docstring(text) == {
        "verdict.py": {"verdict"},
        "judge/": {"job", "run", "cache"},
    }


def test_the_rows_stand_in_the_order_of_the_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = [
        contract["layers"]
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    height = {
        name.strip(): -number for number, layer in enumerate(layers) for name in layer.split("|")
    }
    for page in (DOCSTRING, TABLE):
        rows = [height[folder.removesuffix("/").removesuffix(".py")] for folder in told(page)]
        rows = [row for row in rows if row != height["earlier"]]  # names of before, put last
        assert rows == sorted(rows), page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_and_module_of_a_page_is_there(page):
    text = page.read_text(encoding="utf-8")
    for path in re.findall(rf"`((?:{TOP})/[^`<>… ]+)`", text):
        assert path.startswith(MADE) or (ROOT / path.rstrip("/")).exists(), path
    folders = "|".join(folder[:-1] for folder in on_disk() if folder.endswith("/"))
    for module in re.findall(rf"`((?:{folders})/[a-z_]+)`", text):
        assert (PACKAGE / f"{module}.py").is_file() or (PACKAGE / module).is_dir(), module
    for dotted in re.findall(r"\bnbjudge(?:\.(?!yaml)\w+)+", text):
        assert is_there(dotted), dotted


def test_the_table_of_the_attacks_names_the_files_that_hold_them():
    folder = ROOT / "tests/attacks"
    text = (folder / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\S+\.py)` \|", text, re.M))
    assert {f"cells/{path.name}" for path in folder.glob("cells/*.py")} <= named
    assert all((folder / name).is_file() for name in re.findall(r"`([\w/]+\.py)`", text))


def test_the_verdicts_of_the_docs_are_those_of_the_code():
    text = (ROOT / "docs/instructors.md").read_text(encoding="utf-8")
    table = text.split("| verdict | of | meaning |")[1].split("\n\n")[0]
    assert re.findall(r"^\| ([a-z ]+) \|", table, re.M) == [str(verdict) for verdict in Verdict]


def is_there(dotted):
    """Say whether a dotted name is a module, or a name in one."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.util.find_spec(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        if found is None:
            continue
        thing = importlib.import_module(".".join(parts[:end]))
        for part in parts[end:]:
            thing = getattr(thing, part, None)
        return thing is not None
    return False
