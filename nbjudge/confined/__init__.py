"""What runs with the student: of nbjudge it imports `boundary` only; `zygote` is its front door."""
