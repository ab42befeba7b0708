"""A letter that waits for its next try says why the last one was in vain."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0010_old_lines_found")]
    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="waits_for",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]
