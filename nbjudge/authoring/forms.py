"""The misconceptions of a rubric, in forms that the bank was not written in, as a student's code.

A student is free in much that does not matter: a layer's parameters may be nn.Linear or
nn.Parameter, and a function may refuse a mask of floats. What a misconception is recognised by must
not depend on that. So each one is run in a student process, behind proxies, as a submission is:

    as it is        the bank's own class or function
    in each form    a section of `rubrics/<assignment>/forms/<exercise>.py`, which begins with a
                    line `# %% its name`, and makes the solution of `Wrong`. Misconceptions that
                    cannot have this form follow in the same line: `# %% packed, not Shared`.

All of it is the course's own code, so its process may know the bank. It cannot read our files, so
their text is sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbjudge.boundary import messages
from nbjudge.course import RubricError
from nbjudge.judge.prefetch import Conversation
from nbjudge.process.budget import Budget
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.process.zygote import Zygote
from nbjudge.proxy.objects import Objects

AS_IT_IS = "as it is"
_SECTION = re.compile(r"^# %% (\w+)(?:, not ([\w, ]+))?\n", re.M)
_SECONDS = 60
# The cell that makes the list WRONG. Modules of the bank are imported from texts; a module of the
# rubric itself is replaced by one that collects what is registered.
_CELL = """\
import importlib.abc, importlib.util, sys

class Rubric:
    def __init__(self):
        self.known = []

    def misconception(self, sentence, loses):
        return lambda wrong: self.known.append(wrong) or wrong

class Texts(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "bank":
            package = name in ("bank", "bank.misconceptions")
            return importlib.util.spec_from_loader(name, self, is_package=package)

    def exec_module(self, module):
        name = module.__name__.removeprefix("bank.misconceptions.")
        if name in TEXTS:
            exec(compile(TEXTS[name], module.__name__, "exec"), module.__dict__)
        elif not hasattr(module, "__path__"):
            module.rubric = RUBRIC
            module.__getattr__ = {}.get

TEXTS, RUBRIC = %r, Rubric()
sys.meta_path.insert(0, Texts())
importlib.import_module("bank.misconceptions.%s")
WRONG = RUBRIC.known
"""


@dataclass(frozen=True)
class Told:
    """What the author of a misconception is told in one form; an empty sentence for nothing.

    `expected` says that it should be named in this form, since it is as it is.
    """

    misconception: Any
    form: str
    sentence: str
    expected: bool


def told(
    root: Path, path: str, rubric: Any, before: str, zygote: Zygote, seeds: range
) -> Iterator[Told]:
    """Yield what is said of each misconception of rubric `path`: as it is, and in other forms.

    With one seed a misconception is tried in one other form, the next one in the next form. As many
    seeds as there are forms try every misconception in every form. `before` is the text that the
    exercise builds on: imports, and earlier solutions. Raises `RubricError` where the text of the
    bank or of a form cannot be run.
    """
    bank, known = _bank(root, path), _forms(root, path)
    for number, wrong in enumerate(rubric.bank.known):
        possible = [name for name, (_, without) in known.items() if wrong.name not in without]
        chosen = {possible[(number + seed) % len(possible)] for seed in seeds if possible}
        texts = {name: known[name][0] for name in sorted(chosen)}
        session = Session(zygote, Limits(total_seconds=_SECONDS * (len(texts) + 1)))
        try:
            _run(session, bank, f"{path}: the misconceptions")
            is_named = False
            for form, text in {AS_IT_IS: f"{rubric.solution} = Wrong\n", **texts}.items():
                cell = f"{before}\nWrong = WRONG[{number}]\n{text}"
                _run(session, cell, f"{path}: the form '{form}' of {wrong.name}")
                defined = proxies(session, [rubric.solution, *rubric.beside])
                sentence = str(rubric.diagnose(defined.get(rubric.solution), defined))
                yield Told(wrong, form, sentence, is_named)
                is_named = is_named or (form == AS_IT_IS and bool(sentence))
        finally:
            session.close()


def _run(session: Session, text: str, what: str) -> None:
    """Run a cell; raise `RubricError` where it raises or is stopped."""
    ran = session.run(text)
    errors = [one for one in ran.outputs if one["output_type"] == "error"]
    if ran.breach or errors:
        said = ran.breach or f"{errors[0]['ename']}: {errors[0]['evalue']}"
        raise RubricError(f"{what} cannot be run in a student process: {said}")


def _bank(root: Path, path: str) -> str:
    assignment, _, exercise = path.partition("/")
    folder = root / "rubrics" / assignment / "misconceptions"
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))}
    return _CELL % (texts, exercise)


def _forms(root: Path, path: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the text of each form, and the misconceptions that cannot have it."""
    assignment, _, exercise = path.partition("/")
    file = root / "rubrics" / assignment / "forms" / f"{exercise}.py"
    if not file.is_file():
        return {}
    names, impossible, texts = _parts(_SECTION.split(file.read_text(encoding="utf-8"))[1:])
    return {
        name: (text, tuple(re.findall(r"\w+", without or "")))
        for name, without, text in zip(names, impossible, texts, strict=True)
    }


def _parts(split: list[str]) -> tuple[list[str], list[str], list[str]]:
    return split[::3], split[1::3], split[2::3]


def proxies(session: Session, names: list[str]) -> dict[str, Any]:
    """Return a proxy for each of `names` that a student process defined."""

    def ask(do: str, **request: Any) -> dict[str, Any]:
        conversation = Conversation(session, Budget(_SECONDS))
        conversation.tell = objects.tell
        return conversation.ask(do, **request)

    objects = Objects(ask)
    # As for a submission: what draws random numbers is then told the same every time.
    objects.ask(messages.BEGIN)
    return objects.bind(names)
