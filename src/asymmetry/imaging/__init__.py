"""Images as tensors: bicubic resizing, colour spaces."""

CHANGES_NUMBERS = True
