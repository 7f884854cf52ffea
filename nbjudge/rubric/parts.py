"""Parts of what a student defined: whose class they are, and what stands in for them.

with standing_in(block, {"norm1": Layer("LayerNorm", 8)}):
    output, weights = block(x)          # with torch's norm in the place of the student's

with standing_in(Encoder, {"sinusoidal_positions": Table([((5, 8), positions)])}):
    encoder = Encoder(10, 8, 2, 16, 1)  # with our positions, whatever the student's do
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torch import nn

from nbjudge.boundary.stand_ins import place, put_into_module, put_into_namespace
from nbjudge.rubric.calls import Elsewhere
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.stand_ins import Function, StandIn


@contextmanager
def standing_in(subject: Any, stand_ins: Mapping[str, StandIn]) -> Iterator[None]:
    """Let stand-ins take the places of names or of submodules inside the block.

    `subject` is the student's function or class, and then each key is a name of the notebook; or it
    is a module, and then each key is the path of a submodule, such as `norm1` or `blocks.0`. Inside
    the block the module has the stand-in's parameters, under the same path. Raises `NotMet` for a
    path that leads to no submodule, and `LookupError` for a subject that is none of these.
    """
    if isinstance(subject, nn.Module):
        _all_there(subject, stand_ins)
    if isinstance(subject, Elsewhere):
        with subject.standing_in(stand_ins):
            yield
        return
    functions: list[Function] = []
    described = {name: one.described(functions) for name, one in stand_ins.items()}

    def answer(number: int, args: list[Any]) -> Any:
        return functions[number](*args)

    if isinstance(subject, nn.Module):
        put_back = put_into_module(subject, described, answer)
    else:
        put_back = put_into_namespace(subject, described, answer, None)
    try:
        yield
    finally:
        put_back()


def same_class(module: Any, defined: Any) -> bool:
    """Return whether a module's class is the very one that the notebook defined.

    `defined` is that class, or its proxy; None, where the notebook defines none, is no module's
    class. Of a student process this is what that process says of itself, so use it to be fair to
    honest work and give no points for it. It raises nothing of its own.
    """
    if isinstance(module, Elsewhere):
        return module.is_of(defined)
    return type(module) is defined


def _all_there(module: nn.Module, paths: Mapping[str, Any]) -> None:
    for path in paths:
        try:
            place(module, path)
        except LookupError:
            raise NotMet(
                f"Expected {type(module).__name__} to hold a submodule '{path}'; it has none of "
                "that name. A part is registered when it is assigned to self in __init__, and the "
                "parts in a list when the list is an nn.ModuleList."
            ) from None
