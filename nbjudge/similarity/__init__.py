"""Solutions of a class that are alike beyond what many have: a question for a teacher, no verdict.

handed_in    what was submitted, by exercise, read as the judge reads it; nothing is run
parts        the parts of a text, whatever its names, comments, layout and order
evidence     how much two students share of one exercise that the class does not
compare      the score of a pair over all exercises, and from which score on it is shown
shown        two solutions side by side, what they share marked
report       page, table and plain data
"""
