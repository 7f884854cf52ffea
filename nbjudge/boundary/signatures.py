"""The signature of a function, told to the other process: for `inspect.signature` over there."""

import inspect
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import WireError

_KINDS = {
    kind.name: kind
    for kind in (
        Parameter.POSITIONAL_ONLY,
        Parameter.POSITIONAL_OR_KEYWORD,
        Parameter.VAR_POSITIONAL,
        Parameter.KEYWORD_ONLY,
        Parameter.VAR_KEYWORD,
    )
}


def parameters(function: Callable[..., Any]) -> list[messages.Parameter]:
    """Return the parameters of a function or a class; raises what `inspect.signature` raises."""
    return [
        [one.name, one.kind.name, True, one.default]
        if one.default is not one.empty
        else [one.name, one.kind.name, False, None]
        for one in inspect.signature(function).parameters.values()
    ]


def signature(told: Any) -> Signature:
    """Return the signature of a list of `messages.Parameter`; raises `WireError` if it is none.

    It has names, kinds and defaults, and no annotations: those are rarely data.
    """
    try:
        return Signature([_parameter(*one) for one in told])
    except (TypeError, ValueError, KeyError) as error:
        raise WireError("A signature has parameters that no function can have.") from error


def _parameter(name: Any, kind: Any, optional: Any, default: Any) -> Parameter:
    return Parameter(name, _KINDS[kind], default=default if optional else Parameter.empty)
