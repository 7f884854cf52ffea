"""The conventions of torch: a call keeps dtype and device, and changes nothing on the way."""

from collections.abc import Sequence

import torch
from torch import nn

from nbjudge.rubric import Outcome, call_all, expect
from nbjudge.tensors import inputs
from nbjudge.tensors.cases import TOLERANCE, Case, Looked, Tensors, ask
from nbjudge.tensors.checks import compare, varied

DOUBLE = 1e-6  # tolerance of float64 results
# Of what a call may disturb, what changes the results of other code; see `Outcome.disturbed`.
MODES = ("torch's default dtype", "torch's grad mode", "the seed of")


def conventions(
    cases: Sequence[Case], tolerance: float = DOUBLE, looked_at: Sequence[str] | None = None
) -> None:
    """Check that dtype and device are kept, and that nothing is changed on the way.

    Results that are constant earn nothing: rows of the first case's must not be all the same.
    Arguments and what is global must be left alone, equal calls must give equal results, and
    results must be the same without gradients and in train mode: a module is in train mode for
    float32, in eval mode for float64. Results that are right must be right in float64, too, within
    `tolerance`. Of what is global, all counts, or names that begin with one of `looked_at`. Raises
    `NotMet`.
    """
    known = ask(cases)
    for one, name in zip(known[0][1], known[0][0].names, strict=True):
        varied(one, name)
    right = [case.fitting(results) is not None for case, results in known]
    functions = {id(one.function): one.function for one in cases}.values()
    modules = [one for one in functions if isinstance(one, nn.Module)]
    try:
        for device, dtype in inputs.settings():
            for module in modules:
                module.to(device, dtype).train(dtype is torch.float32)
            moved = [case.moved(device, dtype) for case in cases]
            for number, results in enumerate(_kept(known, moved, device, dtype, looked_at)):
                if right[number] and dtype is torch.float64:
                    compare(
                        moved[number],
                        results,
                        f"In {dtype} it should be right within {tolerance:g}.",
                        tolerance,
                    )
    finally:
        for module in modules:
            module.to("cpu", torch.float32).eval()


def untouched(case: Case, outcome: Outcome, looked_at: Sequence[str] | None = None) -> None:
    """Raise `NotMet` where a watched call changed an argument, or something global.

    `looked_at` are the beginnings of the names that count; without it, all do.
    """
    disturbed = counted(outcome, looked_at)
    expect.side_effects(outcome.changed, disturbed, list(case.named_args))


def counted(outcome: Outcome, looked_at: Sequence[str] | None) -> list[str]:
    """Return the names of what is global that a watched call changed, and that count."""
    beginnings = ("",) if looked_at is None else tuple(looked_at)
    return [one for one in outcome.disturbed if one.startswith(beginnings)]


def _kept(
    known: Sequence[Looked],
    moved: Sequence[Case],
    device: torch.device,
    dtype: torch.dtype,
    looked_at: Sequence[str] | None,
) -> list[Tensors]:
    """Compare calls in one dtype and on one device with what is `known`; return their results."""
    calls = [case.call(watched=True) for case in moved]
    unrecorded = [case.call(watched=True, grad=False) for case in moved]
    outcomes = iter(call_all([*calls, *calls, *unrecorded]))
    first, second, without = ([next(outcomes) for _ in moved] for _ in range(3))
    found = [case.look(outcome) for case, outcome in zip(moved, first, strict=True)]
    for number, case in enumerate(moved):
        untouched(case, first[number], looked_at)
        untouched(case, without[number], looked_at)
        for one, name in zip(found[number], case.names, strict=True):
            expect.kind(one, dtype, device, name)
        mode = "in train mode" if dtype is torch.float32 else f"in {dtype}"
        _as_before(case, found[number], known[number][1], mode)
        for one, two in zip(found[number], case.look(second[number]), strict=True):
            expect.equal(one, two)
        _as_before(case, case.look(without[number]), found[number], "under torch.no_grad()")
    return found


def _as_before(case: Case, found: Tensors, before: Tensors, mode: str) -> None:
    for one, wanted, name in zip(found, before, case.names, strict=True):
        where = f"{mode}, {name}"
        expect.close(one, expect.exact(wanted), where, "", TOLERANCE, "be as before")
