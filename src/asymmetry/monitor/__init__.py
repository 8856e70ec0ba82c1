"""How a study stands, and how long it will take."""

CHANGES_NUMBERS = False
