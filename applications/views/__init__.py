"""Pages of calls, dossiers and the committee."""
