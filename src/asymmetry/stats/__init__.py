"""Statistics: resampling, intervals, correlation, significance, power, agreement."""

CHANGES_NUMBERS = True
