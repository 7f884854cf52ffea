"""nbjudge: an online judge for notebooks, built into nbgrader.

The map, from the bottom up; an arrow of imports never points upwards (`pyproject.toml` says in
which order, and a test checks it).

    verdict.py     what can become of a cell, an exercise, an attempt, a submission
    tables.py      tables as plain text
    course.py      where the course is, and its assignments
    sanitize/      WHAT STUDENT CODE SHOWS, MADE HARMLESS: text paths outputs html formulas
                   spreadsheet
    notebook/      notebooks as documents: master names misnamed regions skeleton pairing restore
                   doubts repair head changed needed test_cell counted decision submission arrival
                   canonical statements magics newer_python autotests
    boundary/      WHAT CROSSES, KNOWN TO BOTH SIDES: wire bounds writer reader references
                   dtypes sharing values kinds numerals times containers factories records arrays
                   frames lineage signatures channel messages trees invoke globals bridge
                   stand_ins
    confined/      WHAT RUNS WITH THE STUDENT: zygote student cells magics streams calls kept
                   modules raised standing shared callbacks asking figures uninitialized warm_up
                   sandbox landlock syscalls allowlist self_test
    rubric/        WHAT AUTHORS IMPORT: criteria calls parts stand_ins expect diagnosis
                   misconceptions scorecard messages grading loader
    tensors/       AND FOR EXERCISES WITH TENSORS: inputs formulas cases parameters checks
                   gradients conventions padding earlier
    process/       the judge's end of student processes: launch zygote student session monitor
                   overtime budget limits scratch
    proxy/         what a notebook defined, as a test sees it: objects defined instance module tree
                   form autograd batch offering reach answering contents shared errors
    judge/         one submission, one job: job measured unproven elsewhere runs_text unfit run
                   judged budgets stopped rest hidden_test own_work as_before workplace beside
                   cache prefetch decided written
    nbgrader_ext/  nbgrader's extension points: defaults wiring configuration checked options
                   release autotests submitted autograde plain_engine tied scorecards graded_files
                   shared_comments extensions late course_time recorded scores grades built
                   soundness gradebook writer speedups feedback conventions
    reports/       what people read: feedback exercises titles contents attempt_facts freshness
                   standing
    classrun/      a class, by local workers or a cluster: grade handed_in jobs workers forkserver
                   preload cluster shards fingerprint steps done outcome class_table summary
                   bar progress interrupts change history preview adopted
    exchange/      submissions in, feedback out: actions submit parcel inbox attempts policy watch
                   pulse notices facts exporter assignments executed renewal extend
                   extension_file
    lab/           a student's JupyterLab on the hub: validation desk handlers
    authoring/     an instructor's desk: scaffold naming undo proof masters instantiation execution
                   build verify ways tried forms single two_lines adoption adoption_text
    mutation/      how good tests are: literals edits scope rewrite words mutants exercises
                   trial equivalent survey report
    similarity/    solutions that are alike beyond the class: parts evidence compare shown report
                   handed_in
    insight/       WHAT A CLASS DID, COUNTED: work reading misunderstood in_need scores items
                   timeline runs groups figures page numbers report commenting
    platforms/     FROM MOODLE AND CANVAS, AND BACK: kinds sheet headings entries archive people
                   handed_in worksheet identities whose intake plan_table
                   roster enrolment
                   rows filling canvas moodle filling_table feedback_zip delivery zip_collect
                   launches tool tool_key answers line_items posted sending sending_table
    results/       the page where students see results: shown records
                   class_reports visitor views site hub alone
    doctor/        what machine, course and hub give: check machine hub configuration grading
    earlier/       module names of version 0.1.0: preprocessors markup formulas trial expect
    cli/           the commands, one verb a job: authoring adoption verification grading deadlines
                   insight results_page platforms lti similarity machine needs asking stops

Start with `judge/job.py` to follow one submission, with `rubric/criteria.py` to see how an exercise
is marked, and with `docs/architecture.md` for the whole.

The tree of failures, by whose they are. A fault of ours is never a student's zero.

    the student's     NotMet                a criterion is not met
                      ├─ Breach             student code went over a limit
                      RemoteError           student code raised, in the student process
    the submission's  NotGraded             it cannot be graded as it is
                      ├─ ChangedMeanwhile   something else lies there than what was judged
                      Refused               the exchange holds it, and it is not taken
                      NotTaken              it stands in a platform's archive, and is not taken
                      Unsettled             it changes while it is copied
    ours              JudgeFault            the judge itself failed; no Exception, on purpose
                      RubricError           the rubric or the course is wrong
                      ├─ ConfigurationError  its configuration failed, or its steps are not ours
                      BuildError            the master cannot be built
                      Unvouched             a test asks or gives what would decide nothing
                      Boundless             a test takes too much by what it was given
                      SkeletonError         the markers of a solution do not pair up
                      SandboxError          a process cannot give up its rights
                      NoJudges              nobody judges any more
                      NotWatched            an assignment is left to a person
                      ├─ AlreadyWatched     two watches would judge everything twice
    the wire's        WireError             what arrived is no message, or too large a one
                      ├─ Closed             the other end is gone
    of the flow       Anew                  an exercise is asked again; no Exception, on purpose
                      Overtime              what a test does takes too long; no Exception
                      TakenBack             the rows of a rehearsal are taken back

The trust boundary: no student code runs in a process that knows hidden tests, solutions or scores.
What comes back from a student process is data. `ls nbjudge/boundary nbjudge/confined` is all that a
student process loads, and `docs/threat_model.md` says what stops what. This module imports nothing,
so that importing one folder of nbjudge never pays for another.
"""

# Module names of the version before; see nbjudge/earlier/__init__.py.
__path__ = [*__path__, f"{__path__[0]}/earlier"]
