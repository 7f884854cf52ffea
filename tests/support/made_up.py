"""Classes of made-up students, among them pairs who share their work and hide it.

Each student takes every exercise from the solutions of other hands in this repository, right and
wrong ones, most of them from the few that are common, and those first that fit the student's own
taste. Then each writes it down differently: other names, other spellings of the same call, other
comments, a print left behind, the skeleton's words kept or not.

A planted pair shares all exercises but one. The second has other names throughout, other comments,
another layout, and another order of the statements that do not depend on each other.
"""

import ast
import io
import random
import re
import tokenize

import nbformat
from support.corpora import EXERCISES, SIDES, texts
from support.course import ROOT

from nbjudge.notebook.master import read_master, visible_text
from nbjudge.similarity.handed_in import Exercise, HandedIn

TASTES = (" @ ", "einsum", "bmm", "matmul", "for ", "F.softmax", "torch.softmax", "math.", "**")
SPELLINGS = (
    (r"torch\.softmax\(", "F.softmax("), (r"F\.softmax\(", "torch.softmax("),
    (r"\.size\((-?\d)\)", r".shape[\1]"), (r"\.shape\[(-?\d)\]", r".size(\1)"),
    (r"math\.sqrt\(", "np.sqrt("), (r"float\(['\"]-inf['\"]\)", "-1e9"), (r"-1e9", "-1e10"),
    (r"-float\(['\"]inf['\"]\)", "float('-inf')"), (r"\.transpose\(1, 2\)", ".transpose(-2, -1)"),
    (r"\.transpose\(-2, -1\)", ".transpose(-1, -2)"), (r"\.mT\b", ".transpose(-2, -1)"),
    (r"\.unsqueeze\(1\)", "[:, None]"), (r"\.squeeze\(1\)", ".squeeze(dim=1)"),
    (r"dim=-1\b", "-1"), (r"\.view\(", ".reshape("), (r" == 0", " < 0.5"),
    (r"torch\.matmul\((\w+), (\w+)\)", r"\1 @ \2"),
    (r"(\w+) @ (\w+)\b(?!\.)", r"torch.matmul(\1, \2)"),
    (r"super\(\w+, self\)", "super()"), (r"torch\.bmm\(", "torch.matmul("),
)  # fmt: skip
NAMES = {
    "score": ["scores", "score", "s", "attn_scores", "logits", "sim", "raw", "energy", "att", "e"],
    "weight": ["weights", "attention_weights", "attn", "w", "alpha", "probs", "p", "a", "attn_w"],
    "out": ["output", "out", "context", "result", "res", "ctx", "o", "y", "attention_output", "z"],
    "any": ["tmp", "temp", "val", "h", "t", "aux", "m", "mat", "u", "v1", "x1", "foo", "tensor"],
}
PHRASES = {
    "what": ["compute", "calculate", "get", "find", "first", "now", "here I", "apply", "take",
             "the", "we need", "this is", "make", "step:"],
    "of": ["the scores", "attention scores", "scores", "softmax", "the weights", "weighted sum",
           "the mask", "output", "dot product", "result", "projections", "the heads", "shapes",
           "scaling", "the sum of values", "masked positions", "the batch", "last dimension"],
    "how": ["", "", "", "", "over keys", "for each query", "with softmax", "(batch, seq)",
            "as in the slides", "along the last dim", "in the formula", "so that it sums to 1",
            "for broadcasting", "before softmax", "like in the lecture", "using torch"],
}  # fmt: skip
LEFT = ("print({}.shape)", "print({})", "# print({}.shape)", "assert {} is not None", "{} = {}")


def bank(assignment):
    """Return the solutions of each exercise, by the id of its cell."""
    found = {}
    for path in EXERCISES:
        if path.partition("/")[0] == assignment:
            some = [text for side in SIDES for text in texts(side, path).values()]
            found[path.partition("/")[2]] = [_renamed(text, {}) for text in some]
    return found


def make_class(seed, assignment, students=200, planted=10):
    """Return the answers of each student, by the cells' ids, and the planted pairs.

    The work of a planted pair is its first student's, hidden by the second.
    """
    rng = random.Random(f"{seed} {assignment}")
    solutions = bank(assignment)
    for some in solutions.values():
        rng.shuffle(some)  # the first are the most common
    words = given(assignment)
    names = [f"student-{number:04}" for number in range(students)]
    handed_in = {name: _honest(rng, solutions, words) for name in names}
    chosen = rng.sample(names, 2 * planted)
    pairs = {tuple(sorted(pair)) for pair in zip(chosen[::2], chosen[1::2], strict=True)}
    for first, second in sorted(pairs):
        own = rng.choice(sorted(solutions))
        for cell in solutions:
            if cell != own:
                handed_in[second][cell] = hidden(rng, handed_in[first][cell])
    return handed_in, pairs


def class_of(seed, assignment, students=200, planted=10):
    """Return a class of `make_class` as the package reads it from a course, without its files."""
    answers, pairs = make_class(seed, assignment, students, planted)
    master = read_master(ROOT / "source" / assignment / f"{assignment}.ipynb")
    exercises = [Exercise(name, name, True) for name in bank(assignment)]
    given = [visible_text(cell) for cell in master.cells if cell.cell_type == "code"]
    return HandedIn(exercises, given, [], answers), pairs


def hand_in(course, assignment, handed_in):
    """Write the answers of a class into `submitted/`, in the notebook that was handed out."""
    file = ROOT / "release" / assignment / f"{assignment}.ipynb"
    text = file.read_text(encoding="utf-8")
    for student, answers in handed_in.items():
        notebook = nbformat.reads(text, as_version=4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        target = course / "submitted" / student / assignment / file.name
        target.parent.mkdir(parents=True)
        nbformat.write(notebook, target)


def _honest(rng, solutions, words):
    keeps = rng.random() < 0.5
    tastes = rng.sample(TASTES, 3)
    voice = [rng.choice(some) for some in NAMES.values()]
    talks = rng.choice((0, 0.1, 0.4))
    answers = {}
    for cell, some in solutions.items():
        likes = [
            3 ** sum(taste in text for taste in tastes) / (rank + 2)
            for rank, text in enumerate(some)
        ]
        (text,) = rng.choices(some, likes)
        for pattern, spelling in rng.sample(SPELLINGS, 8):
            text = re.sub(pattern, spelling, text)
        renamed = {
            # In their order, so that a seed makes the same class in every process.
            name: _in_voice(rng, name, voice)
            for name in sorted(_locals(text))
            if rng.random() < 0.6
        }
        text = _renamed(text, renamed)
        text = _left_behind(rng, text) if rng.random() < 0.15 else text
        text = commented(rng, text, talks)
        text = _with_given(text, words[cell]) if keeps else text
        answers[cell] = text[:-1] if rng.random() < 0.01 else text  # some do not parse
    return answers


def given(assignment):
    """Return the comments of the skeleton that stand in each cell, as they were handed out."""
    file = ROOT / "release" / assignment / f"{assignment}.ipynb"
    cells = nbformat.read(file, as_version=4).cells
    return {cell.id: re.findall(r"^ *(# (?:TODO|Hint).*)$", cell.source, re.M) for cell in cells}


def _with_given(text, lines):
    """Return a text with the skeleton's comments, which many keep, below its first `def`."""

    def kept(match):
        return match[0] + "".join(f"{match[1]}    {line}\n" for line in lines)

    return re.sub(r"^( *)def .*:\n", kept, text, count=1, flags=re.M)


def _in_voice(rng, name, voice):
    for word, mine in zip(NAMES, voice, strict=True):
        if word in name or name in NAMES[word]:
            return mine
    return rng.choice([name, name, rng.choice(NAMES["any"])])


def hidden(rng, text):
    """Return a solution as somebody hands it in who took it from another, and hides that."""
    text = _reordered(rng, text)
    fresh = [
        f"{one}{number}" for one in ("var", "q", "tensor", "n", "step") for number in range(60)
    ]
    rng.shuffle(fresh)
    text = _renamed(text, dict(zip(sorted(_locals(text)), fresh, strict=False)))
    return commented(rng, _laid_out(rng, text), 0.3)


def _locals(text):
    """Return the names that functions of a text give values to, but for their arguments."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return set()
    names = {
        node.id
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return names - {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _renamed(text, names):
    """Return a text with other names, written down anew, without its comments."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names = {old: new for old, new in names.items() if new not in taken}
    if len(set(names.values())) < len(names):
        names = {old: new for new, old in {new: old for old, new in names.items()}.items()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [names.get(one, one) for one in node.names]
    return ast.unparse(tree)


def _reordered(rng, text):
    """Return a text in which neighbours that share no name that either sets change places."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text
    for block in ast.walk(tree):
        body = getattr(block, "body", None)
        for place in range(len(body) - 1) if isinstance(body, list) else ():
            one, other = body[place : place + 2]
            simple = all(isinstance(some, ast.Assign) for some in (one, other))
            if simple and rng.random() < 0.7 and not _depend(one, other):
                body[place], body[place + 1] = other, one
    return ast.unparse(tree)


def _depend(one, other):
    names = [_words(some) for some in (one, other)]
    sets = [
        {ast.unparse(name) for target in some.targets for name in _set(target)}
        for some in (one, other)
    ]
    return sets[0] & names[1] or sets[1] & names[0]


def _set(target):
    return target.elts if isinstance(target, ast.Tuple) else [target]


def _words(node):
    """Return all names of a statement; of `a.b.c` also `a` and `a.b`."""
    found = set()
    for word in re.findall(r"[\w.]+", ast.unparse(node)):
        parts = word.split(".")
        found |= {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    return found


def _laid_out(rng, text):
    """Return a text with breaks and spaces between the tokens of its calls."""
    try:
        ast.parse(text)
    except SyntaxError:
        return text
    deep, out, end = 0, [], (1, 0)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.start[0] > end[0]:
            end = (token.start[0], 0)
        out.append(" " * (token.start[1] - end[1]) + token.string)
        deep += (token.string in "([{" and token.type == tokenize.OP) - (
            token.string in ")]}" and token.type == tokenize.OP
        )
        if deep and token.string == "," and rng.random() < 0.3:
            out.append("\n            ")
        end = token.end
    return re.sub(r"\n\s*\n", "\n", "".join(out))


def _left_behind(rng, text):
    lines = text.split("\n")
    places = [at for at, line in enumerate(lines) if re.match(r"\s+\w+ = [^(]*[^,([{\\]$", line)]
    if not places:
        return text
    at = rng.choice(places)
    indent, name = re.match(r"(\s+)(\w+)", lines[at]).groups()
    lines.insert(at + 1, indent + rng.choice(LEFT).replace("{}", name))
    new = "\n".join(lines)
    try:
        ast.parse(new)
    except SyntaxError:
        return text
    return new


def commented(rng, text, often):
    """Return a text with comments of one's own at the ends of lines."""
    lines = []
    for line in text.split("\n"):
        quiet = not line.strip() or line.rstrip().endswith("\\") or '"""' in line
        said = " ".join(rng.choice(some) for some in PHRASES.values()).strip()
        lines.append(line if quiet or rng.random() > often else f"{line}  # {said}")
    return "\n".join(lines)
