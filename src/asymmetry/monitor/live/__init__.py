"""The page of a study while it grows: `asymmetry status --serve`."""

CHANGES_NUMBERS = False
