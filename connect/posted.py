"""What a page posts, read with care."""


def as_number(text):
    """Give a whole number of nine digits at most; 0, which no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
