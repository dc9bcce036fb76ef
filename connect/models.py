"""The one table of the project itself."""

from connect.references import Counter

__all__ = ["Counter"]
