"""Solutions turn into the seed's placeholders, and into clear errors where they cannot."""

import pytest

from nbjudge.notebook.skeleton import SkeletonError, skeleton


def region(*lines, indent=4):
    pad = " " * indent
    marked = ["### BEGIN SOLUTION", *lines, "### END SOLUTION"]
    return "\n".join(pad + line for line in marked)


def test_a_name_read_later_becomes_a_placeholder():
    source = f"def f(x):\n{region('y = x + 1')}\n    return y"
    assert skeleton(source) == "def f(x):\n    y = None  # YOUR CODE HERE\n    return y"


def test_a_trailing_comment_is_kept_and_a_comment_line_is_not():
    source = f"def f(x):\n{region('# how', 'y = x  # shape: (batch, seq)')}\n    return y"
    assert "y = None  # YOUR CODE HERE - shape: (batch, seq)" in skeleton(source)
    assert "how" not in skeleton(source)


def test_attributes_always_become_placeholders_in_order():
    body = region("self.a = 1", "self.b = 2  # second", indent=8)
    expected = "        self.a = None  # YOUR CODE HERE\n"
    expected += "        self.b = None  # YOUR CODE HERE - second"
    assert skeleton(f"class A:\n    def f(self):\n{body}").endswith(expected)


def test_a_helper_name_of_the_region_disappears():
    source = f"def f(x):\n{region('h = x * 2', 'y = h')}\n    return y"
    assert skeleton(source).count("YOUR CODE HERE") == 1


def test_a_region_that_fills_a_block_becomes_pass():
    source = f"def f(x, m):\n    if m:\n{region('x = x + m', indent=8)}\n    return x"
    assert "        pass  # YOUR CODE HERE" in skeleton(source)


def test_a_whole_function_body_becomes_pass():
    source = f'def f(x):\n    """Doc."""\n{region("y = x", "return y")}'
    assert skeleton(source) == 'def f(x):\n    """Doc."""\n    pass  # YOUR CODE HERE'


def test_names_at_the_top_of_a_cell_are_kept_for_other_cells():
    assert skeleton(region("w = 3", indent=0)) == "w = None  # YOUR CODE HERE"


def test_text_without_regions_is_left_alone():
    assert skeleton("x = (  # not even Python\n") == "x = (  # not even Python\n"


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", 2, "inside the region"),
        ("x = 1\n### END SOLUTION", 2, "without a BEGIN"),
        ("### BEGIN SOLUTION\nx = 1", 1, "never closed"),
        ("### BEGIN SOLUTION\n### END SOLUTION", 1, "no whole statement"),
        ("### BEGIN SOLUTION\nx = (\n### END SOLUTION", 2, "not Python"),
        ("y = f(\n### BEGIN SOLUTION\n1,\n### END SOLUTION\n)", 2, "cuts the statement"),
        (f"def f(x):\n{region('a, b = x')}\n    return a", 3, "No placeholder can define 'a'"),
        (
            f"def f(x):\n{region('def g():', '    return 1')}\n    return g()",
            3,
            "No placeholder can define 'g'",
        ),
        (
            "if x:\n    ### BEGIN SOLUTION\n    y = 1\nz = 2\n### END SOLUTION",
            3,
            "crosses the end of a block",
        ),
    ],
)
def test_what_cannot_become_a_skeleton_is_refused_with_its_line(source, line, says):
    with pytest.raises(SkeletonError, match=says) as caught:
        skeleton(source)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"Line {line}: ")
