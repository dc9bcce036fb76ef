from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0039_minutes_to_be_signed'),
    ]

    operations = [
        migrations.AddField(
            model_name='dossier',
            name='copied_from',
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.deletion.SET_NULL,
                related_name='copies',
                to='applications.dossier',
            ),
        ),
    ]
