"""What this machine, this course and this hub give to grading."""
