import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_serials"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("need", models.CharField(max_length=60)),
                ("desk", models.CharField(max_length=150)),
                ("body", models.CharField(max_length=60)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("seat", models.PositiveSmallIntegerField()),
                ("booked_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CaseSignature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("need", models.CharField(max_length=60)),
                ("signer_code", models.CharField(max_length=30)),
                ("state", models.CharField(max_length=10)),
                ("digest", models.CharField(max_length=64)),
                ("note", models.TextField(blank=True)),
                ("signed_by", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="IssuedRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("record", models.CharField(max_length=60)),
                ("data_service", models.CharField(max_length=100)),
                ("subject_code", models.CharField(max_length=30)),
                ("fields", models.JSONField()),
                ("published_at", models.DateTimeField()),
                ("valid_until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="caseneed",
            name="need_once",
        ),
        migrations.AddField(
            model_name="caseneed",
            name="dropped_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="caseneed",
            name="parameters",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="caseneed",
            name="reused",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="caseneed",
            name="subject_code",
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AlterField(
            model_name="caseneed",
            name="inquiry_uuid",
            field=models.UUIDField(db_index=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="caseneed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dropped_at__isnull", True)),
                fields=("case", "code", "subject_code"),
                name="need_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseneed",
            constraint=models.CheckConstraint(
                condition=models.Q(("dropped_at__isnull", True), ("fields", {}), _connector="OR"),
                name="need_dropped_tells_nothing",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="casesignature",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddField(
            model_name="issuedrecord",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("cancelled_at__isnull", True)), fields=["body", "starts_at"], name="appointment_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_at__isnull", True)),
                fields=("desk", "starts_at", "seat"),
                name="appointment_seat_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_at__isnull", True)),
                fields=("case", "need"),
                name="appointment_one_of_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="appointment_span"
            ),
        ),
        migrations.AddIndex(
            model_name="casesignature",
            index=models.Index(fields=["signer_code", "-asked_at"], name="signature_of_signer"),
        ),
        migrations.AddIndex(
            model_name="casesignature",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("state", "signed")),
                fields=["until"],
                name="signature_ending",
            ),
        ),
        migrations.AddConstraint(
            model_name="casesignature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("case", "need", "signer_code"),
                name="signature_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="casesignature",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("asked", "signed", "refused", "void", "expired"))),
                name="signature_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="casesignature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "signed"), _negated=True),
                    models.Q(("answered_at__isnull", False), ("signed_by__isnull", False), ("until__isnull", False)),
                    _connector="OR",
                ),
                name="signature_signed_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="casesignature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("void", "expired")), _negated=True),
                    ("ended_at__isnull", False),
                    _connector="OR",
                ),
                name="signature_over_when",
            ),
        ),
        migrations.AddIndex(
            model_name="issuedrecord",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["data_service", "subject_code", "-published_at"],
                name="issued_record_asked",
            ),
        ),
        migrations.AddIndex(
            model_name="issuedrecord",
            index=models.Index(fields=["case"], name="issued_record_of_case"),
        ),
        migrations.AddConstraint(
            model_name="issuedrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject_code", ""), _negated=True), name="issued_record_about_somebody"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuedrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("published_at")), _connector="OR"
                ),
                name="issued_record_period",
            ),
        ),
    ]
