"""Fill the row that a letter concerns from its key, as keys were made until now.

The first pattern that a key begins with counts. Letters about an item of an agenda follow in the
app of exchanges: their keys hold no primary key.
"""

from django.db import migrations
from django.db.models import BigIntegerField, CharField, F, Func, Value
from django.db.models.functions import Cast

ROWS = [
    (r"^data-request:(\d+):", "accounts.datarequest"),
    (r"^account:(\d+):unused:", "accounts.user"),
    (r"^work:(\d+):", "accounts.user"),
    (r"^closing-open:(\d+):", "accounts.user"),
    (r"^practice:\d+:message:(\d+):", "accounts.user"),
    (r"^factor:(\d+):", "accounts.lostfactor"),
    (r"^closing:(\d+):", "accounts.closing"),
    (r"^(?:membership|committee-belonging):(\d+):", "registry.membership"),
    (r"^(?:profile|employer|welcome|goes:profiles):(\d+):", "registry.expert"),
    (r"^dossier:\d+:offer:(\d+):", "registry.offer"),
    (r"^call:\d+:(?:extended|moved):\d+:(\d+):", "applications.dossier"),
    (r"^(?:draft|committee-short):(\d+):", "applications.dossier"),
    (r"^goes:dossiers(?:-private|-exchange)?:(\d+):", "applications.dossier"),
    (r"^(?:call|assigned|scores):(\d+):", "applications.call"),
    (r"^dossier-event:(\d+):", "applications.dossierevent"),
    (r"^correction:(\d+):", "applications.correction"),
    (r"^signature:(\d+):", "applications.signature"),
    (r"^contributor:(\d+):", "applications.contributor"),
    (r"^co-applicant(?:-removed)?:(\d+):", "applications.coapplicant"),
    (r"^match:\d+:asked:(\d+):", "matching.consent"),
    (r"^match:(\d+):", "matching.match"),
    (r"^match-message:(\d+):", "matching.matchmessage"),
    (r"^interest:(\d+):", "matching.interest"),
    (r"^interest-event:(\d+):", "matching.interestevent"),
    (r"^alert:(\d+):", "matching.alert"),
    (r"^opportunity:(\d+):", "matching.opportunity"),
    (r"^(?:exchange|incidents):(\d+):", "exchanges.exchange"),
    (r"^exchange-event:(\d+):", "exchanges.exchangeevent"),
    (r"^follow-up:(\d+):", "exchanges.followup"),
    (r"^evaluation:(\d+):", "exchanges.evaluation"),
    (r"^picture:(\d+):", "exchanges.picture"),
    (r"^days:(\d+):", "exchanges.daysproposal"),
    (r"^terms:(\d+):", "exchanges.terms"),
    (r"^plan:(\d+):", "exchanges.actionplan"),
    (r"^observation:(\d+):", "exchanges.observation"),
    (r"^incident:(\d+):", "exchanges.incident"),
    (r"^participant(?:-removed)?:(\d+):", "exchanges.participant"),
    (r"^goes:diaries:(\d+):", "exchanges.diaryentry"),
    (r"^practice:(\d+):", "practices.practice"),
    (r"^practice-event:(\d+):", "practices.practiceevent"),
    (r"^practice-use:(\d+):", "practices.use"),
    (r"^(?:news|burst|letter):(\d+):", "notifications.letter"),
]


def fill(apps, schema_editor):
    letters = apps.get_model("notifications", "Letter").objects
    for pattern, name in ROWS:
        found = Func(F("key"), Value(pattern), function="substring", output_field=CharField())
        letters.filter(concerned_pk=None, key__regex=pattern).update(
            concerned_model=name, concerned_pk=Cast(found, BigIntegerField())
        )


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0025_row_that_a_letter_concerns'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
