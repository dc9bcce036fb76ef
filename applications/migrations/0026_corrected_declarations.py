from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0025_replaced_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='conflictdeclaration',
            name='earlier',
            field=models.JSONField(blank=True, null=True),
        ),
    ]
