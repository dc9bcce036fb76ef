from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0038_fill_languages_of_people'),
    ]

    operations = [
        migrations.AlterField(
            model_name='meeting',
            name='status',
            field=models.CharField(choices=[('planned', 'planned'), ('held', 'held: the minutes are being written'), ('to_sign', 'minutes to be signed'), ('signed', 'minutes signed'), ('cancelled', 'cancelled')], default='planned', max_length=10, verbose_name='status'),
        ),
    ]
