"""What people type never becomes markup: the check of `make lint`, and the help texts of forms."""

import pytest
from django import forms
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from lxml import html

from connect.management.commands import check_markup
from connect.management.commands.check_markup import find_wrong_code, find_wrong_template
from matching.runs import rank_waiting, request_run
from tests.addresses import EVERY_SIXTH, ROLES, pages_of
from tests.poison import PAYLOADS, put_everywhere
from tests.worlds import OneOfEach

PLANTED = [
    'field.help_text = f"{measure.indicator} ({measure.unit})"',
    'field.help_text = measure.indicator + "."',
    'field.help_text = "%s" % measure.indicator',
    'field.help_text = "{}".format(measure.indicator)',
    "field.help_text = measure.indicator",
    'def f(measure):\n    words = f"{measure.unit}"\n    field.help_text = words',
    'CharField(help_text=_("As in %s") % measure.unit)',
    'CharField(help_text="" if new else measure.unit)',
    'class Meta:\n    help_texts = {"value": f"{unit}"}',
    'CharField(label=_("%s: there?") % person.name)',
    'CharField(label=f"{person.name}")',
    'self.fields["a"].label = "{}".format(person.name)',
    "mark_safe(dossier.title)",
    "SafeString(dossier.title)",
    'format_html(f"<b>{dossier.title}</b>")',
    'format_html("<b>%s</b>" % dossier.title)',
    'messages.success(request, mark_safe("<b>" + name + "</b>"))',
    'messages.success(request, format_html("<b>{}</b>", name))',
    'messages.success(request, name, extra_tags="safe")',
    "Context(data, autoescape=False)",
]
HARMLESS = [
    'field.help_text = format_html("{} ({})", measure.indicator, measure.unit)',
    'CharField(label=_("Aim"), help_text=_("As in 12."))',
    'CharField(help_text=_("0 to %d points") % most)',
    'def text(label, help_text=""):\n    return CharField(label=label, help_text=help_text)',
    'CharField(label=format_html(_("{name}: days"), name=person.name))',
    'messages.success(request, _("%s takes part.") % person.name)',
    "format_html('<a href=\"{}\">{}</a>', url, dossier.title)",
]


@pytest.mark.parametrize("code", PLANTED)
def test_the_lint_finds_where_data_could_become_markup(code):
    """H2: each way in which data reached, or could reach, a page as markup."""
    assert find_wrong_code(code)


@pytest.mark.parametrize("code", HARMLESS)
def test_the_lint_lets_words_and_escaped_data_pass(code):
    assert find_wrong_code(code) == []


@pytest.mark.parametrize(
    "line", ["{{ dossier.title|safe }}", "{{ x | safeseq }}", "{% autoescape off %}{{ x }}"]
)
def test_the_lint_finds_templates_that_do_not_escape(line):
    """H2: no template of ours prints what it is given as it is."""
    assert find_wrong_template(line) and not find_wrong_template("{{ dossier.title|safely }}")


def test_the_project_has_no_such_place_and_the_command_says_where_one_is(
    tmp_path, settings, capsys
):
    """H2: `make lint` ends with an error that names file and line."""
    call_command("check_markup")
    (tmp_path / "views.py").write_text("x = 1\nfield.help_text = row.unit\n")
    (tmp_path / "page.html").write_text("{{ row.unit|safe }}\n")
    settings.BASE_DIR = tmp_path

    with pytest.raises(CommandError):
        call_command("check_markup")

    said = capsys.readouterr().out
    assert "views.py:2 data in a help text" in said and "page.html:1 a template" in said


def test_each_exception_of_the_lint_is_still_needed(monkeypatch):
    exceptions = {file for file, _code in check_markup.ALLOWED}
    monkeypatch.setattr(check_markup, "ALLOWED", set())

    assert {line.partition(":")[0] for line in check_markup.find_wrong()} == exceptions


def test_a_help_text_is_escaped_whoever_composed_it():
    """H2: also one that no lint has read, as a library's."""

    class ValueForm(forms.Form):
        value = forms.CharField(help_text='<meta http-equiv="refresh" content="0; url=//evil">')

    page = Template("{% load crispy_forms_filters %}{{ form|crispy }}").render(
        Context({"form": ValueForm()})
    )

    assert "<meta" not in page and "&lt;meta" in page


# Markup in every column of every row that somebody may have typed in.

# What no template of ours and no library writes: elements and attributes that would do something.
ALIVE = (
    "//*[@*[starts-with(name(), 'on')]] | //script[not(@src) and not(@type)] | //iframe | //base"
    " | //math | //object | //embed | //meta[@http-equiv] | //form[contains(@action, '//')]"
    " | //*[contains(@src, 'evil') or starts-with(@src, '//')]"
    " | //*[starts-with(normalize-space(@href), 'javascript:') or contains(@href, '//evil')]"
)


def poisoned(apart):
    """Make a world with markup in every typed column: itself, and {(role, address): page}."""
    world = OneOfEach()
    request_run(world.published.pk)
    rank_waiting(timezone.now())
    put_everywhere(PAYLOADS)
    clients = {role: Client() for role in ROLES}
    for role, person in world.people.items():
        if person is not None:
            clients[role].force_login(person)
    pages = {}
    for role, address in dict.fromkeys(pages_of(world, apart)):
        answer = clients[role].get(address)
        if answer.get("Content-Type", "").startswith("text/html"):
            pages[role, address] = answer
    return world, pages


@pytest.mark.django_db
@EVERY_SIXTH
def test_no_element_is_born_of_what_was_typed_on_any_page_of_any_role(apart):
    """H2: every page, the admin's too; tests/browser/test_inert.py opens them."""
    _world, pages = poisoned(apart)

    alive, shown, codes = [], 0, {}
    for (role, address), answer in pages.items():
        codes.setdefault(answer.status_code, []).append(address)
        if answer.status_code != 200:
            continue
        tree = html.fromstring(answer.content)
        if found := tree.xpath(ALIVE):
            alive.append((role, address, [html.tostring(one)[:90] for one in found[:3]]))
        shown += "alert(" in tree.text_content()

    assert alive == [] and set(codes) <= {200, 302, 403}, codes
    assert len(pages) > 250 / apart and shown > 150 / apart
