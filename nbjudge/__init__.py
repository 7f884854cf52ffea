"""nbjudge: an online judge for notebooks, built into nbgrader.

The map, from the bottom up; an arrow of imports never points upwards.

    skeleton      solution text -> the placeholders that students fill in
    expect        what a criterion expects, in words for the student
    markup        student markdown -> harmless HTML
    rubric        criteria with points; `grade()` is what a hidden-test cell calls
    scorecard     how an exercise's result is shown and travels: text, HTML, JSON
    pairing       which submitted cell answers which master cell, and what was mended
    gradebook     the rows that nbgrader's gradebook lacks: bonus, seed, criteria
    preprocessors thin nbgrader classes over the modules above
    build         master notebook -> release/ and solutions/
    cli           the command line

Start with `rubric.py` to see how an exercise is marked, with `pairing.py` to see what
happens to a submission before it runs, and with `docs/architecture.md` for the whole.

The trust boundary: today plain nbgrader executes submissions, so a student's code shares a
process with the hidden tests, and every result says that it is unconfined. `docs/architecture.md`
says what follows from that. This module imports nothing, so that importing one room of
nbjudge never pays for another.
"""
