"""The column of a country, stored as its code and read as a Country with its name; all of them."""

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django_countries import countries, fields

from connect.languages import sort_alphabetically

if TYPE_CHECKING:

    class CountryField(fields.CountryField):
        """As the library's. Its stubs inherit the type of a text, which it does not give."""

        _pyi_private_get_type: fields.Country  # type: ignore[assignment]
        _pyi_private_set_type: fields.Country | str  # type: ignore[assignment]

    class CountriesField(fields.CountryField):
        """The same for several countries."""

        _pyi_private_get_type: fields.MultipleCountriesDescriptor  # type: ignore[assignment]
        _pyi_private_set_type: Any

else:
    CountryField = CountriesField = fields.CountryField


def countries_by_name() -> list[tuple[str, str]]:
    """List (code, name) of all countries as the reader's dictionary does.

    The library sorts them by their Latin letters alone, which Arabic names do not have.
    """
    return sort_alphabetically(((code, str(name)) for code, name in countries), itemgetter(1))
