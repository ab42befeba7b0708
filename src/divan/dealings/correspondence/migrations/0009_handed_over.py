"""What a post writes, and where it stands on routes, is found when its worklist goes to another post."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0008_letter_tallies")]

    operations = [
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                fields=["drafter_post", "-id"],
                condition=models.Q(("state__in", ("draft", "circulating", "numbered"))),
                name="letter_written",
            ),
        ),
        migrations.RemoveIndex(model_name="letter", name="letter_drafts"),
        migrations.AddIndex(
            model_name="letterstep",
            index=models.Index(
                fields=["post_uuid"],
                condition=models.Q(("state__in", ("waiting", "open"))),
                name="step_of_post",
            ),
        ),
        migrations.RemoveIndex(model_name="letterstep", name="step_open_of_post"),
    ]
