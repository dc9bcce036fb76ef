"""The least number of people for a figure about all of them to identify nobody."""

FEW = 5  # people, exchanges or answers below which no mean and nothing protected is told
