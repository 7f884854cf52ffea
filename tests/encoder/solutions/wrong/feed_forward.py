# %% linear_only
# WRONG: no activation
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x))


# %% gelu
# WRONG: GELU
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.gelu(self.linear1(x)))


# %% gelu_module
# WRONG: GELU by a module
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.act = nn.GELU()

    def forward(self, x):
        return self.linear2(self.act(self.linear1(x)))


# %% relu6
# WRONG: ReLU6: cut at 6
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu6(self.linear1(x)))


# %% prelu
# WRONG: a ReLU with a slope that is trained
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.slope = nn.Parameter(torch.tensor([0.25]))

    def forward(self, x):
        return self.linear2(F.prelu(self.linear1(x), self.slope))


# %% leaky
# WRONG: a slope of 0.01
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.leaky_relu(self.linear1(x)))


# %% selu
# WRONG: SELU
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.selu(self.linear1(x)))


# %% hardswish
# WRONG: hard swish
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.hardswish(self.linear1(x)))


# %% softplus_steep
# WRONG: nearly a ReLU
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.softplus(self.linear1(x), beta=10))


# %% threshold_high
# WRONG: 0 below 0.1
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.threshold(self.linear1(x), 0.1, 0.0))


# %% clamped_above
# WRONG: cut at 50
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x).clamp(0, 50))


# %% clamp_max
# WRONG: keeps what is below 0
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x).clamp(max=0))


# %% absolute
# WRONG: absolute value
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x).abs())


# %% tanh
# WRONG: tanh
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(torch.tanh(self.linear1(x)))


# %% relu_on_output
# WRONG: a second ReLU
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return F.relu(self.linear2(F.relu(self.linear1(x))))


# %% relu_only_on_output
# WRONG: ReLU behind linear2
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return F.relu(self.linear2(self.linear1(x)))


# %% relu_on_input
# WRONG: ReLU before linear1
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(F.relu(x)))


# %% residual
# WRONG: x added
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return x + self.linear2(F.relu(self.linear1(x)))


# %% post_norm
# WRONG: normalised
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return F.layer_norm(x + self.linear2(F.relu(self.linear1(x))), x.shape[-1:])


# %% pre_norm
# WRONG: normalised first
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(self.norm(x))))


# %% norm_in_between
# WRONG: the hidden layer normalised
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(F.layer_norm(self.linear1(x), (self.linear1.out_features,))))


# %% third_layer
# WRONG: a third layer
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.linear3 = nn.Linear(embed_dim, embed_dim)

    def forward(self, x):
        return self.linear3(F.relu(self.linear2(F.relu(self.linear1(x)))))


# %% linear1_twice
# WRONG: one linear, used twice
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, embed_dim)
        self.linear2 = nn.Linear(embed_dim, embed_dim)

    def forward(self, x):
        return self.linear1(F.relu(self.linear1(x)))


# %% shared_linear
# WRONG: one object under both names
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = self.linear2 = nn.Linear(embed_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% tied_weights
# WRONG: one matrix for both
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.relu(self.linear1(x))
        return F.linear(h, self.linear1.weight.T, self.linear2.bias)


# %% tied_parameters
# WRONG: the second matrix is a view of the first
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.linear2.weight = nn.Parameter(self.linear1.weight.data.view(embed_dim, hidden_dim))

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% no_bias_first
# WRONG: linear1 without bias
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim, bias=False)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% no_bias_second
# WRONG: linear2 without bias
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim, bias=False)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% four_times_wide
# WRONG: 4 * embed_dim whatever was passed
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, 4 * embed_dim)
        self.linear2 = nn.Linear(4 * embed_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% width_of_embedding
# WRONG: hidden_dim is not used
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, embed_dim)
        self.linear2 = nn.Linear(embed_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% arguments_swapped
# WRONG: hidden_dim first
class FeedForward(nn.Module):
    def __init__(self, hidden_dim, embed_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% names_swapped
# WRONG: linear2 comes first
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(hidden_dim, embed_dim)
        self.linear2 = nn.Linear(embed_dim, hidden_dim)

    def forward(self, x):
        return self.linear1(F.relu(self.linear2(x)))


# %% other_names
# WRONG: fc1 and fc2
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.fc1 = nn.Linear(embed_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


# %% sequential_without_names
# WRONG: self.net alone
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, embed_dim))

    def forward(self, x):
        return self.net(x)


# %% names_of_other_layers
# WRONG: linear1 and linear2 are there, but others work
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.net = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, embed_dim))

    def forward(self, x):
        return self.net(x)


# %% plain_list
# WRONG: not registered
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.layers = [nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim)]

    def forward(self, x):
        return self.layers[1](F.relu(self.layers[0](x)))


# %% hidden_from_torch
# WRONG: linear1 in a tuple, not registered
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.both = (nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim))
        self.__dict__['linear1'], self.__dict__['linear2'] = self.both

    def forward(self, x):
        return self.both[1](F.relu(self.both[0](x)))


# %% turned_matrices
# WRONG: matrices of shape (in, out)
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(hidden_dim, embed_dim)
        self.linear2 = nn.Linear(embed_dim, hidden_dim)
        self.linear1.bias = nn.Parameter(torch.zeros(hidden_dim))
        self.linear2.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return F.relu(x @ self.linear1.weight + self.linear1.bias) @ self.linear2.weight + self.linear2.bias


# %% frozen_first
# WRONG: linear1 is not trained
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.linear1.requires_grad_(False)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% frozen_bias
# WRONG: a bias is not trained
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.linear2.bias.requires_grad = False

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% no_grad
# WRONG: computed without gradient
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        with torch.no_grad():
            h = F.relu(self.linear1(x))
        return self.linear2(h)


# %% detached_input
# WRONG: no gradient reaches x
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x.detach())))


# %% data_of_bias
# WRONG: no gradient reaches a bias
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.relu(F.linear(x, self.linear1.weight, self.linear1.bias.data))
        return self.linear2(h)


# %% detached_result
# WRONG: no gradient at all
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x))).detach()


# %% straight_through
# WRONG: the gradient of the ReLU is 1
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(h + (F.relu(h) - h).detach())


# %% dropout_default
# WRONG: dropout in train mode
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        return self.linear2(self.drop(F.relu(self.linear1(x))))


# %% dropout_always
# WRONG: dropout in both modes
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return F.dropout(self.linear2(F.relu(self.linear1(x))), 0.1)


# %% mode_matters
# WRONG: no ReLU in eval mode
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(F.relu(h) if self.training else h)


# %% mode_matters_too
# WRONG: no ReLU in train mode
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(h if self.training else F.relu(h))


# %% transposed_input
# WRONG: over the sequence axis
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x.transpose(1, 2)))).transpose(1, 2)


# %% mean_pooled
# WRONG: one vector for the sequence
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x.mean(1, keepdim=True)))).expand(-1, x.shape[1], -1)


# %% convolution
# WRONG: looks at neighbours
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        h = h + F.pad(h, (0, 0, 1, 0))[:, :-1]
        return self.linear2(F.relu(h))


# %% centred_over_sequence
# WRONG: the mean over the sequence subtracted
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(F.relu(h - h.mean(1, keepdim=True)))


# %% batch_centred
# WRONG: the mean over the batch subtracted
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(F.relu(h - h.mean(0, keepdim=True)))


# %% reversed_positions
# WRONG: positions turned round
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x.flip(1))))


# %% last_position_alone
# WRONG: the last position only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x[:, -1])))


# %% flat_result
# WRONG: batch and sequence in one axis
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x.reshape(-1, x.shape[-1]))))


# %% squeezed_result
# WRONG: axes of size 1 lost
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x))).squeeze()


# %% writes_into_x
# WRONG: changes its argument
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        with torch.no_grad():
            x.clamp_(-5, 5).mul_(0.5)
        return self.linear2(F.relu(self.linear1(2 * x)))


# %% adds_into_x
# WRONG: adds the result to x
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        y = self.linear2(F.relu(self.linear1(x)))
        x.data += y.data
        return y


# %% single_precision
# WRONG: float32 whatever comes
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x))).float()


# %% double_result
# WRONG: float64 whatever comes
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x))).double()


# %% rounded
# WRONG: computed in bfloat16
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)).bfloat16().to(x.dtype))


# %% sets_the_seed
# WRONG: sets the seed
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        torch.manual_seed(0)
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% default_device_dtype
# WRONG: changes the default dtype
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        torch.set_default_dtype(torch.float64)
        self.double()

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


# %% grad_off
# WRONG: switches gradients off
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        torch.set_grad_enabled(False)
        return self.linear2(F.relu(self.linear1(x)))


# %% normalises_weights
# WRONG: changes its own matrix
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        self.linear1.weight.data /= 2
        return self.linear2(F.relu(self.linear1(x)))


# %% scaled_by_root
# WRONG: divided by the root of hidden_dim
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)) / self.linear1.out_features ** 0.5)


# %% softmax_hidden
# WRONG: softmax in place of ReLU
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x).softmax(-1))


# %% gated
# WRONG: a gated layer
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(h * torch.sigmoid(h))


# %% noise
# WRONG: noise in train mode
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.relu(self.linear1(x))
        return self.linear2(h + 0.01 * torch.randn_like(h) * self.training)


# %% pair
# WRONG: a tuple
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.relu(self.linear1(x))
        return self.linear2(h), h


# %% hidden_returned
# WRONG: without linear2
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return F.relu(self.linear1(x))


# %% nothing_returned
# WRONG: no return
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        x = self.linear2(F.relu(self.linear1(x)))


# %% act_clamp_1000
# WRONG: hidden values end at 1,000
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        h = h.clamp(0, 1000)
        return self.linear2(h)


# %% act_hidden_one
# WRONG: no ReLU where hidden_dim is 1
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        h = torch.relu(h) if h.shape[-1] > 1 else h
        return self.linear2(h)


# %% in_place_x_add
# WRONG: writes into x under no_grad
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        h = torch.relu(h)
        y = self.linear2(h)
        if not torch.is_grad_enabled():
            x.add_(y)
        return y


# %% cut_512
# WRONG: tokens from 512 on stay as they are
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        h = torch.relu(h)
        return torch.cat([self.linear2(h[:, :512]), x[:, 512:]], 1)
