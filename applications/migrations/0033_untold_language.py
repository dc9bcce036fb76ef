from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0032_shown_scores'),
    ]

    operations = [
        migrations.AlterField(
            model_name='dossier',
            name='language_from',
            field=models.CharField(blank=True, choices=[('person', 'Person'), ('text', 'Text'), ('untold', 'Untold')], db_default='', default='', max_length=6),
        ),
    ]
