"""What a page posts or an address says, read with care: a number has no thousand digits."""


def as_number(text):
    """Give a whole number of nine digits at most; 0, which no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
