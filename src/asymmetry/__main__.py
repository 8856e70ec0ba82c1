"""`python -m asymmetry` is `asymmetry`."""

from asymmetry.cli import main

main()
