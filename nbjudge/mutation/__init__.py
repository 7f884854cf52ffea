"""How good the tests of an exercise are: its solution, edited in one place, and tried."""
