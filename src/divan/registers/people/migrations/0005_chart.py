# Superiors by the organisation chart, and personnel numbers.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_substitute_scope'),
    ]

    operations = [
        migrations.AddField(
            model_name='post',
            name='superior',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.post'),
        ),
        migrations.AddField(
            model_name='membership',
            name='personnel_number',
            field=models.CharField(blank=True, default='', max_length=20),
        ),
    ]
