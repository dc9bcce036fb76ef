"""The forms of dossiers and calls beside the sections, by who fills them in."""
