"""Which assignments a course has."""

import pytest
from support.course import nbjudge
from support.fresh import empty_course

from nbjudge.course import RubricError, assignments


def test_an_assignment_is_a_folder_of_source_with_a_notebook(tmp_path):
    for name in ("b/b.ipynb", "a/part.ipynb", "a/other.ipynb", "empty/data.csv", ".DS_Store"):
        file = tmp_path / "source" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert assignments(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("command", ["build", "verify"])
def test_a_course_without_assignments_is_told_how_to_begin(tmp_path, command):
    course = empty_course(tmp_path / "course")
    with pytest.raises(RubricError):
        assignments(course)
    done = nbjudge(command, cwd=course, check=False)
    assert done.returncode == 1
    assert f"There is no notebook in {course / 'source'}/<assignment>." in done.stderr
    assert "nbjudge new" in done.stderr
