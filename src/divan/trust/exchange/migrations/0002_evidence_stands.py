"""What was published and what was taken over stands: the database itself refuses to change or remove it."""

from django.db import migrations

TABLES = ("exchange_snapshotversion", "exchange_evidencebatch", "exchange_evidencerow")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION exchange_record_stands() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'a published snapshot and imported evidence are never changed or removed'; END $$;
            """
            + "".join(
                f"CREATE TRIGGER record_stands BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION exchange_record_stands();"
                for table in TABLES
            ),
            "".join(f"DROP TRIGGER record_stands ON {table};" for table in TABLES)
            + "DROP FUNCTION exchange_record_stands();",
        )
    ]
