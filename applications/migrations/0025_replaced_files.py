import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0024_withdrawn_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaced_by', to='applications.attachment'),
        ),
    ]
