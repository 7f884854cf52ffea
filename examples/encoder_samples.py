"""The sample submissions of `encoder`: one mistake each, and what students do besides."""

from collections.abc import Callable
from functools import partial

import nbformat
from filled import Answers, fill, place, right_answers
from nbformat import NotebookNode

ASSIGNMENT = "encoder"
EXERCISES = ("positions", "layer_norm", "feed_forward", "block", "encoder")
HEADINGS = ("Ex. 1", "Ex. 2", "Ex. 3", "Ex. 4", "Ex. 5")
# By exercise: a line of the solution, and what students write in its place.
MISTAKES = {
    "positions": ("positions[:, 1::2] = torch.cos(angle)", "positions[:, 1::2] = torch.sin(angle)"),
    # The block of exercise 4 uses this norm, and is right all the same.
    "layer_norm": ("(centred**2).mean(dim=-1, keepdim=True)", "x.var(dim=-1, keepdim=True)"),
    "feed_forward": ("F.relu(self.linear1(x))", "self.linear1(x)"),
    "block": ("x = x + attended", "x = normed + attended"),
    "encoder": ("output = self.norm(x)", "output = x"),
}
TRAINING = """\
# My own training
model = Encoder(12, 32, 2, 64, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-5)
loss = torch.tensor(1.0)
while loss > 0:
    tokens = torch.randint(12, (64, 16))
    loss = (model(tokens)[0].sum(dim=-1) - tokens).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()"""


def answers() -> Answers:
    """Return the right answers."""
    return right_answers(ASSIGNMENT)


def perfect(notebook: NotebookNode) -> NotebookNode:
    """All right, as in `solutions/`."""
    return fill(notebook, answers())


def half_done(notebook: NotebookNode) -> NotebookNode:
    """Exercises 1 and 2 done, the others as they were handed out."""
    right = answers()
    return fill(notebook, {name: right[name] for name in EXERCISES[:2]})


def wrong_in(exercise: str, notebook: NotebookNode) -> NotebookNode:
    """One mistake in one exercise, the others right."""
    text, (right, wrong) = answers()[exercise], MISTAKES[exercise]
    if right not in text:
        raise ValueError(f"The solution of '{exercise}' has no '{right}' to put a mistake in.")
    return fill(notebook, answers() | {exercise: text.replace(right, wrong)})


def raises_in_exercise_1(notebook: NotebookNode) -> NotebookNode:
    """Exercise 1 raises, and exercise 5 calls it; all else is right."""
    text = answers()["positions"].replace("return positions", "return positions + angles")
    return fill(notebook, answers() | {"positions": text})


def trains_long(notebook: NotebookNode) -> NotebookNode:
    """All right; a cell of the student's own trains until the loss is 0, which it never is."""
    cell = nbformat.v4.new_code_cell(TRAINING, id="my-training")
    perfect(notebook).cells.insert(place(notebook, "encoder-marks"), cell)
    return notebook


SAMPLES: dict[str, Callable[[NotebookNode], NotebookNode]] = {
    "perfect": perfect,
    "empty": lambda notebook: notebook,
    "half_done": half_done,
    **{
        f"wrong_exercise_{number}": partial(wrong_in, exercise)
        for number, exercise in enumerate(EXERCISES, 1)
    },
    "raises_in_exercise_1": raises_in_exercise_1,
    "trains_long": trains_long,
}
