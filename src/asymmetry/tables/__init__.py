"""The tables of a study: collected from what the jobs wrote, and read."""

CHANGES_NUMBERS = True
