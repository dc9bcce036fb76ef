from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchanges', '0046_name_budget_lines'),
    ]

    operations = [
        migrations.AddField(
            model_name='exchange',
            name='terms_draft',
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
