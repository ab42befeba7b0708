"""What was found out of messages in doubt."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_control_plane")]

    operations = [
        migrations.CreateModel(
            name="SettledDoubt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("request_id", models.CharField(max_length=64, unique=True)),
                ("finding", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=1000)),
                ("settled_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(finding__in=("acted", "not-acted", "repeated", "unknowable")) & ~Q(reason=""),
                        name="settled_doubt_says_what",
                    )
                ]
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER record_stands BEFORE UPDATE OR DELETE ON exchange_settleddoubt "
            "FOR EACH ROW EXECUTE FUNCTION exchange_record_stands();",
            migrations.RunSQL.noop,
        ),
    ]
