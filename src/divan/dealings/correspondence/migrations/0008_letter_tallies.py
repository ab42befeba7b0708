from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("correspondence", "0007_letters_found"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterTally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("body_id", models.BigIntegerField()),
                ("month", models.PositiveIntegerField()),
                ("measure", models.CharField(max_length=6)),
                ("channel", models.CharField(blank=True, max_length=12)),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("amount", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "body_id", "measure", "channel"), name="letter_tally_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ("in", "out", "sheets", "acted"))), name="letter_tally_of"
                    ),
                ],
            },
        ),
    ]
