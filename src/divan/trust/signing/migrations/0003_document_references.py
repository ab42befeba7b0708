from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signing", "0002_several_signers_and_papers")]

    operations = [
        migrations.AddField(model_name="document", name="references", field=models.JSONField(null=True)),
    ]
