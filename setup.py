"""For editable installs only: `pyproject.toml` says everything else, and is all that a wheel needs.

An editable install of setuptools leaves out `data-files`, because it asks the distribution for
`has_data`, a method that only a class of one's own has. Without that file plain nbgrader would not
refuse where a course's configuration fails (nbjudge/nbgrader_ext/checked.py).
"""

from setuptools import Distribution, setup


class _WithDataFiles(Distribution):
    """A distribution whose data files are installed by `pip install -e`, too."""

    def has_data(self) -> bool:
        """Return whether there are data files."""
        return bool(self.has_data_files())


setup(distclass=_WithDataFiles)
