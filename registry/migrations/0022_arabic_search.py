from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0021_plain_words_again'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE TEXT SEARCH CONFIGURATION connect_arabic (COPY = arabic);"
            "ALTER TEXT SEARCH CONFIGURATION connect_arabic"
            " ALTER MAPPING FOR hword, hword_part, word WITH unaccent, arabic_stem",
            "DROP TEXT SEARCH CONFIGURATION connect_arabic",
        ),
    ]
