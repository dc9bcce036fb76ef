"""The forms of exchanges, by when they are filled in."""
