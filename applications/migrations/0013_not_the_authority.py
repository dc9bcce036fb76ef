from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0012_confirm_who_took_part")]

    operations = [
        migrations.AlterField(
            model_name="coapplicant",
            name="confirmation",
            field=models.CharField(
                blank=True,
                choices=[
                    ("member", "confirmed by a member of the authority"),
                    ("domain", "answered from the registered domain of the authority"),
                    ("staff", "confirmed by our staff"),
                    ("earlier", "took part before confirmations were asked for"),
                    ("not_them", "our staff asked: it is not the authority that answered"),
                ],
                db_default="",
                max_length=8,
                verbose_name="who confirmed it",
            ),
        ),
    ]
