"""The protocol: every message between the judge process, a zygote and a student process.

    judge process ── control socket ──> zygote            FORK, END, PROVE, WARM, TWIN
                  <── READY, then an answer to each ──
    judge process ── a socket pair ───> student process   questions, in envelopes
                  <── HELLO, then a reply to each envelope ──

Every message is one frame of `wire`, whose first byte is the version of this protocol. A change of
any message below is a new `wire.VERSION`.

Who is believed. The zygote never runs student code, so its answers are believed. What a student
process sends is data: the types below say what an honest process sends, and the judge process
checks each field that it uses.

Questions and answers are frames inside the frame of an envelope. So the judge process can keep a
question and its answer as bytes, compare them to the bit, and decode only what a test asks for.
"""

from typing import Any, Final, NotRequired, TypedDict

from torch import Tensor

# --- judge process -> zygote, over the control socket -------------------------------------------

FORK: Final = "fork"  # with the student process's end of a socket pair   -> Forked
END: Final = "end"  # kill the student process                            -> Usage
WARM: Final = "warm"  # import modules, for all later forks                -> Warmed
PROVE: Final = "prove"  # try the sandbox in a child                      -> Proven
TWIN: Final = "twin"  # with an end of another zygote's control socket    (no answer)


class PolicyFields(TypedDict):
    """The part of `confined.sandbox.Policy` that the judge process chooses."""

    # Which paths may be read is not sent: the zygote looks that up (`confined.allowlist`).

    scratch: str
    cpu_seconds: int
    memory_bytes: int  # of address space; 0: no limit
    file_bytes: int
    open_files: int
    gpu: bool
    landlock_abi: int | None


class StudentOptions(TypedDict):
    """How a student process is set up besides its rights."""

    unconfined: bool
    threads: int
    most_outputs: int
    output_bytes: int


class ZygoteRequest(TypedDict):
    """A request to a zygote; `do` is one of the verbs above."""

    do: str
    policy: NotRequired[PolicyFields]  # FORK, PROVE
    how: NotRequired[StudentOptions]  # FORK
    modules: NotRequired[list[str]]  # WARM


# --- zygote -> judge process ---------------------------------------------------------------------


class Ready(TypedDict):
    """The first message of a zygote: its own process id."""

    ready: int


class Warmed(TypedDict):
    """The answer to WARM: the modules that are not imported, since they fail or start threads."""

    left_out: list[str]


class Forked(TypedDict):
    """The answer to FORK."""

    pid: int


class Layer(TypedDict):
    """One layer of the sandbox, as a try of it found it."""

    name: str
    what: str
    held: bool
    detail: str


class Proven(TypedDict):
    """The answer to PROVE."""

    layers: list[Layer]


class Usage(TypedDict):
    """The answer to END: how the student process ended, and what it and its children used."""

    exit: int  # 0 where it ended by a signal
    signal: int  # 0 where it ended by itself
    cpu_seconds: float
    peak_mb: float


# --- student process -> judge process, once ------------------------------------------------------


class Hello(TypedDict):
    """Says that the process has given up its rights, or why that failed: one of the two."""

    missing: NotRequired[list[str]]  # layers that are missing, in words; tolerated if unconfined
    failed: NotRequired[str]


# --- judge process -> student process ------------------------------------------------------------


class Envelope(TypedDict):
    """Questions that travel together, each a frame; the reply repeats the number."""

    number: int
    asked: list[bytes]


class Reply(TypedDict):
    """The reply to an envelope: one frame for each question, which holds an `Answer`."""

    number: int
    answers: list[bytes]


# A question is a dictionary: `do` is one of these verbs, the other fields are that verb's own.
RUN: Final = "run"  # source: str, continues: bool                        -> Shown
BEGIN: Final = "begin"  # (nothing)                                       -> None
FIND: Final = "find"  # names: list[str]                                  -> dict[name, Kind]
CALL: Final = "call"  # the fields of CallRequest                         -> CallAnswer
CALL_ALL: Final = "calls"  # calls: list[CallRequest]                     -> list[CallAnswer]
BACKWARD: Final = "backward"  # graph: int, directions: list[Tensor|None] -> list[Tensor | None]
ATTRIBUTE: Final = "attribute"  # target: int, name: str                  -> Kind
FORGET: Final = "forget"  # (nothing): the exercise has ended             -> None

QUESTIONS: Final = (RUN, BEGIN, FIND, CALL, CALL_ALL, BACKWARD, ATTRIBUTE, FORGET)


class CallRequest(TypedDict):
    """One call of a name, or of an object that an earlier call kept."""

    target: str | int
    args: list[Any]
    kwargs: NotRequired[dict[str, Any]]  # CALL only
    grad: NotRequired[bool]  # False: under torch.no_grad()
    keep: NotRequired[bool]  # keep the result as an object, and describe it
    state: NotRequired[dict[str, Tensor] | None]  # of a module, where it is new
    training: NotRequired[bool]  # of a module
    directions: NotRequired[list[Tensor] | None]  # CALL_ALL: gradients along these are wanted
    watched: NotRequired[bool]  # CALL_ALL: say what is disturbed of what is global


# --- student process -> judge process: answers ---------------------------------------------------

Kind = list[Any]  # ["class" or "callable", name of the type], or ["value", data]


class Raised(TypedDict):
    """An exception of student code."""

    name: str
    text: str
    line: str  # the student's own line, or ""
    traceback: str


class Answer(TypedDict):
    """What a question led to: exactly one of the two."""

    value: NotRequired[Any]
    raised: NotRequired[Raised]


class CellError(TypedDict):
    """The exception that stopped a cell; `line` is the cell's own, from 1, or 0 if not known."""

    name: str
    text: str
    line: int


class Shown(TypedDict):
    """The value of RUN: outputs as nbformat has them, and what was cut off them, or ""."""

    outputs: list[dict[str, Any]]
    cut: str
    error: NotRequired[CellError]  # where the cell did not run to its end


class ModuleState(TypedDict):
    """A module: its tensors, which of them are parameters, and the types of its submodules."""

    state: dict[str, Tensor]
    parameters: list[str]
    types: dict[str, str]
    training: bool


class CallAnswer(TypedDict):
    """What one call did; of CALL_ALL, a call that raised has `raised` alone."""

    result: NotRequired[Any]
    changed: NotRequired[dict[int, Tensor]]  # arguments that the call wrote into, by position
    disturbed: NotRequired[list[str]]
    gradients: NotRequired[dict[Any, Tensor | None]]  # CALL_ALL, by position or parameter name
    graph: NotRequired[int | None]  # CALL: what BACKWARD takes
    module: NotRequired[ModuleState | None]  # where the state has changed
    object: NotRequired[int]  # of a result that was kept, as are the next two
    type: NotRequired[str]
    callable: NotRequired[bool]
    raised: NotRequired[Raised]
