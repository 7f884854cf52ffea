"""Names of `nbjudge.nbgrader_ext.autograde`, as they were called in 0.1.0."""

from nbjudge.nbgrader_ext.autograde import (
    ClearSolutions,
    Judge,
    RemoveSolutionMarkers,
    RepairSubmission,
    SaveScorecards,
    SubmissionExporter,
)

__all__ = [
    "ClearSolutions",
    "Judge",
    "RemoveSolutionMarkers",
    "RepairSubmission",
    "SaveScorecards",
    "SubmissionExporter",
]
