from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchanges', '0050_waived_facts'),
    ]

    operations = [
        migrations.AddField(
            model_name='exchange',
            name='stop_asked',
            field=models.CharField(blank=True, choices=[('postpone', 'postpone it'), ('cancel', 'cancel it')], db_default='', default='', editable=False, max_length=8),
        ),
        migrations.AddField(
            model_name='exchange',
            name='stop_asked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='exchange',
            name='stop_possible_from',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='exchange',
            name='stop_side',
            field=models.CharField(blank=True, choices=[('requesting', 'applicant'), ('offering', 'offering authority'), ('association', 'an association'), ('staff', 'the programme'), ('other', 'others')], db_default='', default='', editable=False, max_length=11),
        ),
    ]
