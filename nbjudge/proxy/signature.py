"""The signature of a function of student code, for a test that calls `inspect.signature`."""

from inspect import Parameter, Signature
from typing import Any

from nbjudge.boundary.wire import WireError

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
