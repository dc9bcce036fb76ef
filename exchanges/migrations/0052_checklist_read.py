from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchanges', '0051_stop_request'),
    ]

    operations = [
        migrations.AddField(
            model_name='exchange',
            name='checklist_read_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
