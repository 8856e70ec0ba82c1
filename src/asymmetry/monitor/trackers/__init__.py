"""Trackers of the field, each a module of its name with a function `open_curve`."""

CHANGES_NUMBERS = False
