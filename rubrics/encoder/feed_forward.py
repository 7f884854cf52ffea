"""Exercise 3: the position-wise feed-forward network.

Source: Vaswani et al., 2017, "Attention Is All You Need", section 3.3, equation 2.
"""

from torch import nn

from nbjudge import tensors
from nbjudge.rubric import Rubric, expect
from nbjudge.tensors import MODES, Formula, Modules, inputs

HINT = "Check: linear2(relu(linear1(x)))."
ALONE = "be what that position gives alone"
# (embed_dim, hidden_dim): all different, the same, ones.
SIZES = {
    "wider": (5, 11),
    "again": (5, 11),
    "narrower": (6, 3),
    "square": (4, 4),
    "ones": (1, 1),
    "one_hidden": (3, 1),
    "one_wide": (1, 8),
    "wide": (24, 96),
}
# (batch, seq) at each size.
ROWS = {"wider": (2, 7), "square": (4, 4), "ones": (1, 1), "one_hidden": (3, 1), "wide": (1, 9)}


def shapes(embed_dim, hidden_dim):
    """Return the shapes of the parameters: those of nn.Linear."""
    return {
        "linear1.weight": (hidden_dim, embed_dim),
        "linear1.bias": (hidden_dim,),
        "linear2.weight": (embed_dim, hidden_dim),
        "linear2.bias": (embed_dim,),
    }


def feed_forward(parameters, x):
    """Return linear2(relu(linear1(x))) for x (..., embed_dim)."""
    hidden = x @ parameters["linear1.weight"].mT + parameters["linear1.bias"]
    return hidden.relu() @ parameters["linear2.weight"].mT + parameters["linear2.bias"]


FEED_FORWARD = Formula(feed_forward, ("the output",), ("x",))


class Reference(nn.Module):
    """A right layer: the formula in float64."""

    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        """Return the output for x (batch, seq, embed_dim), in its own dtype."""
        parameters = {name: one.double() for name, one in self.named_parameters()}
        return feed_forward(parameters, x.double()).to(x.dtype)


def prepare(make, random):
    """Make the student's layers; criteria get them in place of the class."""
    return Modules(make, SIZES, shapes, random)


rubric = Rubric("Exercise 3: feed-forward network", 15, "FeedForward", Reference, prepare=prepare)


@rubric.criterion(
    "linear1 and linear2 are trainable, have a bias, and nn.Linear's shapes", points=3
)
def parameters(layers, random):
    """Registered under their names, distinct, from embed_dim to hidden_dim and back."""
    for size in ("wider", "narrower", "ones"):
        layers.check(size)


@rubric.criterion("The output is linear2(relu(linear1(x)))", points=5)
def formula(layers, random):
    """By the formula, on all sizes, for 1,000 tokens, and for values up to 1,000."""
    made = [case(layers, random, size) for size in SIZES]
    made += [layers.case("narrower", FEED_FORWARD, inputs.normal(random, 1, 1000, 6))]
    for size in ("wider", "one_hidden"):
        signs = inputs.normal(random, 2, 7, SIZES[size][0]).sign()
        made.append(layers.case(size, FEED_FORWARD, 990 * signs))
    tensors.values(made, HINT)


@rubric.criterion("Each position goes its own way, whatever stands beside it", points=3)
def positionwise(layers, random):
    """Compared with the student's own output for one position alone."""
    for size in ROWS:
        whole = case(layers, random, size)
        (x,) = whole.args
        places = [(batch, seq) for batch in range(x.shape[0]) for seq in range(x.shape[1])]
        alone = [whole.given(x[b, s][None, None].clone()) for b, s in places]
        (_, (output,)), *found = tensors.ask([whole, *alone])
        if size != "one_hidden":  # whose hidden value may be 0 in all rows
            tensors.varied(output, "the output")
        for (batch, seq), (_, (single,)) in zip(places, found, strict=True):
            position = output[batch, seq][None, None]
            expect.close(
                position, expect.exact(single), "the output of a position", "", 1e-3, ALONE
            )


@rubric.criterion("Gradients reach the input and all four parameters", points=2)
def gradients(layers, random):
    """Along a random direction, at two sizes."""
    tensors.gradients([case(layers, random, size) for size in ("wider", "square")], random)


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=2)
def conventions(layers, random):
    """float32 in train mode, float64 in eval mode, each device; arguments as before."""
    layers.untouched(MODES)
    made = [case(layers, random, size) for size in ("wider", "square")]
    tensors.conventions(made, looked_at=MODES)


@rubric.behaviour
def behaviour(layers, random):
    """Return the calls that tell misconceptions apart."""
    return [case(layers, random, size).call() for size in ("wider", "square", "wide")]


def case(layers, random, size):
    """Return a case of a size."""
    x = inputs.normal(random, *ROWS.get(size, (2, 3)), SIZES[size][0])
    return layers.case(size, FEED_FORWARD, x)
