"""`nbjudge doctor`: what this machine, this course and this hub give to grading.

Each check tries what it says. A version number would say what should work, and not what does.
"""
