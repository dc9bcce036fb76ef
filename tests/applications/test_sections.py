"""Each question of the form at its limits, and the questions that repeat."""

import re
from datetime import timedelta

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from applications import section_answers
from applications.enums import Status
from applications.models import Attachment, Dossier
from applications.sections import SECTIONS
from applications.sections.base import SectionForm, text_field
from applications.transitions import dossier_machine
from connect.rows import Rows, repeats
from notifications.letter_text import compose_letter
from notifications.models import Letter
from registry.models import Association
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_letter,
    make_officer,
    make_user,
    pdf_of,
    section_data,
)

pytestmark = pytest.mark.django_db

# domain.md 5: field, least and most characters.
LIMITS = {
    "dossier_title": (10, 120),
    "summary": (200, 1000),
    "context": (200, 2000),
    "problem": (300, 3000),
    "objective": (50, 500),
    "specific_1": (30, 300),
    "result_1": (30, 300),
    "indicator_1": (3, 150),
    "unit_1": (1, 40),
    "about_1": (0, 500),
    "exclusion_reason": (0, 500),
    "association_none": (0, 300),
    "working_with": (30, 500),
    "follow_up": (100, 1500),
    "dissemination": (0, 1000),
    "gender_text": (0, 800),
    "climate_text": (0, 800),
    "disability_text": (0, 800),
    "risk_1": (10, 300),
    "mitigation_1": (10, 300),
    "security": (0, 1000),
    "other_donors": (4, 1500),
    "commitment": (100, 1500),
}
SECTION_OF = {name: slug for slug, section in SECTIONS.items() for name in section.base_fields}


def errors(dossier, **changed):
    """What a submission finds wrong with a complete dossier after these changes: {field: code}."""
    typed = answers(**changed)
    found = {}
    for slug in {SECTION_OF[name] for name in changed}:
        data = section_data(slug, typed)
        form = section_answers.bind_section(
            slug,
            SECTIONS[slug].read_raw_answers(data),
            complete=True,
            dossier=dossier,
            today=timezone.localdate(),
        )
        found |= {name: errors[0].code for name, errors in form.errors.as_data().items()}
    return found


def test_a_complete_dossier_lacks_nothing():
    dossier = make_dossier()

    assert (
        section_answers.list_problems(section_answers.check_dossier(dossier, timezone.localdate()))
        == []
    )


@pytest.mark.parametrize(("name", "limits"), LIMITS.items())
def test_a_text_is_counted_at_both_ends(name, limits):
    least, most = limits
    dossier = make_dossier()
    lengths = [n for n in (least - 1, least, most, most + 1) if n > 0]

    found = {length: errors(dossier, **{name: "x" * length}).get(name) for length in lengths}

    expected = {least - 1: "min_length", least: None, most: None, most + 1: "max_length"}
    if least == 1:
        del expected[0]
    assert found == {length: expected[length] for length in lengths}


def test_every_question_names_a_column_of_the_dossier():
    columns = {field.name for field in Dossier._meta.concrete_fields}
    asked = {
        (slug, section.columns.get(name, name))
        for slug, section in SECTIONS.items()
        for name in section.base_fields.keys() - section.rows.keys()
    }
    rows = {(slug, one.column) for slug, form in SECTIONS.items() for one in form.several}

    assert {one for one in asked | rows if one[1] not in columns | {""}} == set()


def test_a_question_that_is_declared_and_has_no_place_in_the_order_is_refused():
    """18-9: it was dropped without a word."""
    fields = {"security": text_field("Security", 0, 100), "order": ("danger",)}
    danger = Rows("Danger", {"danger": lambda: text_field("", 0, 100)}, most=2)

    with pytest.raises(ImproperlyConfigured, match="alone: security"):
        repeats(danger)(type("RisksSection", (SectionForm,), fields))


def test_every_text_with_a_limit_stands_in_the_table():
    counted = {
        name
        for section in SECTIONS.values()
        for name, field in section.base_fields.items()
        if hasattr(field, "least")
    }
    of_other_forms = {"placed", "at_the_table", "group_leader", "elected_travel"}
    first_rows = {name for name in counted if not name[-1].isdigit() or name.endswith("_1")}

    assert first_rows - of_other_forms - {"closed_why_1"} == set(LIMITS)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"focal_phone": "0244123456"}, {}),  # the country is known
        ({"focal_phone": "at the desk"}, {"focal_phone": "invalid"}),
        ({"focal_phone": ""}, {}),
        ({"focal_email": "efua at agona"}, {"focal_email": "invalid"}),
        ({"legal_name": ""}, {"legal_name": "required"}),
        ({"experts": "0"}, {"experts": "invalid"}),
        ({"experts": "4"}, {"experts": "invalid"}),
        ({"importance_1": "4"}, {"importance_1": "invalid_choice"}),
        ({"topic_1": "no/such-topic"}, {"topic_1": "invalid_choice"}),
        ({"topic_2": "water-sanitation/faecal-sludge", "importance_2": "1"}, {"topic_2": "twice"}),
        ({"topic_2": "water-sanitation/sewerage"}, {"importance_2": "required"}),
        ({"group_1": ""}, {"group_1": "required"}),
        ({"group_size_1": "0"}, {"group_size_1": "invalid"}),
        ({"group_2": "informal", "group_size_2": "3"}, {"group_2": "twice"}),
        (
            {"result_2": "x" * 40},
            dict.fromkeys(["indicator_2", "unit_2", "target_2", "by_2"], "required"),
        ),
        ({"baseline_1": ""}, {}),
        ({"baseline_1": "12,5"}, {}),
        ({"baseline_1": "a dozen"}, {"baseline_1": "invalid"}),
        ({"form_1": "letter"}, {"form_1": "invalid_choice"}),
        ({"days": "31"}, {"days": "invalid"}),
        ({"language_2": "fr", "level_2": ""}, {"level_2": "required"}),
        ({"level_2": "B2"}, {}),  # a level alone begins no language
        ({"interpretation": "on"}, {"interpretation_payer": "required"}),
        ({"interpretation": "on", "interpretation_payer": "shared"}, {}),
        ({"women": "3"}, {"women": "sum"}),
        ({"elected_members": "6"}, {"elected_members": "sum"}),
        ({"travellers": "-1"}, {"travellers": "invalid"}),  # no sum of what cannot be read
        ({"worth_1": "-1"}, {"worth_1": "min_value"}),
        ({"currency_1": "ZZZ"}, {"currency_1": "currency"}),
        ({"currency_1": "xof"}, {}),
        ({"gender": "3"}, {"gender": "invalid_choice"}),
        ({"children": ""}, {"children": "required"}),
        ({"mitigation_1": ""}, {"mitigation_1": "required"}),
        ({"earlier": "yes"}, {"earlier_reference": "required"}),
        ({"declared_truth": ""}, {"declared_truth": "required"}),
        ({"excluded_countries": "FR"}, {"exclusion_reason": "required"}),
        (
            {
                "excluded_countries": "FR",
                "exclusion_reason": "A dispute",
                "preferred_countries": "FR",
            },
            {"preferred_countries": "both"},
        ),
    ],
)
def test_each_rule_of_the_form_says_what_is_wrong(changed, expected):
    assert errors(make_dossier(), **changed) == expected


@pytest.mark.parametrize(
    ("start", "end", "by", "expected"),
    [
        (59, 200, 300, {"starts_on": "too_soon"}),
        (60, 60, 300, {}),
        (60, 59, 300, {"ends_on": "reversed"}),
        (60, 60 + 548, 300, {}),
        (60, 60 + 549, 300, {"ends_on": "too_long"}),
        (5 * 366, 5 * 366, 5 * 366, {}),
        (5 * 366 + 1, 5 * 366 + 1, 5 * 366 + 1, {"starts_on": "too_far"}),
    ],
)
def test_the_window_is_held_to_its_bounds(start, end, by, expected):
    def in_days(number):
        return (timezone.localdate() + timedelta(days=number)).isoformat()

    days = {"starts_on": in_days(start), "ends_on": in_days(end), "days": "1"}
    assert errors(make_dossier(), **days) == expected


@pytest.mark.parametrize(
    ("days", "last", "closed", "expected"),
    [
        (5, 104, (), {}),
        (5, 103, (), {"days": "too_short"}),
        (5, 110, (103, 104), {}),  # from 105 to 110
        (7, 110, (103, 104), {"days": "too_short"}),
        (1, 110, (100, 110), {"days": "too_short"}),
        (5, 104, (200, 210), {}),  # outside the period: said, and no error
    ],
)
def test_the_period_holds_as_many_days_in_a_row_as_are_asked_for(days, last, closed, expected):
    """17-5.11: ten days in three were complete, and kept every expert with free periods out."""

    def in_days(number):
        return (timezone.localdate() + timedelta(days=number)).isoformat()

    typed = {"days": str(days), "starts_on": in_days(100), "ends_on": in_days(last)}
    typed |= dict(zip(("closed_from_1", "closed_until_1"), map(in_days, closed)))

    assert errors(make_dossier(), **typed, **{"closed_why_1": "Vote"} if closed else {}) == expected


def test_a_correction_of_other_answers_does_not_ask_for_a_longer_period():
    """R12 1: its days were locked, and it could never be sent."""
    today = timezone.localdate()
    first, last = ((today + timedelta(days=days)).isoformat() for days in (100, 102))
    data = section_data("exchange", answers(days="10", starts_on=first, ends_on=last))
    raw = SECTIONS["exchange"].read_raw_answers(data)

    def wrong(asked):
        options = {"complete": True, "dossier": make_dossier(), "today": today, "asked": asked}
        return "days" in section_answers.bind_section("exchange", raw, **options).errors

    assert [wrong(asked) for asked in (None, {"budget"}, {"ends_on"})] == [True, False, True]


def test_a_result_is_due_within_two_years_of_the_exchange():
    dossier = make_dossier()
    last = dossier.ends_on + timedelta(days=731)

    assert errors(dossier, by_1=last.isoformat()) == {}
    assert errors(dossier, by_1=(last + timedelta(days=1)).isoformat()) == {"by_1": "too_late"}
    before = dossier.starts_on - timedelta(days=1)
    assert errors(dossier, by_1=before.isoformat()) == {"by_1": "too_early"}


def test_questions_depend_on_the_form_chosen_and_on_the_call():
    dossier = make_dossier()
    dossier.forms = ["internship", "study_visit"]
    dossier.call.justify_elected = True

    form = SECTIONS["participants"](dossier=dossier)

    asked = {"placed", "group_leader", "elected_travel"}
    assert asked <= set(form.fields)
    assert not {"working_with", "at_the_table"} & set(form.fields)
    assert errors(dossier, placed="x" * 30, group_leader="x" * 30) == {"elected_travel": "required"}


def test_a_call_may_leave_a_section_out():
    dossier = make_dossier(typed=answers(risk_1="", mitigation_1="", children=""))
    before = {
        slug
        for slug, *_rest in section_answers.list_problems(
            section_answers.check_dossier(dossier, timezone.localdate())
        )
    }

    dossier.call.waived = ["risks"]

    assert before == {"risks"}
    assert (
        section_answers.list_problems(section_answers.check_dossier(dossier, timezone.localdate()))
        == []
    )


def test_a_call_leaves_no_section_out_on_which_later_steps_rest(client):
    """Without a form of exchange a proposal ended in an error, and with one day its planning."""
    call = make_call(waived=["exchange", "contact", "risks"])
    client.force_login(make_officer())

    page = client.get(reverse("admin:applications_call_change", args=[call.pk]))

    offered = {slug for slug, _title in page.context["adminform"].form.fields["waived"].choices}
    assert set(SECTIONS) - offered == {"contact", "summary", "needs", "exchange"}
    assert [slug for slug in SECTIONS if call.waives(slug)] == ["risks"]


def test_the_association_of_the_country_is_named_or_its_lack_explained():
    agona = make_authority(country="GH")
    dossier = make_dossier(agona)
    silent = {"association_none": "", "association": ""}
    alone = errors(dossier, **silent)
    nalag = agona.associations.create(name="NALAG", country="GH", scope="national")

    assert (alone, errors(dossier, **silent)) == ({}, {"association": "required"})
    assert errors(dossier, association=str(nalag.pk), association_none="") == {}


def test_what_looks_odd_is_said_and_refuses_nothing():
    agona = make_authority(email_domains=["agona.example"])
    dossier = make_dossier(
        agona,
        typed=answers(
            focal_email="efua@gmail.com",
            legal_email="efua@gmail.com",
            days="2",
            travellers="9",
            women="23",
            elected_members="13",
        ),
    )

    checked = section_answers.check_dossier(dossier, timezone.localdate())

    assert section_answers.list_problems(checked) == []
    assert [
        (name, message) for _s, name, _l, message in section_answers.list_warnings(checked)
    ] == [
        ("focal_email", "This is a free address: an official one is safer."),
        ("legal_email", "Contact and representative are usually two persons."),
        ("days", "expert mission: usually 3 to 10 days."),
        ("travellers", "expert mission: usually 1 to 3."),
    ]


def test_a_row_is_removed_and_those_after_it_move_up(client):
    agona = make_authority()
    efua = make_user(works_for=agona)
    dossier = make_dossier(
        agona,
        typed=answers(
            topic_2="water-sanitation/sewerage",
            importance_2="2",
            about_2="Pipes",
            topic_3="water-sanitation/water-utility",
            importance_3="1",
        ),
    )
    client.force_login(efua)
    page = reverse("section", args=[dossier.reference, "needs"])
    data = QueryDict(mutable=True)
    for name, values in dossier.drafts.get(section="needs").raw.items():
        data.setlist(name, values)

    client.post(page, data.dict() | {"version": "1", "remove": "topic:2"})

    dossier.refresh_from_db()
    assert [need.theme.code for need in dossier.needs.all()] == [
        "water-sanitation/faecal-sludge",
        "water-sanitation/water-utility",
    ]
    assert not any(dossier.drafts.get(section="needs").raw["about_2"])
    for nonsense in ("topic:9", "topic:x", "reason:1", ":", "topic:0"):
        assert client.post(
            page, data.dict() | {"version": "2", "remove": nonsense}
        ).status_code in (
            200,
            302,
        )


def test_what_is_valid_is_kept_as_plain_rows():
    dossier = make_dossier()

    assert dossier.results == [
        {
            "result": "Operators work with a licence and a posted price.",
            "indicator": "Licensed operators",
            "unit": "operators",
            "baseline": "0",
            "target": "6",
            "by": answers()["by_1"],
        }
    ]
    assert dossier.target_groups == [{"group": "informal", "group_size": 12000}]
    assert dossier.resources == [{"resource": "staff", "worth": "2400", "currency": "GHS"}]
    assert (dossier.women, dossier.gender, dossier.children) == (15, "1", "no")


def test_what_a_correction_does_not_ask_for_is_shown_as_it_was_sent_and_locked(client):
    """17-5.5: in every section; what was asked, and by when, stays on the file."""
    agona, ines = make_authority(), make_officer()
    efua, dossier = make_user(works_for=agona), make_dossier(agona, status=Status.ELIGIBILITY_CHECK)
    asked = [{"field": "dossier_title", "comment": "Name the town."}]
    dossier_machine.advance(
        dossier, "ask_correction", actor=ines, fields=asked, due_on="2030-01-02"
    )
    client.force_login(efua)

    typed, shown = answers(), {}
    for slug in SECTIONS:
        page = client.get(reverse("section", args=[dossier.reference, slug]))
        assert "All other answers are shown as you sent them, and are locked." in page.text
        for name in page.context["form"].fields:
            bound = page.context["form"][name]
            if name in typed and bound.field.disabled:
                shown[name] = bound.value()
    dossier_machine.advance(dossier, "answer_correction", actor=efua)
    mine = client.get(dossier.get_absolute_url()).text
    client.force_login(ines)
    file = client.get(reverse("admin:applications_dossier_change", args=[dossier.pk])).text

    text = {name: "on" if value is True else value for name, value in shown.items()}
    assert text == {name: value for name, value in typed.items() if name != "dossier_title"}
    for page in (mine, file):
        assert "Name the town." in page and "to be sent by" in page


def test_a_correction_asks_for_a_file_as_such_and_waits_for_it(client):
    """W15: staff could only write it into the comment of some question."""
    agona, ines = make_authority(), make_officer()
    efua, dossier = make_user(works_for=agona), make_dossier(agona, status=Status.ELIGIBILITY_CHECK)
    letter = make_letter(dossier)
    Attachment.objects.update(uploaded_at=timezone.now() - timedelta(days=3))
    client.force_login(ines)
    step = reverse("admin:applications_dossier_step", args=[dossier.pk, "ask_correction"])
    asked = {"due_on": "2030-01-02", f"comment_file-{letter.pk}": "The stamp is missing."}
    asked |= {"meant": "on"}
    client.post(step, asked)
    client.force_login(efua)
    place, check = dossier.get_absolute_url(), reverse("check-answers", args=[dossier.reference])

    before = client.get(place).text, client.get(check).text
    answer = reverse("dossier-step", args=[dossier.reference, "answer_correction"])
    client.post(answer)
    held = Dossier.objects.get().status
    upload = SimpleUploadedFile("stamped.pdf", pdf_of("stamped"))
    client.post(reverse("add-file", args=[dossier.reference]), {"file": upload, "kind": "letter"})
    after = client.get(place).text, client.get(check).text
    client.post(answer)

    told = Letter.objects.filter(template="dossier_ask_correction", address=efua.email).get()
    said = compose_letter(told)[1]
    assert "A file in place of letter" in said and "> The stamp is missing." in said
    assert all("letter.pdf" in page and "The stamp is missing." in page for page in before)
    assert "Still to be added:" in before[1] and "Still to be added:" not in after[1]
    assert (held, Dossier.objects.get().status) == ("correction_asked", "eligibility_check")


def test_a_correction_asked_before_questions_had_rows_still_unlocks_its_field(client):
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona, status=Status.CORRECTION_ASKED)
    dossier.corrections.create(
        fields=[{"field": "specific_1", "comment": "Which ones?"}],
        due_on="2030-01-01",
        asked_at=timezone.now(),
    )
    client.force_login(efua)

    shown = client.get(reverse("section", args=[dossier.reference, "objectives"]))
    listed = client.get(dossier.get_absolute_url())

    open_fields = [n for n, f in shown.context["form"].fields.items() if not f.disabled]
    assert (open_fields, listed.status_code) == (["specific_1"], 200)


def test_a_correction_of_a_repeated_question_unlocks_all_its_rows():
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona, status=Status.ELIGIBILITY_CHECK)
    asked = [{"field": "result", "comment": "Two results would be clearer."}]
    dossier_machine.advance(
        dossier, "ask_correction", actor=make_officer(), fields=asked, due_on="2030-01-01"
    )
    row = {
        f"{name}_2": answers()[f"{name}_1"]
        for name in ("result", "indicator", "unit", "baseline", "target", "by")
    }
    data = section_data("results", answers(**row))

    section_answers.save_section(dossier, "results", data, version=1, actor=efua)

    dossier.refresh_from_db()
    assert [one["unit"] for one in dossier.results] == ["operators", "operators"]
    with pytest.raises(ValidationError, match="at least one field"):
        dossier_machine.advance(
            make_dossier(status=Status.ELIGIBILITY_CHECK),
            "ask_correction",
            actor=make_officer(),
            fields=[{"field": "no_such_question", "comment": "?"}],
            due_on="2030-01-01",
        )


def test_whatever_is_typed_freely_comes_with_an_example_or_a_word_of_help():
    silent = [
        f"{slug}.{name}"
        for slug, section in SECTIONS.items()
        for name, field in section.base_fields.items()
        if isinstance(field, forms.CharField | forms.DecimalField)
        and not (getattr(field, "example", "") or field.help_text)
    ]

    assert silent == []


SUMMARY = answers()["summary"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"summary": f"{SUMMARY} Write to efua@agona.example."}, {"summary": "contact"}),
        ({"summary": f"{SUMMARY} Call 024 412 3456."}, {"summary": "contact"}),
        ({"summary": f"{SUMMARY} Llame al +233 24 412 3456."}, {"summary": "contact"}),
        ({"dossier_title": "Latrines: appelez le 06 12 34 56 78"}, {"dossier_title": "contact"}),
        ({"summary": f"{SUMMARY} 28 000 people, 1 500 000 cedis, 2026-2030."}, {}),
    ],
)
def test_what_everybody_reads_gives_no_address_and_no_telephone(changed, code):
    assert errors(make_dossier(make_authority()), **changed) == code


def test_an_association_is_chosen_or_there_is_none():
    agona = make_authority()
    nalag = Association.objects.create(name="NALAG", country=agona.country, scope="national")
    dossier = make_dossier(agona)

    both = errors(dossier, association=str(nalag.pk), association_none="There is none.")

    assert both == {"association_none": "both"}


def test_a_result_of_a_day_that_is_over_is_refused_in_its_own_section():
    """2020-01-01 was saved in silence, and told of at the end alone."""
    dossier = make_dossier(make_authority())
    dossier.starts_on = dossier.ends_on = None  # not answered yet

    form = section_answers.bind_section(
        "results", {"result_1": ["Rules"], "by_1": ["2020-01-01"]}, dossier=dossier
    )

    assert form.errors.as_data()["by_1"][0].code == "over"


def test_every_answer_can_be_emptied_again_and_is_then_missing(client):
    agona = make_authority()
    dossier = make_dossier(agona)
    client.force_login(make_user(works_for=agona))
    for slug, section in SECTIONS.items():
        page = reverse("section", args=[dossier.reference, slug])
        boxes = {n for n, f in section.base_fields.items() if hasattr(f, "choices")}
        emptied = dict.fromkeys(section.base_fields.keys() - boxes, "") | {"version": "1"}
        assert (slug, client.post(page, emptied).status_code) == (slug, 302)
    check = client.get(reverse("check-answers", args=[dossier.reference])).content.decode()
    assert "How many experts?" in check


def test_the_check_page_counts_what_is_missing_and_is_red_for_what_is_wrong(
    client,
):
    agona = make_authority("Agona West")
    fresh, typed = make_dossier(agona, typed={}), {"problem": "Too short"}
    begun = make_dossier(make_authority("Keta"), typed=typed)
    client.force_login(make_user("Efua", works_for=agona))
    check = client.get(reverse("check-answers", args=[fresh.reference])).text
    client.force_login(make_user("Yaw", works_for=begun.authority))
    after = client.get(reverse("check-answers", args=[begun.reference])).text

    assert 'class="summary"' not in check and "This field is required" not in check
    before_answers, _h2, _answers = check.partition("Nothing was answered here.")
    folded = re.findall(r"<summary><strong>(.*?):</strong> (\d+) answers? missing", before_answers)
    counts = dict(folded)
    assert len(folded) == check.count("<summary><strong>") and "Your area and the problem" in counts
    [lines] = re.findall(
        r"<strong>Your area and the problem:.*?</details>", before_answers, re.DOTALL
    )
    assert lines.count("<li>") == int(counts["Your area and the problem"])
    assert before_answers.count("Go to the first one: ") == len(folded)
    problem = reverse("section", args=[fresh.reference, "problem"])
    assert f'<a href="{problem}#id_context">Go to the first one: ' in before_answers
    red = after.partition('class="summary"')[2].partition("</div>")[0]
    assert "To be corrected before you can submit it" in red
    assert "Write at least 300 characters" in red and red.count("<a ") == 1


def test_where_no_association_of_the_country_is_known_the_section_says_so(client):
    """An empty list stood under a sentence that promised an association."""
    dossier = make_dossier()
    efua = make_user("Efua", works_for=dossier.authority)
    client.force_login(efua)

    page = client.get(reverse("section", args=[dossier.reference, "association"])).text

    assert "We know of no association" in page and "is told of your application" not in page
    assert "<select" not in page.partition('id="typed"')[2].partition("</form>")[0]
