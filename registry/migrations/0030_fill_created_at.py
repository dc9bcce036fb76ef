"""Whoever proposed an authority asked to join it: of others the day stays unknown."""

from django.db import migrations

FILL = """
UPDATE registry_authority SET created_at = (
    SELECT MIN(asked_at) FROM registry_membership
    WHERE registry_membership.authority_id = registry_authority.id
) WHERE created_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0029_authority_created_at")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
