"""The lines of snapshots, each kept once; what was signed before is read no more, and the next one is signed anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0008_settled_doubts")]

    operations = [
        migrations.CreateModel(
            name="SnapshotPart",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("line", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(
            "CREATE TRIGGER record_stands BEFORE UPDATE OR DELETE ON exchange_snapshotpart "
            "FOR EACH ROW EXECUTE FUNCTION exchange_record_stands();",
            migrations.RunSQL.noop,
        ),
    ]
