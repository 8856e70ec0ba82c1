"""The package from Python: the tables of a study as data frames, metrics and losses by name.

`asymmetry` itself shows what is stable: `asymmetry.open_study`, `asymmetry.metric`,
`asymmetry.loss`.
"""

CHANGES_NUMBERS = False
