"""The one kind of error that the user can fix."""

CHANGES_NUMBERS = False


class UserError(Exception):
    """A mistake that the user can fix: a line names the field or file, what is wrong, what to do.

    The command line prints the message without a traceback and exits with 2.
    """
