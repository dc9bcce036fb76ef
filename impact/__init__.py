"""What the programme comes to: figures, exports, open data; and the demonstration."""
