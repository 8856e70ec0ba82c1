"""What every room stands on: errors, files, names, randomness, devices. Imports no torch."""

CHANGES_NUMBERS = False
