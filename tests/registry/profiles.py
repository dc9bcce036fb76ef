"""What an expert posts of a profile."""

PROFILE_DATA = {
    "function_title": "Head of sludge",
    "function": "water",
    "role_type": "technical",
    "visibility": "public",
    "language_1": "en",
    "level_1": "C1",
    "language_2": "nl",
    "level_2": "native",
    "topic_1": "water-sanitation/faecal-sludge",
    "mastery_1": "3",
    "evidence_1": "I set up scheduled emptying with six operators, and wrote the tariff of 2021.",
    "year_1": "2019",
    "country_1": "GH",
    "form_1": "expert_mission",
    "outcome_1": "A tariff that the council voted.",
}


def profile_data(authority, **changed):
    return PROFILE_DATA | {"authority": str(authority.pk)} | changed
