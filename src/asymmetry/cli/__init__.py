"""The command `asymmetry`: a module a group of commands.

Each imports what it needs when it runs.
"""

CHANGES_NUMBERS = False
