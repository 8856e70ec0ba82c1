"""Statistics: resampling, intervals, rank correlation, agreement. numpy and scipy only."""

CHANGES_NUMBERS = True
