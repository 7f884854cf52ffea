"""What authors of rubrics import is what docs/rubrics.md documents, and its examples run."""

import inspect
import re

import pytest
from support.course import ROOT

from nbjudge import rubric, tensors
from nbjudge.rubric import Outcome, Rubric, expect

PAGE = ROOT / "docs/rubrics.md"
TEXT = PAGE.read_text(encoding="utf-8")
# Methods of Rubric that authors use are listed on the page; these are for the package's own use.
OF_THE_PACKAGE = {"diagnose", "meets", "mark", "add_up"}
RAISE_NOTHING = {
    *("Rubric", "Rubric.criterion", "Rubric.behaviour", "Rubric.misconception"),
    *("Call", "Outcome", "NotMet", "expect.exact", "expect.is_close", "Answered", "Table"),
    *("tensors.Case", "tensors.Formula", "tensors.Modules", "padding.share"),
    *("parameters.drawn", "parameters.fill_others", "parameters.named"),
    *(f"inputs.{name}" for name in vars(tensors.inputs)),
}


def functions_of_expect():
    return {
        f"expect.{name}": thing
        for name, thing in vars(expect).items()
        if inspect.isfunction(thing) and thing.__module__ == expect.__name__ and name[0] != "_"
    }


def functions_of_tensors():
    """Return what `nbjudge.tensors` exports, and the functions of the modules that it exports."""
    found = {}
    for name in tensors.__all__:
        thing = getattr(tensors, name)
        if inspect.ismodule(thing):
            found |= {
                f"{name}.{key}": one
                for key, one in vars(thing).items()
                if inspect.isfunction(one) and one.__module__ == thing.__name__ and key[0] != "_"
            }
        elif callable(thing):
            found[f"tensors.{name}"] = thing
    return found


def methods(kind, without=frozenset()):
    return {
        f"{kind.__name__}.{name}": thing
        for name, thing in vars(kind).items()
        if inspect.isfunction(thing) and name[0] != "_" and name not in without
    }


PUBLIC = {
    **{name: getattr(rubric, name) for name in rubric.__all__ if name != "expect"},
    **functions_of_expect(),
    **methods(Rubric, OF_THE_PACKAGE),
    **methods(Outcome),
    **functions_of_tensors(),
}
# Made with functions, or with empty collections, where nothing else is given.
DEFAULTS_IN_WORDS = {Outcome, tensors.Case, tensors.Modules, tensors.parameters.load}


def documented():
    return dict(re.findall(r"^### `([\w.]+)\((.*)\)`$", TEXT, re.M))


def test_what_is_exported_is_what_authors_need():
    assert set(rubric.__all__) == {
        "Answered", "Call", "Layer", "NotMet", "Outcome", "Rubric", "Table", "call_all", "expect",
        "grade", "same_class", "standing_in",
    }  # fmt: skip
    assert expect.NotMet is rubric.NotMet


def test_the_page_documents_the_public_surface_and_nothing_else():
    assert set(documented()) == set(PUBLIC)


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - {"NotMet"}))
def test_the_page_shows_the_arguments(name):
    parameters = [one for one in inspect.signature(PUBLIC[name]).parameters if one != "self"]
    shown = re.sub(r'"[^"]*"', "", documented()[name])
    assert [part.split("=")[0].strip() for part in shown.split(",") if part] == parameters
    if PUBLIC[name] not in DEFAULTS_IN_WORDS:
        defaults = dict(re.findall(r'(\w+)=("[^"]*"|[^,]+)', documented()[name]))
        told = {
            one.name: one.default
            for one in inspect.signature(PUBLIC[name]).parameters.values()
            if one.default is not inspect.Parameter.empty
        }
        assert {key: eval(value) for key, value in defaults.items()} == told


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_the_page_says_what_is_raised(name):
    section = TEXT.split(f"### `{name}(")[1].split("\n### ")[0].split("\n## ")[0]
    assert re.search(r"\braise(s|d)?\b|\bexception\b", section, re.I)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_the_docstring_says_what_is_raised(name):
    told = PUBLIC[name].__doc__
    assert told
    if name not in RAISE_NOTHING:
        assert re.search(r"\braises?\b", told, re.I)


def test_the_examples_of_the_page_run(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NBJUDGE_SEED", "1")
    namespace = {"__name__": "rubrics"}
    code = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)
    assert len(code) > 12
    for block in code:
        exec(compile(block, str(PAGE), "exec"), namespace)


@pytest.mark.parametrize("kind", [tensors.Case, tensors.Modules])
def test_the_page_names_every_method_of_the_toolkits_classes(kind):
    section = TEXT.split(f"### `tensors.{kind.__name__}(")[1].split("\n### ")[0]
    for name in methods(kind):
        assert f"{name.partition('.')[2]}(" in section, name


def test_every_function_of_the_toolkit_has_an_example():
    examples = "\n".join(re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S))
    for name in functions_of_tensors():
        assert re.search(rf"\b{re.escape(name.removeprefix('tensors.'))}\b", examples), name


def test_every_function_of_expect_has_an_example():
    examples = "\n".join(re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S))
    for name in (*functions_of_expect(), "grade", "call_all", "Call", "Rubric", "NotMet"):
        assert re.search(rf"\b{re.escape(name)}\b", examples), name
