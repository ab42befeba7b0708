"""The serial of invoice numbers; a number that a rolled-back invoice took is not given again, and need not be."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE payments_serial", "DROP SEQUENCE payments_serial")]
