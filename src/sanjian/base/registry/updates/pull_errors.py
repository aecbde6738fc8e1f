"""What may go wrong when a partner is asked."""


class PullFailed(Exception):
    """A source that could not be asked, or answered what is no table; the message says what to do."""
