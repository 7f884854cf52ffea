"""A learning platform's files: who is in the course, what was handed in, and grades back."""
