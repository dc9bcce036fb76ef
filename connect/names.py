"""What counts as a name: at least one letter, of any script."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

A_NAME = RegexValidator(r"[^\W\d_]", _("Write a name: at least one letter."), "name")
# Of who signs: an initial names nobody.
A_FULL_NAME = RegexValidator(
    r"[^\W\d_].*[^\W\d_]", _("Write your name in full: a letter alone names nobody."), "full_name"
)


class HasNames:
    """A form of a model in which people or places are named, in the fields of `names`."""

    names: tuple = ("name",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.names:
            if name in self.fields:
                self.fields[name].validators.append(A_NAME)
