"""nbgrader's extension points, and the rows and files that it keeps.

    defaults, configuration, options   how a course is configured
    wiring, checked                    whether the steps are ours; refusals where they are not
    release                            steps from the master to `release/` and `solutions/`
    autograde, plain_engine            steps that grade
    soundness                          whether a gradebook can be used at all
    scorecards                         rows that nbgrader's gradebook lacks
    gradebook, writer, speedups        nbgrader's own rows and files, for a whole class

A course names these classes by `defaults.configure`; nothing of nbgrader is changed for that.
"""
