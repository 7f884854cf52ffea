"""Misconceptions of exercise 3."""

import torch
from torch import nn
from torch.nn import functional

from ..feed_forward import conventions, formula, gradients, parameters, positionwise, rubric

wrong = rubric.misconception
FORMULA = "the formula is linear2(relu(linear1(x)))."
ALONE = "each position goes through on its own."


class Forward(nn.Module):
    """A right layer; a misconception has one step of its own."""

    bias = True

    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.make(embed_dim, hidden_dim)

    def make(self, embed_dim, hidden_dim):
        self.linear1 = nn.Linear(embed_dim, hidden_dim, bias=self.bias)
        self.linear2 = nn.Linear(hidden_dim, embed_dim, bias=self.bias)

    def activation(self, hidden):
        return functional.relu(hidden)

    def forward(self, x):
        return self.linear2(self.activation(self.linear1(x)))


def activated(name, function, sentence):
    """Register a layer with another activation."""
    step = {"activation": lambda self, hidden: function(hidden)}
    wrong(f"{sentence}; {FORMULA}", formula)(type(name, (Forward,), step))


activated("NoActivation", lambda hidden: hidden, "There is no activation between your layers")
activated("Gelu", functional.gelu, "Your activation is GELU")
activated("TanhGelu", lambda h: functional.gelu(h, approximate="tanh"), "Your activation is GELU")
activated("Sigmoid", torch.sigmoid, "Your activation is a sigmoid")
activated("Tanh", torch.tanh, "Your activation is tanh")
activated("Leaky", functional.leaky_relu, "Your activation is a leaky ReLU, not 0 below 0")
activated("Silu", functional.silu, "Your activation is SiLU (Swish)")
activated("Elu", functional.elu, "Your activation is ELU")
activated("Softplus", functional.softplus, "Your activation is softplus, a smooth ReLU")
activated("Absolute", torch.abs, "Your activation takes the absolute value")
activated("Squared", lambda h: torch.relu(h).square(), "Your ReLU is squared")
activated("Negative", lambda h: h.clamp(max=0), "Your activation keeps what is below 0")
activated("SoftmaxBetween", lambda h: h.softmax(-1), "A softmax stands between your layers")
activated(
    "NormBetween",
    lambda h: functional.layer_norm(torch.relu(h), h.shape[-1:]),
    "There is a normalisation between your layers",
)
activated("TwiceHidden", lambda h: 2 * torch.relu(h), "What your ReLU gives is doubled")


@wrong(f"A second ReLU stands behind linear2; {FORMULA}", formula)
class SecondRelu(Forward):
    def forward(self, x):
        return torch.relu(super().forward(x))


@wrong(f"Your ReLU stands behind linear2, and none between the layers; {FORMULA}", formula)
class ReluLast(Forward):
    def forward(self, x):
        return torch.relu(self.linear2(self.linear1(x)))


@wrong(f"Your ReLU stands before linear1, and none between the layers; {FORMULA}", formula)
class ReluFirst(Forward):
    def forward(self, x):
        return self.linear2(self.linear1(torch.relu(x)))


@wrong(f"A second ReLU stands before linear1; {FORMULA}", formula)
class ReluTwice(Forward):
    def forward(self, x):
        return super().forward(torch.relu(x))


@wrong(f"You add x to the result; the residual belongs to the block, and {FORMULA}", formula)
class Residual(Forward):
    def forward(self, x):
        return x + super().forward(x)


@wrong(f"You normalise x first; the norm belongs to the block, and {FORMULA}", formula)
class NormFirst(Forward):
    def forward(self, x):
        return super().forward(functional.layer_norm(x, x.shape[-1:]))


@wrong(f"You normalise the result; the norm belongs to the block, and {FORMULA}", formula)
class NormLast(Forward):
    def forward(self, x):
        return functional.layer_norm(super().forward(x), x.shape[-1:])


@wrong("Your second layer uses linear1's matrix, turned; it should use linear2's.", formula)
class Tied(Forward):
    def forward(self, x):
        hidden = self.activation(self.linear1(x))
        return functional.linear(hidden, self.linear1.weight.T, self.linear2.bias)


@wrong("The bias of linear1 is not used.", formula)
class FirstBiasUnused(Forward):
    def forward(self, x):
        return self.linear2(self.activation(functional.linear(x, self.linear1.weight)))


@wrong("The bias of linear2 is not used.", formula)
class SecondBiasUnused(Forward):
    def forward(self, x):
        return functional.linear(self.activation(self.linear1(x)), self.linear2.weight)


@wrong("The biases of your layers are not used.", formula)
class BiasesUnused(Forward):
    def forward(self, x):
        hidden = self.activation(functional.linear(x, self.linear1.weight))
        return functional.linear(hidden, self.linear2.weight)


@wrong("You return what linear1 and ReLU give; linear2 comes next.", formula)
class HiddenReturned(Forward):
    def forward(self, x):
        return self.activation(self.linear1(x))


@wrong(
    "Your result has no axes for batch and sequence of their own; return the shape of x.", formula
)
class Flattened(Forward):
    def forward(self, x):
        return super().forward(x).flatten(0, 1)


@wrong(f"You add the mean over the sequence to each position; {ALONE}", positionwise)
class MeanAdded(Forward):
    def forward(self, x):
        return super().forward(x + x.mean(1, keepdim=True))


@wrong(f"Each position of your result is the mean over the sequence; {ALONE}", positionwise)
class Averaged(Forward):
    def forward(self, x):
        return super().forward(x).mean(1, keepdim=True).expand_as(x)


@wrong(f"Every position of your result is that of the first one; {ALONE}", positionwise)
class FirstPosition(Forward):
    def forward(self, x):
        return super().forward(x[:, :1]).expand_as(x)


@wrong(f"Your positions are summed up from left to right; {ALONE}", positionwise)
class RunningSum(Forward):
    def forward(self, x):
        return super().forward(x.cumsum(1))


@wrong(f"Every batch row of your result is that of the first one; {ALONE}", positionwise)
class FirstRow(Forward):
    def forward(self, x):
        return super().forward(x[:1]).expand_as(x)


@wrong("Your layers have no bias; both should have one.", parameters)
class NoBias(Forward):
    bias = False


@wrong("Your linear1 makes embed_dim numbers; it should make hidden_dim.", parameters)
class Narrow(Forward):
    def make(self, embed_dim, hidden_dim):
        super().make(embed_dim, embed_dim)


@wrong("Your layers have changed names: linear1 comes first.", parameters)
class NamesChanged(Forward):
    def make(self, embed_dim, hidden_dim):
        super().make(embed_dim, hidden_dim)
        self.linear1, self.linear2 = self.linear2, self.linear1

    def forward(self, x):
        return self.linear1(self.activation(self.linear2(x)))


@wrong("No gradient reaches your layers; they should be trainable.", parameters)
class Frozen(Forward):
    def make(self, embed_dim, hidden_dim):
        super().make(embed_dim, hidden_dim)
        self.requires_grad_(False)


@wrong("No gradient flows back from linear2; do not detach what lies between.", gradients)
class Detached(Forward):
    def activation(self, hidden):
        return torch.relu(hidden.detach())


@wrong("Your layer drops values at random in train mode; the exercise has no dropout.", conventions)
class Dropout(Forward):
    def activation(self, hidden):
        return functional.dropout(torch.relu(hidden), 0.1, self.training)


@wrong("Your result is float64 where x is float32; keep the dtype of x.", conventions)
class Double(Forward):
    def forward(self, x):
        return super().forward(x).double()
