"""The forms of exchanges, by what they are for."""
