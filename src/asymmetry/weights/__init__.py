"""Files of weights: pretrained ones, verified, and channel weights that a study fits."""

CHANGES_NUMBERS = True
