"""Module names of version 0.1.0, importable for one version more: `nbjudge.preprocessors`.

Configurations and rubrics that courses have already name them. `nbjudge/__init__.py` puts this
folder behind the package's own on its search path, so each name below is still a module of
`nbjudge`. Each module only passes names on. Remove the folder with the next version.
"""
