from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0009_letter_counts'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'ordinary'), (1, 'somebody waits for it')], db_default=0, default=0, verbose_name='priority'),
        ),
    ]
