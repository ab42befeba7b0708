"""A published version stands: the database itself refuses to change or remove one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION catalogue_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'a published version is never changed or removed'; END $$;
            CREATE TRIGGER version_stands BEFORE UPDATE OR DELETE ON catalogue_serviceversion
                FOR EACH ROW EXECUTE FUNCTION catalogue_version_stands();
            """,
            "DROP TRIGGER version_stands ON catalogue_serviceversion; DROP FUNCTION catalogue_version_stands();",
        )
    ]
