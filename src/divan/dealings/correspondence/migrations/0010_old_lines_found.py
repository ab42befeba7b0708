"""Lines of worklists from before they could be looked for by words are found by their words, too."""

from django.db import migrations, transaction

from divan_libs.persian.text import search_text

AT_ONCE = 1000


def enter_words(apps, _editor):
    """Write the words of lines that have none, so many in a transaction: after a power cut it goes on with the rest."""
    lines = apps.get_model("correspondence", "WorkItem").objects
    last = 0
    while True:
        rows = list(lines.filter(id__gt=last, search_text="").order_by("id")[:AT_ONCE])
        if not rows:
            return
        for row in rows:
            said = (row.number, row.title_fa, row.title_en, row.sender_fa, row.sender_en)
            row.search_text = search_text(" ".join(said))
        with transaction.atomic():
            lines.bulk_update(rows, ["search_text"])
        last = rows[-1].id


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("correspondence", "0009_handed_over")]
    operations = [migrations.RunPython(enter_words, migrations.RunPython.noop)]
