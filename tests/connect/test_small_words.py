"""Sentences whose words agree with what they are said of."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

LANGUAGES = {
    "en": "The address a@b.example is confirmed.",
    "fr": "L’adresse a@b.example est confirmée.",
    "es": "La dirección a@b.example está confirmada.",
    "pt": "O endereço a@b.example está confirmado.",
}


@pytest.mark.parametrize(("language", "words"), LANGUAGES.items())
def test_it_is_an_address_that_is_confirmed(language, words):
    context = {"email": "a@b.example"}
    with translation.override(language):
        message = render_to_string("account/messages/email_confirmed.txt", context)
    assert message.strip() == words
