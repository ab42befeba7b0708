from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_cases_from_letters")]

    operations = [
        migrations.RemoveConstraint(model_name="permit", name="permit_state_known"),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("in-force", "expired", "revoked", "returned"))),
                name="permit_state_known",
            ),
        ),
    ]
