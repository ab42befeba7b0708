"""The serial of case numbers; a number that a rolled-back submission took is not given again, and need not be."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE cases_serial", "DROP SEQUENCE cases_serial")]
