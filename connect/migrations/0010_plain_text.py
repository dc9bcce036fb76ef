from django.db import migrations


class Migration(migrations.Migration):
    """Small letters without accents, as a function that an index may use.

    PostgreSQL calls its own `unaccent` STABLE, for somebody could replace the dictionary: we name
    it, with its schema, so that a restored backup finds it too.
    """

    dependencies = [
        ('connect', '0009_plain_words_again'),
        ('registry', '0003_search'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE FUNCTION connect_plain(text) RETURNS text"
            " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
            " AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$",
            "DROP FUNCTION connect_plain(text)",
        ),
    ]
