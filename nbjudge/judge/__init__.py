"""One submission, one job: its cells in order, its hidden tests, its result."""
