"""What runs with the student's code. Of nbjudge it imports `boundary` and nothing else.

Student code can read all that its own process holds, so nothing in this folder may be a secret. An
import contract in `pyproject.toml` keeps rubrics, references and scores out.

    zygote      the entry: a clean, warm process; every student process is a fork of it
    student     one student process: give up rights, then answer questions
    cells       runs the notebook's cells, with `magics` and `streams`
    calls       answers what the judge process asks of the student's functions and classes
    sandbox     gives up rights, through `landlock` and `syscalls`; `self_test` tries all of it
"""
