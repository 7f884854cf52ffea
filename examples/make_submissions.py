"""Make the sample submissions from `release/`; every student here is made up.

Each sample is the released notebook with answers filled in, and then changed as students and their
tools change notebooks. `expected_scores.csv` beside this file says what each must get.

    python examples/make_submissions.py [FOLDER]     default: examples/submissions
"""

import argparse
import copy
from pathlib import Path

import attention_samples
import encoder_samples
import nbformat
from filled import HERE, released

# By assignment: a module with its EXERCISES, their HEADINGS in tables of scores, and its SAMPLES.
ASSIGNMENTS = {one.ASSIGNMENT: one for one in (attention_samples, encoder_samples)}


def main(folder: Path) -> None:
    """Write every sample to `folder`/<who>/<assignment>/<assignment>.ipynb."""
    for assignment, samples in ASSIGNMENTS.items():
        release = released(assignment)
        for who, make in samples.SAMPLES.items():
            made = make(copy.deepcopy(release))
            file = folder / who / assignment / f"{assignment}.ipynb"
            file.parent.mkdir(parents=True, exist_ok=True)
            if not isinstance(made, str):
                made = nbformat.writes(made, version=nbformat.NO_CONVERT)
            file.write_text(made + "\n", encoding="utf-8")
        print(f"{len(samples.SAMPLES)} sample submissions of {assignment} in {folder}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "submissions")
    main(parser.parse_args().folder)
