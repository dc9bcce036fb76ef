"""What does not fit a pattern: the refusal says what to write."""

from django import forms
from django.apps import apps
from django.core.validators import RegexValidator, validate_slug
from django.utils.translation import override


def subclasses(kind):
    return {kind}.union(*map(subclasses, kind.__subclasses__()))


def patterns():
    """Yield (where, what is said) of each pattern in a column or a field of the product."""
    for model in apps.get_models():
        for column in model._meta.get_fields():
            for one in getattr(column, "validators", ()):
                if isinstance(one, RegexValidator):
                    said = getattr(column, "error_messages", {}).get(one.code, one.message)
                    yield f"{model._meta.label}.{column.name}", said
    for form in subclasses(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            for one in field.validators:
                if isinstance(one, RegexValidator):
                    said = field.error_messages.get(one.code, one.message)
                    yield f"{form.__module__}.{form.__name__}.{name}", said


def test_no_pattern_is_refused_without_a_word_of_what_to_write():
    """“Enter a valid value.” stood at currencies, numbers in Wikidata and tables."""
    ours = "accounts applications connect exchanges matching notifications practices registry"
    with override("en"):
        said = {
            where: str(words)
            for where, words in patterns()
            if where.lower().split(".")[0] in {*ours.split(), "impact"}
        }
        vague = str(RegexValidator.message)

    assert "exchanges.Rate.currency" in said
    assert [where for where, words in said.items() if words == vague or "valid" in words] == []
    assert "without spaces" in str(validate_slug.message)
