"""How few are too few for what is told of all of them together to name nobody."""

FEW = 5  # people, exchanges or answers below which no mean and nothing protected is told
