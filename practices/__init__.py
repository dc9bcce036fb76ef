"""Good practices: what worked, written up by those who did it."""
