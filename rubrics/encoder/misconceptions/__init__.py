"""Wrong implementations: the right one with one step replaced, and what to tell their authors."""
