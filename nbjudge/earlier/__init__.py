"""Module names of version 0.1.0, importable for one version more: `nbjudge.preprocessors`.

Courses have configurations and rubrics that name them. `nbjudge/__init__.py` puts this folder
behind the package's own folder on its search path (`__path__`). So each module of this folder is
still a module of `nbjudge`. Each only passes names on. Remove the folder with the next version.
"""
