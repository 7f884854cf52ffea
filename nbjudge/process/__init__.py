"""The judge's end of student processes: launch, confine, watch, ask and kill them.

    launch      starts the process that becomes a zygote
    zygote      the judge's end of a zygote: prove the sandbox, ask for forks
    student     the judge's end of one student process
    session     the student processes of one notebook, one after the other
    monitor     what a student process uses, seen from outside
    budget      the time that it may use, and how that is measured
    limits      what it may use, and what its author is told of a breach
    scratch     its files

This file imports nothing: `launch` must be importable without torch.
"""
