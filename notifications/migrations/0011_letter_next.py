from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):

    atomic = False  # letters are written while the index is made
    dependencies = [
        ('notifications', '0010_letter_priority'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='letter',
            index=models.Index(F('priority').desc(), 'tries', 'id', condition=Q(('cancelled_at', None), ('sent_at', None)), name='letter_next'),
        ),
    ]
