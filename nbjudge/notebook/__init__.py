"""Notebooks as documents: masters, submissions, and which submitted cell answers which of a master.

A *master* is the instructor's notebook, with solutions and hidden tests. nbgrader marks some of its
cells: *solution* cells are the student's to write, *locked* and *grade* cells are not.
"""
