"""Entries stand and the head moves only forward: the database itself refuses anything else, but to erase a salt."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION ledger_entry_stands() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND NEW.salt IS NULL
                   AND (OLD.position, OLD.fact_uuid, OLD.commitment, OLD.staged_at)
                     = (NEW.position, NEW.fact_uuid, NEW.commitment, NEW.staged_at) THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'an entry of the log is never changed or removed';
            END $$;
            CREATE TRIGGER entry_stands BEFORE UPDATE OR DELETE ON ledger_ledgerentry
                FOR EACH ROW EXECUTE FUNCTION ledger_entry_stands();
            CREATE FUNCTION ledger_head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND NEW.size > OLD.size
                   AND (OLD.uuid, OLD.origin, OLD.verifier) = (NEW.uuid, NEW.origin, NEW.verifier) THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'the head of the log only moves forward';
            END $$;
            CREATE TRIGGER head_moves_forward BEFORE UPDATE OR DELETE ON ledger_loghead
                FOR EACH ROW EXECUTE FUNCTION ledger_head_moves_forward();
            """,
            """
            DROP TRIGGER head_moves_forward ON ledger_loghead;
            DROP FUNCTION ledger_head_moves_forward();
            DROP TRIGGER entry_stands ON ledger_ledgerentry;
            DROP FUNCTION ledger_entry_stands();
            """,
        )
    ]
