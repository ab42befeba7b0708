"""Evidence in the form that foreign tools check: hash chains of X-Road, timestamps, rows partitioned by day.

Rows of the former form cannot be carried over, for their signatures are over something else. Where there are some, their
tables stay under other names and their segments are forgotten here: the release that wrote them can still read both.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

FORMER = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM exchange_evidencebatch) THEN
    CREATE TABLE exchange_evidencerow_form1 AS TABLE exchange_evidencerow;
    CREATE TABLE exchange_evidencebatch_form1 AS TABLE exchange_evidencebatch;
    ALTER TABLE exchange_evidencebatch DISABLE TRIGGER record_stands;
    DROP TABLE exchange_evidencerow;
    DELETE FROM exchange_evidencebatch;
    ALTER TABLE exchange_evidencebatch ENABLE TRIGGER record_stands;
  ELSE
    DROP TABLE exchange_evidencerow;
  END IF;
END $$;
"""

ROWS = """
CREATE TABLE exchange_evidencerow (
  received_at timestamptz NOT NULL,
  request_id varchar(64) NOT NULL,
  segment_id bigint NOT NULL REFERENCES exchange_segment (id) DEFERRABLE INITIALLY DEFERRED,
  batch_id bigint NOT NULL REFERENCES exchange_evidencebatch (id) DEFERRABLE INITIALLY DEFERRED,
  place bigint NOT NULL CHECK (place >= 0),
  leaf integer NOT NULL CHECK (leaf >= 0),
  intent bytea NOT NULL,
  closing bytea NOT NULL,
  signature bytea NOT NULL,
  message_id varchar(255) NOT NULL,
  client varchar(400) NOT NULL,
  service varchar(500) NOT NULL,
  permit varchar(80) NOT NULL,
  outcome varchar(12) NOT NULL,
  status smallint CHECK (status >= 0),
  subject varchar(64) NOT NULL,
  ended_at timestamptz NOT NULL,
  PRIMARY KEY (received_at, request_id)
) PARTITION BY RANGE (received_at);
CREATE INDEX evidence_of_message ON exchange_evidencerow (message_id);
CREATE INDEX evidence_of_subject ON exchange_evidencerow (subject, received_at DESC) WHERE subject <> '';
CREATE INDEX evidence_in_doubt ON exchange_evidencerow (received_at DESC) WHERE outcome = 'in-doubt';
CREATE INDEX evidence_of_batch ON exchange_evidencerow USING brin (batch_id, leaf);
CREATE INDEX evidence_ended ON exchange_evidencerow USING brin (ended_at);
CREATE TRIGGER record_stands BEFORE UPDATE OR DELETE ON exchange_evidencerow
  FOR EACH ROW EXECUTE FUNCTION exchange_record_stands();
CREATE FUNCTION exchange_open_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE part text := 'exchange_evidencerow_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(part) IS NULL THEN
    -- Attaching a table of its own leaves readers and writers of other days alone; CREATE … PARTITION OF would not.
    EXECUTE format('CREATE TABLE %I (LIKE exchange_evidencerow INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    EXECUTE format('ALTER TABLE exchange_evidencerow ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part,
                   day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
  END IF;
END $$;
"""

STAND = "".join(
    f"CREATE TRIGGER record_stands BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION exchange_record_stands();"
    for table in ("exchange_evidencestamp", "exchange_stampedbatch")
)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_agreements")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORMER)],
            state_operations=[migrations.DeleteModel("EvidenceRow")],
        ),
        migrations.AddField("segment", "header", models.BinaryField(default=b"")),
        migrations.AddField("evidencebatch", "items", models.BinaryField(default=b""), preserve_default=False),
        migrations.RunSQL(
            # Segments of the former form will be looked at anew, and named as what they are.
            "UPDATE exchange_segment SET resume_at = 0, closings_before = 0, seen_to = 0;",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            "EvidenceStamp",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("token", models.BinaryField()),
                ("items", models.BinaryField()),
                ("stamped_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            "StampedBatch",
            [
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stamped",
                        serialize=False,
                        to="exchange.evidencebatch",
                    ),
                ),
                ("first", models.PositiveIntegerField()),
                (
                    "stamp",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exchange.evidencestamp"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(STAND),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ROWS)],
            state_operations=[
                migrations.CreateModel(
                    "EvidenceRow",
                    [
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "received_at", "request_id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="exchange.segment",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="exchange.evidencebatch",
                            ),
                        ),
                        ("place", models.PositiveBigIntegerField()),
                        ("leaf", models.PositiveIntegerField()),
                        ("intent", models.BinaryField()),
                        ("closing", models.BinaryField()),
                        ("signature", models.BinaryField(default=b"")),
                        ("request_id", models.CharField(max_length=64)),
                        ("message_id", models.CharField(max_length=255)),
                        ("client", models.CharField(max_length=400)),
                        ("service", models.CharField(max_length=500)),
                        ("permit", models.CharField(max_length=80)),
                        ("outcome", models.CharField(max_length=12)),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("subject", models.CharField(blank=True, max_length=64)),
                        ("received_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["message_id"], name="evidence_of_message"),
                            models.Index(
                                condition=~Q(subject=""), fields=["subject", "-received_at"], name="evidence_of_subject"
                            ),
                            models.Index(
                                condition=Q(outcome="in-doubt"), fields=["-received_at"], name="evidence_in_doubt"
                            ),
                            django.contrib.postgres.indexes.BrinIndex(fields=["batch", "leaf"], name="evidence_of_batch"),
                            django.contrib.postgres.indexes.BrinIndex(fields=["ended_at"], name="evidence_ended"),
                        ]
                    },
                )
            ],
        ),
    ]
