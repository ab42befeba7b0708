"""Letters are found by their number, and petitions by who wrote them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0006_finding")]

    operations = [
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                fields=["body", "number"],
                condition=models.Q(("number", ""), _negated=True),
                name="letter_by_number",
            ),
        ),
        migrations.AddIndex(
            model_name="intake",
            index=models.Index(
                models.F("read__applicant"), condition=models.Q(("channel", "portal")), name="intake_of_applicant"
            ),
        ),
    ]
