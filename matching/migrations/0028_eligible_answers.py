from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0027_plain_words_again'),
    ]

    operations = [
        migrations.AlterField(
            model_name='interest',
            name='status',
            field=models.CharField(choices=[('invited', 'invited'), ('draft', 'draft'), ('submitted', 'sent'), ('screened', 'eligible'), ('shortlisted', 'shortlisted'), ('chosen', 'chosen'), ('reserve', 'on the reserve list'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('expired', 'expired'), ('undone', 'undone before it was sent')], max_length=12),
        ),
    ]
