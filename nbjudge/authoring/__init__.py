"""An instructor's desk: build, verify and try an assignment."""
