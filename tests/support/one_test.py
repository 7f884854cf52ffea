"""A course of one solution cell and one test, judged as each process that judges does it."""

from nbformat.v4 import new_code_cell, new_notebook
from support.mixed import marked

from nbjudge.judge.measured import judge_again, of_master
from nbjudge.notebook import repair
from nbjudge.notebook.canonical import canonical
from nbjudge.notebook.submission import Submission
from nbjudge.process.zygote import Confinement

# The student's process alone can say how long an object is.
LENGTH = """class A:
    def __len__(self):
        ### BEGIN SOLUTION
        return 3
        ### END SOLUTION"""
OF_LENGTH = "### BEGIN HIDDEN TESTS\nsecret = 3\nassert len(A()) == secret\n### END HIDDEN TESTS"


def master_of(solution, test, points=2):
    cells = [
        marked("solve", solution, solution=True),
        marked("solve-test", test, grade=True, locked=True, points=points),
    ]
    return canonical(new_notebook(cells=cells))


def found(settings):
    return of_master(settings, 1, Confinement()).unproven


def judged(settings, answer, *behind):
    cells = [new_code_cell(answer, id="solve"), settings.master.cells[1]]
    cells += [new_code_cell(text, id=f"own-{n}") for n, text in enumerate(behind)]
    notebook, _ = repair.repair(settings.master, new_notebook(cells=cells))
    return judge_again(settings, Submission(notebook, 1, files=settings.source), Confinement())
