"""Names of `nbjudge.rubric.expect`, as they were called in 0.1.0."""

from nbjudge.rubric.expect import *  # noqa: F403
