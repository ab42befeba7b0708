
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DataService',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(unique=True)),
                ('code', models.CharField(max_length=80, unique=True)),
                ('address', models.CharField(max_length=400, unique=True)),
                ('name_fa', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('base_urls', models.JSONField()),
                ('timeout_ms', models.PositiveIntegerField()),
                ('connect_timeout_ms', models.PositiveIntegerField()),
                ('subject_in', models.CharField(blank=True, max_length=20)),
                ('subject_at', models.CharField(blank=True, max_length=200)),
                ('subject_required', models.BooleanField(default=True)),
                ('trusted_certificates', models.JSONField(default=list)),
                ('disabled_notice', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(unique=True)),
                ('address', models.CharField(max_length=200, unique=True)),
                ('name_fa', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(unique=True)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('resume_at', models.PositiveBigIntegerField(default=0)),
                ('closings_before', models.PositiveBigIntegerField(default=0)),
                ('batch', models.PositiveBigIntegerField(default=0)),
                ('batch_digest', models.CharField(blank=True, max_length=64)),
                ('seen_to', models.PositiveBigIntegerField(default=0)),
                ('finished', models.BooleanField(default=False)),
                ('doubt', models.CharField(blank=True, max_length=60)),
                ('doubt_at', models.PositiveBigIntegerField(default=0)),
                ('looked_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='EvidenceBatch',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField()),
                ('size', models.PositiveIntegerField()),
                ('signed_at', models.DateTimeField()),
                ('root', models.BinaryField()),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.segment')),
            ],
        ),
        migrations.CreateModel(
            name='SnapshotVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(unique=True)),
                ('number', models.PositiveBigIntegerField(unique=True)),
                ('signed', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='snapshot_number_from_one'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('issued_at'))), name='snapshot_period')],
            },
        ),
        migrations.CreateModel(
            name='Subsystem',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(unique=True)),
                ('address', models.CharField(max_length=300, unique=True)),
                ('name_fa', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('connection', models.CharField(max_length=5)),
                ('certificates', models.JSONField(default=list)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.member')),
            ],
        ),
        migrations.CreateModel(
            name='Permit',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(unique=True)),
                ('method', models.CharField(max_length=10)),
                ('path_glob', models.CharField(max_length=300)),
                ('purpose_fa', models.CharField(max_length=300)),
                ('purpose_en', models.CharField(blank=True, max_length=300)),
                ('legal_basis_fa', models.CharField(max_length=500)),
                ('legal_basis_en', models.CharField(blank=True, max_length=500)),
                ('legal_basis_confirmed', models.BooleanField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('granted_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('data_service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.dataservice')),
                ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.subsystem')),
            ],
        ),
        migrations.AddField(
            model_name='dataservice',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.subsystem'),
        ),
        migrations.CreateModel(
            name='EvidenceRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveBigIntegerField()),
                ('leaf', models.PositiveIntegerField()),
                ('path', models.BinaryField()),
                ('intent', models.BinaryField()),
                ('closing', models.BinaryField()),
                ('request_id', models.CharField(max_length=64, unique=True)),
                ('message_id', models.CharField(max_length=255)),
                ('client', models.CharField(max_length=400)),
                ('service', models.CharField(max_length=500)),
                ('permit', models.CharField(max_length=80)),
                ('outcome', models.CharField(max_length=12)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('subject', models.CharField(blank=True, max_length=64)),
                ('received_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.evidencebatch')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.segment')),
            ],
            options={
                'indexes': [models.Index(fields=['-received_at', '-request_id'], name='evidence_newest_first'), models.Index(fields=['message_id'], name='evidence_of_message'), models.Index(condition=models.Q(('subject', ''), _negated=True), fields=['subject', '-received_at'], name='evidence_of_subject'), models.Index(condition=models.Q(('outcome', 'in-doubt')), fields=['-received_at'], name='evidence_in_doubt')],
                'constraints': [models.UniqueConstraint(fields=('segment', 'place'), name='evidence_once_in_segment')],
            },
        ),
        migrations.AddConstraint(
            model_name='evidencebatch',
            constraint=models.UniqueConstraint(fields=('segment', 'number'), name='batch_once_in_segment'),
        ),
        migrations.AddConstraint(
            model_name='subsystem',
            constraint=models.CheckConstraint(condition=models.Q(('connection__in', ('https', 'http'))), name='subsystem_connection_known'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='permit_period'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('purpose_fa', ''), _negated=True), models.Q(('legal_basis_fa', ''), _negated=True)), name='permit_says_why'),
        ),
        migrations.AddConstraint(
            model_name='dataservice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('subject_at', ''), ('subject_in', '')), models.Q(('subject_at', ''), _negated=True), _connector='OR'), name='service_subject_place'),
        ),
    ]
