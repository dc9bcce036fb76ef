from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0035_deputy_of_the_chair'),
    ]

    operations = [
        migrations.AddField(
            model_name='signature',
            name='declined_digest',
            field=models.CharField(blank=True, db_default='', max_length=64),
        ),
    ]
