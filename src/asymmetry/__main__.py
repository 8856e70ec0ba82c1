"""`python -m asymmetry` is `asymmetry`."""

from asymmetry.cli.main import main

CHANGES_NUMBERS = False

main()
