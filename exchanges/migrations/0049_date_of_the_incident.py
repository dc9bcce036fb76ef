from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchanges', '0048_description_of_the_measure'),
    ]

    operations = [
        migrations.AlterField(
            model_name='incident',
            name='happened_on',
            field=models.DateField(verbose_name='date of the incident'),
        ),
    ]
