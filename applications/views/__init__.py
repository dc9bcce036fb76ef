"""Pages of calls, dossiers and the committee: thin, over the rooms of the same names."""
