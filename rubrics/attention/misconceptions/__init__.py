"""Wrong implementations: the formula with one step replaced, and what to tell their authors."""
