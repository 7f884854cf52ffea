"""Gradients cross the trust boundary and equal those of one process."""

import torch


def test_gradients_cross_the_boundary_and_equal_the_local_ones(connect):
    source = "def f(x, y, y2):\n    return torch.tanh(x @ y), (x * y2.T).sum(), x.shape[0]"
    remote = connect(source, "f")
    names = {"torch": torch}
    exec(source, names)
    x, y = (torch.randn(3, 3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    grads = []
    for function in (remote, names["f"]):
        one, two, size = function(x, y, y)
        assert size == 3
        total = (one * torch.arange(9.0).reshape(3, 3)).sum() + two**2
        grads.append(torch.autograd.grad(total, [x, y]))
        one, two, _ = function(2 * x, y, y)  # not a leaf
        grads.append(torch.autograd.grad(one.sum() + two, [x, y]))
    for here, there in zip(grads[:2], grads[2:], strict=True):
        assert all(torch.allclose(a, b) for a, b in zip(here, there, strict=True))


def test_what_is_cut_off_from_the_graph_is_seen(connect):
    remote = connect("def f(x):\n    return x.detach() * 2, x * 3", "f")
    cut, kept = remote(torch.ones(2, requires_grad=True))
    assert (cut.requires_grad, kept.requires_grad) == (False, True)
    with torch.no_grad():
        assert not remote(torch.ones(2, requires_grad=True))[1].requires_grad
