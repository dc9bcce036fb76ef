from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # letters are written while the index is made
    dependencies = [
        ('notifications', '0026_fill_row_that_a_letter_concerns'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='letter',
            index=models.Index('concerned_model', 'concerned_pk', name='letter_concerned'),
        ),
    ]
