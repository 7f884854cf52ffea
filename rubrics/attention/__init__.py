"""The rubrics of *Attention and Self-Attention*: one module an exercise, private to the course."""
