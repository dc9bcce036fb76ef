"""What staff see of calls and dossiers."""

from applications import call_admin, dossier_admin  # noqa: F401
