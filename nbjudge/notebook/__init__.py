"""Notebooks as documents: masters, submissions, and which cell answers which."""
