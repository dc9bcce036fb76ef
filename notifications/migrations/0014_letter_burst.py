from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0013_unread_mails'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='burst',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
    ]
