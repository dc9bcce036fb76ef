import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_reset_asked_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='LostFactor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(help_text='For instance: I know their voice, and called the number that we have.', max_length=200, verbose_name='how do you know that it is them?')),
                ('asked_at', models.DateTimeField(editable=False, verbose_name='asked')),
                ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='confirmed')),
                ('asked_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('confirmed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lost_factors', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'lost second factor',
                'verbose_name_plural': 'lost second factors',
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asked_by', models.F('person')), _negated=True), models.Q(('confirmed_by', models.F('person')), _negated=True), models.Q(('confirmed_by', models.F('asked_by')), _negated=True)), name='two_others_remove_a_factor')],
            },
        ),
    ]
