"""The column of a country: stored as its code, and read as a Country with its name."""

from typing import TYPE_CHECKING, Any

from django_countries import fields

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
