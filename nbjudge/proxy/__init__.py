"""What a notebook defined, as a test in the judge process sees it; `objects` has the overview."""
