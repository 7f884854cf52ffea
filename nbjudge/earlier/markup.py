"""Names of `nbjudge.sanitize.html` and of our templates, as they were called in 0.1.0."""

from nbjudge.nbgrader_ext.defaults import templates
from nbjudge.sanitize.html import harmless, harmless_markdown

TEMPLATES = templates()

__all__ = ["TEMPLATES", "harmless", "harmless_markdown"]
