"""Names of `nbjudge.sanitize.html`, as they were called in 0.1.0."""

from nbjudge.sanitize.html import TEMPLATES, harmless, harmless_markdown

__all__ = ["TEMPLATES", "harmless", "harmless_markdown"]
