"""The encoder's notebook, as a student meets it: visible tests, plots, training, quick mode."""

import re
from pathlib import Path

import nbformat
import pytest
import torch
from in_process import Notebook
from support.course import ROOT
from support.plots import looks_drawn

EXERCISES = ("positions", "layer_norm", "feed_forward", "block", "encoder")
PLOTS = ("positions", "layer_norm", "feed_forward", "block")
TRAINING = ("task", "reverser", "train")


def notebook(path="solutions", until="encoder", graded="", **answers):
    """The notebook with the cells of the exercises run, some of them with another answer."""
    made = Notebook(f"{path}/encoder/encoder.ipynb", graded)
    made.cells |= answers
    made.run("import-required-libraries", "helpers", *EXERCISES[: EXERCISES.index(until) + 1])
    return made


def changed(exercise, *edits, path="solutions/encoder/encoder.ipynb"):
    """The solution of an exercise after edits, each (before, after)."""
    source = Notebook(path).cells[exercise]
    for before, after in edits:
        assert before in source
        source = source.replace(before, after)
    return source


def first_mistakes():
    """Yield (exercise, sentence, edits) of each mistake of the list."""
    text = Path(__file__).with_name("first_mistakes.txt").read_text(encoding="utf-8")
    for head, body in re.findall(r"^# (.+)\n((?:[-+] ?.*\n)+)", text, re.M):
        exercise, _, sentence = head.partition(": ")
        lines = [line[2:] for line in body.splitlines()]
        yield exercise, sentence, list(zip(lines[::2], lines[1::2], strict=True))


@pytest.mark.parametrize(("exercise", "sentence", "edits"), first_mistakes())
def test_a_first_mistake_is_told_in_a_sentence_that_teaches(exercise, sentence, edits):
    made = notebook(until=exercise, **{exercise: changed(exercise, *edits)})
    with pytest.raises(AssertionError, match=re.escape(sentence)):
        made.run(f"{exercise}-test")


IDIOMS = {
    "positions": """
def sinusoidal_positions(seq_len, embed_dim):
    rate = torch.exp(-math.log(10000) * torch.arange(0, embed_dim, 2) / embed_dim)
    angle = torch.outer(torch.arange(seq_len), rate)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
""",
    "layer_norm": "class LayerNorm(nn.LayerNorm):\n    pass",
    "feed_forward": """
class FeedForward(nn.Sequential):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.relu = nn.ReLU()
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
""",
    "block": """
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads, self.head_dim = num_heads, embed_dim // num_heads
        self.norm1, self.norm2 = nn.LayerNorm(embed_dim), nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        batch, seq, width = x.shape
        at = self.attention
        projected = F.linear(self.norm1(x), at.in_proj_weight, at.in_proj_bias)
        parts = projected.view(batch, seq, 3, self.heads, self.head_dim).permute(2, 0, 3, 1, 4)
        scores = parts[0] @ parts[1].mT / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(~mask.bool()[:, None, None], -1e9)
        weights = scores.softmax(dim=-1)
        x = x + at.out_proj((weights @ parts[2]).transpose(1, 2).reshape(x.shape))
        return [x + self.feed_forward(self.norm2(x)), weights]
""",
    "encoder": """
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        blocks = (EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers))
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(tokens.size(1), x.size(-1)).type_as(x)
        maps = ()
        for block in self.blocks:
            x, weights = block(x, mask=mask)
            maps += (weights,)
        return self.norm(x), maps
""",
}


def test_right_answers_in_other_words_pass_every_visible_test():
    for answers in ({}, IDIOMS):
        made = notebook(**answers)
        told = made.run(*(f"{name}-test" for name in EXERCISES))
        assert told.count("✓ All tests passed!") == 5


def test_an_unfinished_exercise_is_a_line_and_a_failure_when_it_is_validated():
    made = notebook("release")
    told = made.run(*(f"{name}-test" for name in EXERCISES))
    assert re.findall(r"✗ (\w+) is not complete", told) == [
        "sinusoidal_positions", "LayerNorm", "FeedForward", "EncoderBlock", "Encoder",
    ]  # fmt: skip
    assert "✓" not in told
    validated = notebook("release", graded="validate")
    for name in EXERCISES:
        with pytest.raises(AssertionError, match="is not complete"):
            validated.run(f"{name}-test")


def test_what_is_marked_stands_before_the_code_and_says_that_it_is_more_than_the_tests():
    cells = nbformat.read(ROOT / "release/encoder/encoder.ipynb", as_version=4).cells
    ids = [cell.id for cell in cells]
    for name in EXERCISES:
        place = ids.index(f"{name}-contract")
        assert ids[place + 1] == name
        assert "more than the visible tests below check" in cells[place].source.split("\n")[0]


WRONG = {
    "positions": ("positions[:, 1::2] = torch.cos", "positions[:, 1::2] = torch.sin"),
    "layer_norm": ("torch.sqrt(variance + self.eps)", "1"),
    "feed_forward": ("F.relu(", "("),
    "block": ("mask == 0", "mask < 0"),
}


@pytest.mark.parametrize("exercise", PLOTS)
def test_a_plot_is_opaque_varied_and_another_one_for_a_wrong_answer(exercise):
    right = notebook(until=exercise)
    right.run(f"{exercise}-plot")
    (picture,) = right.pictures()
    assert looks_drawn(picture)
    assert len(right.shown[0].alt.split()) > 10
    wrong = notebook(until=exercise, **{exercise: changed(exercise, WRONG[exercise])})
    wrong.run(f"{exercise}-plot")
    (other,) = wrong.pictures()
    assert other.tobytes() != picture.tobytes()


@pytest.mark.parametrize("exercise", PLOTS)
def test_a_plot_of_an_unfinished_exercise_is_a_line_without_a_picture(exercise):
    made = notebook("release")
    number = EXERCISES.index(exercise) + 1
    assert f"This appears when exercise {number} is complete." in made.run(f"{exercise}-plot")
    assert made.shown == []


@pytest.fixture(scope="module")
def trained():
    """The notebook, with its encoder trained as in JupyterLab."""
    made = notebook()
    made.run(*TRAINING)
    made.told = made.run("training")
    return made


def test_training_ends_by_accuracy_and_rewrites_one_line(trained):
    assert re.fullmatch(
        r"\n?Step +\d+: loss 0\.\d+, +\d+\.\d% of the held-out .* right", trained.told
    )
    history = trained.names["history"]
    assert len(history) >= 5  # the line was rewritten as often
    assert history[-1][2] >= trained.names["GOAL"] > 0.95
    assert all(accuracy < trained.names["GOAL"] for *_, accuracy in history[:-1])


def test_a_stuck_start_is_given_up_once():
    made = notebook()
    made.run(*TRAINING)
    names = made.names
    names.update(MOST_STEPS=300, accuracy_of=lambda *_: 0.2)
    begun, reverser = [], names["Reverser"]
    names["Reverser"] = lambda *layers: begun.append(reverser(*layers)) or begun[-1]
    made.cells["go"] = "model, history = train()"
    made.run("go")
    assert len(begun) == 2
    assert names["model"] is begun[1]
    first, second = (one.head.weight for one in begun)
    assert not torch.equal(first, second)


def test_plots_of_training_are_drawn_and_follow_the_weights(trained):
    seen = {}
    for plot in ("training-plot", "attention-plot"):
        trained.run(plot)
        (seen[plot],) = trained.pictures()
        assert looks_drawn(seen[plot])
    model = trained.names["model"]
    other = notebook()
    other.run(*TRAINING)
    other.names.update(model=other.names["Reverser"](), history=[(1, 2.0, 0.1), (2, 1.5, 0.2)])
    for plot, picture in seen.items():
        other.run(plot)
        assert other.pictures()[0].tobytes() != picture.tobytes()
    assert model is trained.names["model"]


def test_layer_2_looks_along_an_anti_diagonal_that_follows_the_length(trained):
    tokens, _, mask = trained.names["HELD_OUT"]
    with torch.no_grad():
        weights = trained.names["model"](tokens, mask)[1][1].mean(dim=1)  # (batch, seq, seq)
    lengths = mask.sum(dim=1, keepdim=True)
    mirrored = (lengths - 1 - torch.arange(16)).clamp(min=0)  # (batch, seq)
    assert (weights.argmax(dim=-1) == mirrored)[mask].float().mean() > 0.85


def test_an_ablation_tells_accuracy_and_movement_and_puts_the_positions_back(trained):
    made = trained
    made.run("ablate")
    yours = made.names["sinusoidal_positions"]
    most, made.names["MOST_STEPS"] = made.names["MOST_STEPS"], 2
    try:
        for name in ("one layer", "no positions", "mask left out"):
            made.cells["go"] = f"ablate({name!r})"
            told = made.run("go")
            assert f"Left out: {name}." in told
            moved = float(re.search(r"by up to ([\d.]+)\.", told)[1])
            assert (moved > 0.001) == (name == "mask left out")
            assert made.names["sinusoidal_positions"] is yours
    finally:
        made.names["MOST_STEPS"] = most
    made.cells["go"] = "ablate('...')"
    assert "one layer, no positions, mask left out" in made.run("go")


def test_a_wrong_or_unfinished_encoder_gets_a_line_in_the_training_part():
    wrong = changed("encoder", ("return output, attention_weights", "return output[:, :3]"))
    for made in (notebook("release"), notebook(encoder=wrong)):
        made.run(*TRAINING)
        assert "This appears when exercises 1 to 5 are complete." in made.run("training")
        for plot in ("training-plot", "attention-plot"):
            assert made.run(plot).strip() == "This plot appears when your encoder has been trained."
            assert made.pictures() == []
        made.run("ablate")
        made.cells["go"] = next(text for name, text in made.cells.items() if "your-turn" in name)
        made.cells["go"] = made.cells["go"].replace('"..."', '"one layer"')
        assert "This appears when exercises 1 to 5 are complete." in made.run("go")


@pytest.mark.parametrize("graded", ["autograde", "validate"])
def test_while_graded_or_validated_training_takes_three_steps_and_draws_nothing(graded):
    made = notebook(graded=graded)
    told = made.run(*TRAINING, "training", "training-plot", "attention-plot")
    assert [step for step, *_ in made.names["history"]] == [3]
    assert "training takes 3 steps only" in told
    assert told.count("this plot is left out: there is no trained encoder") == 2
    assert made.pictures() == []


def own_attention(*edits):
    """The class of the first notebook's solution, after edits."""
    return changed("multi_head", *edits, path="solutions/attention/attention.ipynb")


LINEAR = "nn.Linear(embed_dim, embed_dim)"
PARAMETER = "nn.Parameter(torch.randn(embed_dim, embed_dim))"


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", "No MultiHeadAttention is pasted above, so there is nothing to compare"),
        (own_attention(), "✓ Your attention gives the same numbers"),
        (own_attention((LINEAR, LINEAR[:-1] + ", bias=False)")), "✓ Your attention"),
        (
            own_attention(
                (LINEAR, PARAMETER), *((f"self.W_{n}({x})", f"{x} @ self.W_{n}")
                for n, x in zip("qkvo", ("x", "x", "x", "attended"), strict=True)),
            ),
            "✓ Your attention",
        ),
        (own_attention(("self.head_dim**0.5", "self.embed_dim**0.5")), "✗ Your attention differs"),
        (own_attention(("mask.unsqueeze(1) == 0", "mask.unsqueeze(1) == 1")), "differs|NaN|nan"),
        ("class MultiHeadAttention(nn.Module):\n    pass", "This appears when your Multi"),
    ],
)  # fmt: skip
def test_ones_own_attention_is_compared_only_where_it_is_pasted_in(pasted, says):
    made = notebook(until="positions")
    made.execute(pasted)
    assert re.search(says, made.run("own_attention"))
