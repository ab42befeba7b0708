"""The public list reads the names of bodies from the version itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_versions_stand")]
    operations = [
        migrations.AddField("serviceversion", "body_fa", models.CharField(default="", max_length=200), preserve_default=False),
        migrations.AddField("serviceversion", "body_en", models.CharField(default="", max_length=200), preserve_default=False),
    ]
