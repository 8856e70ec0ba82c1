"""What is to be trained: runs and their ids, identity, packs of cells, checks. Imports no torch."""

CHANGES_NUMBERS = False
