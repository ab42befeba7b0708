"""`divan identity ldap sync`: the report, the taking over, and what it says when the directory cannot be asked."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from divan.project.commands import identity as command
from divan.registers.people import models
from divan.trust.identity.tests.slapd import MISSING, READER, SECRET, SLAPD, serving
from divan_libs.persian.identifiers import national_code_with_check_digit


def typed(*words: object):
    app = typer.Typer()
    command.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["identity", "ldap", "sync", *map(str, words)])


@pytest.mark.django_db
@pytest.mark.skipif(SLAPD is None, reason=MISSING)
@pytest.mark.xdist_group("slapd")
def test_the_answer_is_shown_then_taken_over_then_changes_nothing(tmp_path):
    folder = tmp_path / "slapd"
    folder.mkdir()
    with serving(folder) as slapd:
        base = slapd.branch("people")
        code = national_code_with_check_digit("990000901")
        slapd.add(base, "zahra", givenName="زهرا", sn="رضایی", employeeNumber=code, mobile="1")
        slapd.add(base, "bad", givenName="علی", sn="کریمی", employeeNumber="123")
        (tmp_path / "secret").write_text(SECRET)
        path = tmp_path / "directory.yaml"
        path.write_text(
            f"url: ldap://127.0.0.1:{slapd.port}\nbind_dn: {READER}\nbase: {base}\n"
            f"password_file: {tmp_path / 'secret'}\n"
        )

        shown = typed("--settings", path, "--lang", "en")
        assert (shown.exit_code, models.Person.objects.count()) == (0, 0)
        assert "bad, national code: directory.national-code-invalid: The national code is not right." in shown.stderr
        assert "zahra, mobile number: directory.mobile-invalid" in shown.stdout
        assert "  zahra: person entered · account made · linked to the directory\n" in shown.stdout
        assert typed("--settings", path, "--apply", "--dry-run").exit_code == 0
        assert models.Person.objects.count() == 0
        done = typed("--settings", path, "--apply")
        assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "وارد شد.")
        assert code not in shown.output + done.output
        assert typed("--settings", path, "--apply", "--lang", "en").stdout.endswith("Nothing to change.\n")
        nobody = path.read_text() + "filter: (uid=nobody)\n"
        path.write_text(nobody)
        refused = typed("--settings", path, "--apply", "--lang", "en")
        assert (refused.exit_code, "the whole answer: directory.empty-answer" in refused.stderr) == (1, True)
        assert typed("--settings", path, "--apply", "--force").exit_code == 0
        (tmp_path / "secret").write_text("wrong")
        wrong = typed("--settings", path)
        assert (wrong.exit_code, wrong.stderr) == (2, "identity.directory-refused: invalidCredentials\n")
    down = typed("--settings", path)
    assert (down.exit_code, down.stderr) == (2, "identity.directory-silent: connection refused\n")
    assert typed("--settings", tmp_path / "none.yaml").exit_code == 2
