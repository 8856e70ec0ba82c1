"""Folders of restored images beside each other, without a study and without a training."""

CHANGES_NUMBERS = True
