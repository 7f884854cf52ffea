"""Names of `nbjudge.sanitize.formulas`, as they were called in 0.1.0."""

from nbjudge.sanitize.formulas import markdown2html

__all__ = ["markdown2html"]
