"""The protocol: every message between the judge process, a zygote and a student process.

    judge process ── control socket ──> zygote            FORK, END, PROVE, WARM, TWIN
                  <── READY, then an answer to each ──
    judge process ── a socket pair ───> student process   questions, in envelopes
                  <── HELLO, then a reply to each envelope ──
                  <── ASKING, while a reply is due; TOLD answers it ──

Every message is one frame of `wire`, whose first byte is the version of this protocol. A change of
any message below is a new `wire.VERSION`.

Who is believed. The zygote never runs student code, so its answers are believed. What a student
process sends is data: the types below say what an honest process sends, and the judge process
checks each field that it uses.

Student code may call a function of the rubric that stands in (`STAND_IN`), or one of the test that
it was given (`OFFER`). Then the student process asks, before its reply, and the judge process tells
what the function gives. That is the one question that a student process may put, and only under the
number of the envelope that is open. Such a function may call student code itself: then another
envelope comes before the judge process tells.

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


class Asking(TypedDict):
    """Student process -> judge process, before the reply: a frame, which holds an `Asked`."""

    number: int  # of the envelope
    asks: bytes


class Asked(TypedDict):
    """A call of a function of the test; with `directions`, the gradients of that call are asked.

    The function is called anew for gradients, so nothing is kept in the judge process.
    """

    function: int  # its number, of the description of a stand-in or of OFFER
    args: list[Any]
    kwargs: NotRequired[dict[str, Any]]
    grad: bool  # False: under torch.no_grad()
    directions: NotRequired[list[Tensor | None]]  # of the results that can be differentiated


class Told(TypedDict):
    """Judge process -> student process: a frame, which holds an `Answer` to an `Asked`.

    Its value is the result, or the gradient of each tensor of [args, kwargs], None where unused.
    """

    number: int
    told: bytes


class ToldRaised(TypedDict):
    """What `Answer.raised` is in a `Told`: an exception of the function."""

    name: str
    lineage: "Lineage"
    args: list[Any]


# A question is a dictionary: `do` is one of these verbs, the other fields are that verb's own.
RUN: Final = "run"  # source: str, continues: bool                        -> Shown
BEGIN: Final = "begin"  # (nothing)                                       -> None
FIND: Final = "find"  # names: list[str]                                  -> dict[name, Kind]
CALL: Final = "call"  # the fields of CallRequest                         -> CallAnswer
CALL_ALL: Final = "calls"  # calls: list[CallRequest]                     -> list[CallAnswer]
BACKWARD: Final = "backward"  # graph: int, directions: list[Tensor|None] -> list[Tensor | None]
ATTRIBUTE: Final = "attribute"  # target: str | int, path, name: str      -> Kind
SET: Final = "set"  # target: str | int, name: str, value: Any            -> None
SHARE: Final = "share"  # names: dict[str, Any], gone: list[str], until FORGET -> None
IS_A: Final = "is a"  # target: str | int, path: str, kind: str | int     -> bool
SIGNATURE: Final = "signature"  # target: str | int                       -> list[Parameter]
OF_CLASS: Final = "of class"  # target: int, path: str, name: str         -> bool
OFFER: Final = "offer"  # the fields of OfferRequest                      -> None
STAND_IN: Final = "stand in"  # the fields of StandInRequest              -> ModuleState | None
PUT_BACK: Final = "put back"  # state, training: the latest STAND_IN ends -> ModuleState | None
FORGET: Final = "forget"  # (nothing): the exercise has ended             -> None

QUESTIONS: Final = (
    *(RUN, BEGIN, FIND, CALL, CALL_ALL, BACKWARD),
    *(ATTRIBUTE, SET, SHARE, IS_A, SIGNATURE, OF_CLASS, OFFER, STAND_IN, PUT_BACK, FORGET),
)


class CallRequest(TypedDict):
    """One call of a name, or of an object that an earlier call kept."""

    target: str | int
    path: NotRequired[str]  # of a submodule, which is called in place of the whole module
    args: list[Any]
    kwargs: NotRequired[dict[str, Any]]  # CALL only
    grad: NotRequired[bool]  # False: under torch.no_grad()
    keep: NotRequired[bool]  # keep the result as an object, and describe it
    state: NotRequired[dict[str, Tensor] | None]  # of a module, where it is new
    training: NotRequired[bool]  # of a module
    directions: NotRequired[list[Tensor] | None]  # CALL_ALL: gradients along these are wanted
    watched: NotRequired[bool]  # CALL_ALL: say what is disturbed of what is global


class OfferRequest(TypedDict):
    """A function of the test, as student code sees it; FORGET ends it.

    A `Reference` of kind "offered" to its number stands for it from then on.
    """

    number: int
    name: str
    doc: str | None
    parameters: "list[Parameter] | None"  # None where they are not known


class StandInRequest(TypedDict):
    """Stand-ins for names of the notebook that `target` uses, or for submodules of `target`.

    The answer describes the module. FORGET ends all stand-ins.
    """

    target: str | int
    path: NotRequired[str]  # of a submodule, whose own submodules are meant
    places: dict[str, list[Any]]  # name, or path of a submodule -> `boundary.stand_ins`
    asks: bool  # whether the judge process will be asked for a function
    state: NotRequired[dict[str, Tensor] | None]
    training: NotRequired[bool]


# --- student process -> judge process: answers ---------------------------------------------------

# ["class" or "exception", Lineage]; ["callable", name of the type]; ["part", path of a submodule];
# ["value", data]. Data may hold a `Reference` for what does not travel.
Kind = list[Any]


class Lineage(TypedDict):
    """A class and what it derives from, the nearest first, as far as it has names."""

    names: list[str]  # of the notebook
    builtins: list[str]  # of Python's own
    libraries: list[str]  # "module:name" of those that both processes can import


# Name, kind as `inspect` calls it, whether there is a default, the default.
Parameter = list[Any]


class Raised(TypedDict):
    """An exception of student code."""

    name: str
    lineage: Lineage
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
    """A module: its tensors, and its submodules by path, the module itself under ""."""

    state: dict[str, Tensor]
    parameters: list[str]  # names of those tensors that are parameters
    types: dict[str, str]  # path -> name of the type, parents first
    twins: dict[str, str]  # path -> the first path of the same submodule, where it has several
    # path -> paths of the submodules that going through it gives, or key -> path
    contains: dict[str, list[str] | dict[str, str]]
    # name of a tensor in another one's memory -> name of that one, offset in it, strides; the last
    # two count elements
    views: dict[str, list[Any]]
    training: bool


class CallAnswer(TypedDict):
    """What one call did; of CALL_ALL, a call that raised has `raised` alone."""

    result: NotRequired[Any]
    changed: NotRequired[dict[int, Tensor]]  # arguments that the call wrote into, by position
    # CALL: [args, kwargs] behind the call, where it changed what is in a list, a dict or the like
    contents: NotRequired[list[Any]]
    instead: NotRequired[list[Any]]  # CALL: what of the contents stands where another thing stood
    moved: NotRequired[bool]  # CALL: whether one of these stood elsewhere in the arguments
    # CALL: the position, in args and then kwargs, of what is the result; "result" is None then
    given_back: NotRequired[int]
    disturbed: NotRequired[list[str]]
    gradients: NotRequired[dict[Any, Tensor | None]]  # CALL_ALL, by position or parameter name
    graph: NotRequired[int | None]  # CALL: what BACKWARD takes
    module: NotRequired[ModuleState | None]  # where the state has changed
    object: NotRequired[int]  # of a result that was kept, as are the next two
    type: NotRequired[str]
    callable: NotRequired[bool]
    raised: NotRequired[Raised]
