from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connect', '0012_translations'),
    ]

    operations = [
        migrations.AddField(
            model_name='translation',
            name='checked_at',
            field=models.DateTimeField(blank=True, db_index=True, null=True),
        ),
    ]
