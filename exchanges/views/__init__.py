"""The pages of exchanges, by what they are for."""
