"""`python -m asymmetry` is `asymmetry`."""

from asymmetry.cli import main

CHANGES_NUMBERS = False

main()
