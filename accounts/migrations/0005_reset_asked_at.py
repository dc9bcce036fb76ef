from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_data_of_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='reset_asked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
