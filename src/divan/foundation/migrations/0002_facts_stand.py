"""Facts stand: the database itself refuses to change or remove one, except to place it once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION foundation_fact_stands() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND NEW.position IS NOT NULL
                   AND (OLD.id, OLD.uuid, OLD.kind, OLD.subject_kind, OLD.subject_uuid, OLD.subject_sequence,
                        OLD.subject_digest, OLD.actor, OLD.at, OLD.data)
                     = (NEW.id, NEW.uuid, NEW.kind, NEW.subject_kind, NEW.subject_uuid, NEW.subject_sequence,
                        NEW.subject_digest, NEW.actor, NEW.at, NEW.data) THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'a fact is never changed or removed';
            END $$;
            CREATE TRIGGER fact_stands BEFORE UPDATE OR DELETE ON foundation_fact
                FOR EACH ROW EXECUTE FUNCTION foundation_fact_stands();
            """,
            "DROP TRIGGER fact_stands ON foundation_fact; DROP FUNCTION foundation_fact_stands();",
        )
    ]
