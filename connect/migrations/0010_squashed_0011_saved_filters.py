import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('connect', '0010_plain_text'),
        ('connect', '0011_saved_filters'),
    ]

    dependencies = [
        ('connect', '0009_plain_words_again'),
        ('registry', '0003_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Small letters without accents, as a function that an index may use. PostgreSQL calls its
        # own `unaccent` STABLE, for somebody could replace the dictionary: we name it, with its
        # schema, so that a restored backup finds it too.
        migrations.RunSQL(
            "CREATE FUNCTION connect_plain(text) RETURNS text"
            " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
            " AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$",
            "DROP FUNCTION connect_plain(text)",
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(max_length=1000)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('user', 'model', 'name'), name='one_saved_filter_of_a_name')],
            },
        ),
    ]
