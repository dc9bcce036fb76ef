from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0024_held_letters'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='concerned_model',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name='letter',
            name='concerned_pk',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
    ]
