"""Names of `nbjudge.nbgrader_ext`, as they were called in 0.1.0."""

from nbjudge.nbgrader_ext.autograde import Judge, SaveScorecards
from nbjudge.nbgrader_ext.release import ClearSolutions, RemoveSolutionMarkers
from nbjudge.nbgrader_ext.submitted import RepairSubmission, SubmissionExporter

__all__ = [
    "ClearSolutions",
    "Judge",
    "RemoveSolutionMarkers",
    "RepairSubmission",
    "SaveScorecards",
    "SubmissionExporter",
]
