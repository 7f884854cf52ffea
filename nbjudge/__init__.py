"""nbjudge: an online judge for notebooks, built into nbgrader.

The map, from the bottom up; an arrow of imports never points upwards.

    wire, channel      tensors and plain values over a socket, bounded: the trust boundary
    confined/          WHAT RUNS WITH THE STUDENT: zygote, sandbox, cells, calls
    limits, watch      what a submission may use, and who looks
    zygotes, process, session
                       the judge's end: a zygote, one process, one notebook with replay
    mirror, bridge, remote, batch, raised
                       what the student defined, as the judge sees it; gradients cross
    course, expect, trial, misconceptions, rubric, scorecard
                       criteria with points; `grade()` is what a hidden-test cell calls
    skeleton, pairing, submission, files
                       placeholders; which cell answers which; what arrives
    testcell, judge    a master's test cell as Python; one notebook from top to bottom
    outputs, text, markup
                       what students show and write, made harmless
    gradebook, preprocessors
                       nbgrader's rows, and thin nbgrader classes over all of it
    build, verify, single, doctor, cli
                       the commands

Start with `judge.py` to see a notebook judged, with `rubric.py` to see how an exercise is marked,
and with `docs/architecture.md` for the whole.

The trust boundary: no student code runs in a process that knows hidden tests, solutions or scores.
What comes back from a student's process is data. One `ls nbjudge/confined` shows what runs there,
and `docs/threat_model.md` says what stops what. This module imports nothing, so that importing one
room of nbjudge never pays for another.
"""

# Module names of the version before; see nbjudge/earlier/__init__.py.
__path__ = [*__path__, f"{__path__[0]}/earlier"]
