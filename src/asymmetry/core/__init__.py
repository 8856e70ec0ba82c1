"""What all other packages use: errors, files, names, randomness, devices. Imports no torch."""

CHANGES_NUMBERS = True
