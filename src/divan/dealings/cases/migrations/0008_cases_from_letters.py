import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_permit_constraint_named_apart")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="channel",
            field=models.CharField(db_default="internet", default="internet", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ("internet", "letter"))), name="case_channel_known"
            ),
        ),
        migrations.CreateModel(
            name="CaseLetter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("letter_uuid", models.UUIDField()),
                ("entered_by", models.UUIDField()),
                ("entered_in", models.UUIDField()),
                ("entered_at", models.DateTimeField()),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["letter_uuid"], name="case_of_letter")]},
        ),
    ]
