"""What the Snakefile and DVC ask: stages, their paths, and what is to be made again."""

CHANGES_NUMBERS = False
