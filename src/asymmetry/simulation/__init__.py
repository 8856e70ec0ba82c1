"""Studies of known truth, through the real analysis: how often verdicts are wrong, and power."""

CHANGES_NUMBERS = True
