"""An exception of student code, as a test sees it."""

import pytest
import torch

from nbjudge.proxy.errors import RemoteError


def test_an_exception_arrives_with_its_name_and_the_students_line(connect):
    remote = connect("def f(x):\n    y = x @ x.T @ x.T\n    return y", "f")
    with pytest.raises(RemoteError) as caught:
        remote(torch.ones(2, 3))
    assert type(caught.value).__name__ == "RuntimeError"
    assert "shapes cannot be multiplied" in str(caught.value)
    assert caught.value.line == "y = x @ x.T @ x.T"
    assert caught.value.__notes__ == ["Look at this line of yours: y = x @ x.T @ x.T"]
