"""Staff out of a real directory: made, changed, ended; whole answers only; whatever strangers write into it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.errors import Refusal, Trouble
from divan.registers.people import actions as people
from divan.registers.people import queries as registered
from divan.trust.identity import actions, models, queries
from divan.trust.identity.values import AccountKind
from divan_libs.directory.values import Deed
from divan_libs.persian.identifiers import national_code_with_check_digit

from .factories import NOON, make_post
from .slapd import MISSING, READER, SECRET, SLAPD, SUFFIX, serving

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(SLAPD is None, reason=MISSING),
    pytest.mark.xdist_group("slapd"),
]


BRANCHES = count()


def code_of(number: int) -> str:
    return national_code_with_check_digit(f"{990_000_000 + number}")


@pytest.fixture(scope="module")
def slapd(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("slapd")) as directory:
        yield directory


@pytest.fixture
def base(slapd):
    return slapd.branch(f"branch-{next(BRANCHES)}")


@pytest.fixture
def write(slapd, base, tmp_path):
    """Write the file of the directory; what is given replaces and adds to it."""

    def written(*more: str, **changed: object):
        (tmp_path / "secret").write_text(SECRET + "\n")
        lines = {
            "url": f"ldaps://localhost:{slapd.tls_port}",
            "authorities": slapd.authorities,
            "bind_dn": READER,
            "password_file": tmp_path / "secret",
            "base": base,
            "most_ended": 0.5,
            "attributes": "{post: departmentNumber, unit: physicalDeliveryOfficeName}",
            "disabled": "{attribute: employeeType, values: [left]}",
        }
        kept = {name: value for name, value in {**lines, **changed}.items() if value is not None}
        path = tmp_path / "directory.yaml"
        path.write_text("\n".join([*(f"{name}: {value}" for name, value in kept.items()), *more]))
        return path

    return written


def take_over(path, now, *, is_forced=False):
    """Do what the command does, and return the deeds by user name."""
    plan = queries.plan_directory(path, now, is_forced=is_forced)
    assert plan.hindrances == ()
    for line in plan.lines:
        deal = actions.end_directory_link if line.ends else actions.take_over_entry
        deal(line=line, actor=SYSTEM, now=now)
    return {line.entry.label: set(line.deeds) for line in plan.lines}


def findings(plan):
    return [(one.entry, one.code) for one in plan.findings]


def holder(post: UUID, at):
    found = registered.holder_of(post, at)
    return found.full_name if found else ""


def test_people_come_change_and_end_and_nothing_is_done_twice(slapd, base, write, client):
    expert, adviser = make_post("roads-expert", "expert"), make_post("roads-adviser", "adviser")
    given = {"givenName": "زهرا", "sn": "رضايي", "employeeNumber": code_of(1), "mobile": "+98 912 345 6789"}
    slapd.add(base, "zahra", **given, mail="Zahra@roads.example", departmentNumber="roads-expert")
    slapd.add(base, "ali", givenName="علی", sn="کریمی", employeeNumber=code_of(2), departmentNumber="none")
    path = write()

    made = take_over(path, NOON)

    assert made == {
        "zahra": {Deed.PERSON_MADE, Deed.ACCOUNT_MADE, Deed.POST_GIVEN, Deed.LINKED},
        "ali": {Deed.PERSON_MADE, Deed.ACCOUNT_MADE, Deed.LINKED},
    }
    zahra = registered.find_person(code_of(1))
    assert (zahra.full_name, zahra.mobile, holder(expert, NOON)) == ("زهرا رضایی", "09123456789", "زهرا رضایی")
    account = queries.find_account(zahra.uuid, AccountKind.STAFF)
    row = models.Account.objects.get(uuid=account.uuid)
    assert (account.username, row.has_usable_password()) == ("zahra", False)
    assert findings(queries.plan_directory(path, NOON)) == [("ali", "directory.post-unknown")]
    assert take_over(path, NOON + timedelta(hours=1)) == {}

    # Another surname, another post, a user name that the directory keeps to itself.
    later = NOON + timedelta(days=1)
    slapd.change(base, "zahra", sn="محمدی", departmentNumber="roads-adviser", mobile="09120000000")
    client.force_login(row, backend="django.contrib.auth.backends.ModelBackend")
    assert take_over(path, later) == {"zahra": {Deed.PERSON_CHANGED, Deed.POST_LEFT, Deed.POST_GIVEN}}
    assert (holder(expert, later), holder(adviser, later)) == ("", "زهرا محمدی")
    assert registered.find_person(code_of(1)).mobile == "09123456789"
    assert ("zahra", "directory.mobile-kept") in findings(queries.plan_directory(path, later))

    # Disabled there: posts, account and session end, whoever gave the post.
    expert_again = people.give_post(person=zahra.uuid, post=expert, starts_at=later, actor=SYSTEM, now=later)
    end = later + timedelta(days=1)
    slapd.change(base, "zahra", employeeType="left")
    assert take_over(path, end) == {"zahra": {Deed.ENDED_DISABLED}}
    assert (holder(expert, end), holder(adviser, end), holder(adviser, end - timedelta(seconds=1))) == (
        "",
        "",
        "زهرا محمدی",
    )
    assert facts.recorded_for(expert_again) == ["people.post-given", "people.post-left"]
    assert not queries.get_account(account.uuid).is_active
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert take_over(path, end + timedelta(hours=1)) == {}

    # Back again: the account opens, and the post is given anew because it is vacant.
    slapd.change(base, "zahra", employeeType="staff")
    back = end + timedelta(days=1)
    assert take_over(path, back) == {"zahra": {Deed.ACCOUNT_REOPENED, Deed.POST_GIVEN, Deed.LINK_CHANGED}}
    assert (holder(adviser, back), queries.get_account(account.uuid).is_active) == ("زهرا محمدی", True)

    # Gone from it, with its branch standing: the same end, by its identifier.
    slapd.remove(base, "ali")
    assert take_over(path, back + timedelta(days=1)) == {"ali": {Deed.ENDED_GONE}}
    ali = registered.find_person(code_of(2))
    assert not queries.find_account(ali.uuid, AccountKind.STAFF).is_active
    link = models.DirectoryLink.objects.get(person__national_code=code_of(2))
    assert facts.recorded_for(link.uuid) == ["identity.directory-linked", "identity.directory-ended"]
    for kind, uuid, _sequence, _position, recorded in facts.last_digests():
        assert facts.live_digests(kind, [uuid]) == {uuid: recorded}


def test_who_was_here_before_is_found_by_code_and_a_closed_account_stays_closed(slapd, base, write):
    known = people.register_person(
        national_code=code_of(11), first_name="مریم", last_name="نوری", confirmed_at=NOON, actor=SYSTEM, now=NOON
    )
    account = actions.create_staff_account(person=known.uuid, username="noori", actor=SYSTEM, now=NOON)
    actions.close_account(account=account, actor=SYSTEM, now=NOON)
    slapd.add(base, "maryam", givenName="مريم", sn="نوری‌پور", employeeNumber=code_of(11))
    path = write()

    told = findings(queries.plan_directory(path, NOON))

    assert told == [
        ("maryam", "directory.name-kept"),
        ("maryam", "directory.username-kept"),
        ("noori", "directory.account-closed"),
    ]
    assert take_over(path, NOON) == {"noori": {Deed.LINKED}}
    assert registered.get_person(known.uuid).full_name == "مریم نوری"
    # The entry is made anew there, under another identifier: it is the same person, and nobody is gone.
    slapd.remove(base, "maryam")
    slapd.add(base, "maryam2", givenName="مریم", sn="نوری", employeeNumber=code_of(11))
    assert take_over(path, NOON) == {"noori": {Deed.LINK_CHANGED}}
    assert models.DirectoryLink.objects.filter(person__uuid=known.uuid, ended_at=None).count() == 1


REACHED = {
    "ldaps": {},
    "start-tls": {"url": "ldap://localhost:{port}", "start_tls": "true"},
    "loopback-in-the-clear": {"url": "ldap://127.0.0.1:{port}", "authorities": None},
}
NOT_REACHED = {
    "certificate-of-another-host": (
        {"url": "ldaps://127.0.0.1:{tls_port}"},
        "identity.directory-silent",
        "certificate: IP address mismatch",
    ),
    "authority-unknown": (
        {"authorities": None},
        "identity.directory-silent",
        "certificate: unable to get local issuer certificate",
    ),
    "authority-unknown-by-start-tls": (
        {"url": "ldap://localhost:{port}", "start_tls": "true", "authorities": None},
        "identity.directory-silent",
        "certificate: unable to get local issuer certificate",
    ),
    "nobody-listens": ({"url": "ldaps://localhost:1"}, "identity.directory-silent", "connection refused"),
    "wrong-password": ({"bind_dn": SUFFIX}, "identity.directory-refused", "invalidCredentials"),
    "no-such-base": ({"base": f"ou=none,{SUFFIX}"}, "identity.directory-refused", "noSuchObject"),
    "no-filter": ({"filter": "'((('"}, "identity.directory-settings-unfit", "filter"),
    "no-password-file": ({"password_file": "/nowhere"}, "identity.directory-settings-unfit", "password_file: No such"),
    "empty-password": ({"password_file": "/dev/null"}, "identity.directory-settings-unfit", "password_file: empty"),
    "in-the-clear": ({"url": "ldap://ldap.example"}, "identity.directory-settings-unfit", "cross the network"),
    "unknown-key": ({"pasword": "x"}, "identity.directory-settings-unfit", "pasword: Extra inputs"),
    "not-yaml": ({"url": "[: {"}, "identity.directory-settings-unfit", "directory.yaml: line"),
}


@pytest.mark.parametrize("way", REACHED)
def test_the_directory_is_asked_over_tls_or_on_this_machine(slapd, base, write, way):
    slapd.add(base, "zahra", givenName="زهرا", sn="رضایی", employeeNumber=code_of(21))
    ports = {"port": slapd.port, "tls_port": slapd.tls_port}
    changed = {name: said.format(**ports) if said else said for name, said in REACHED[way].items()}

    plan = queries.plan_directory(write(**changed), NOON)

    assert [line.entry.national_code for line in plan.lines] == [code_of(21)]


@pytest.mark.parametrize("fault", NOT_REACHED)
def test_a_directory_that_is_not_reached_or_says_no_is_told_with_its_reason_and_no_secret(slapd, write, fault):
    changed, code, reason = NOT_REACHED[fault]
    ports = {"port": slapd.port, "tls_port": slapd.tls_port}
    changed = {
        name: said.format(**ports) if "_" in str(said) or "port" in str(said) else said
        for name, said in changed.items()
    }

    with pytest.raises((Refusal, Trouble)) as told:
        queries.plan_directory(write(**changed), NOON)

    assert told.value.code == code
    assert reason in told.value.facts["reason"]
    assert SECRET not in str(told.value)


def test_a_server_that_goes_away_ends_nobody(slapd, base, write):
    slapd.add(base, "zahra", givenName="زهرا", sn="رضایی", employeeNumber=code_of(31))
    path = write()
    take_over(path, NOON)
    slapd.stop()

    with pytest.raises(Trouble):
        queries.plan_directory(path, NOON)

    slapd.start()
    assert queries.plan_directory(path, NOON).lines == ()


def test_many_entries_come_in_pages_and_an_answer_cut_short_is_no_answer(slapd, base, write):
    dns = {
        f"uid=p{number:04},{base}": {
            "objectClass": "inetOrgPerson",
            "cn": "x",
            "uid": f"p{number:04}",
            "givenName": "Ali",
            "sn": f"Karimi{number}",
            "employeeNumber": code_of(5000 + number),
        }
        for number in range(2600)
    }
    slapd.load(dns)
    path = write()

    plan = queries.plan_directory(path, NOON)

    assert (len(plan.lines), len({line.entry.national_code for line in plan.lines})) == (2600, 2600)
    for line in plan.lines[:20]:
        actions.take_over_entry(line=line, actor=SYSTEM, now=NOON)
    # Nobody at all, and too many at once, keep the answer out until it is forced; a cut answer is refused as one.
    nobody = queries.plan_directory(write(filter="(uid=none)"), NOON)
    assert [one.code for one in nobody.hindrances] == ["directory.empty-answer"]
    few = queries.plan_directory(write(filter="(uid=p0000)", most_ended=0.1), NOON)
    assert [(one.code, one.value) for one in few.hindrances] == [("directory.too-many-ended", "19/20")]
    one_less = queries.plan_directory(write(filter="(!(uid=p0000))", most_ended=0), NOON)
    assert (one_less.hindrances, [line.entry.label for line in one_less.lines if line.ends]) == ((), ["p0000"])
    forced = queries.plan_directory(write(filter="(uid=p0000)"), NOON, is_forced=True)
    assert sum(line.ends for line in forced.lines) == 19
    master = {"bind_dn": f"cn=other,{SUFFIX}"}
    with slapd.master() as connection:
        connection.add(master["bind_dn"], ["applicationProcess", "simpleSecurityObject"], {"userPassword": SECRET})
    with pytest.raises(Refusal) as cut:
        queries.plan_directory(write(**master), NOON)
    assert cut.value.facts["reason"] in {"noSuchObject", "sizeLimitExceeded"}


HOSTILE = {
    "*)(uid=*": ({"employeeNumber": code_of(41)}, {"directory.username-unfit"}, True),
    "check-digit": ({"employeeNumber": code_of(42)[:-1] + "x"}, {"directory.national-code-invalid"}, False),
    "wrong-digit": (
        {"employeeNumber": code_of(43)[:-1] + str((int(code_of(43)[-1]) + 1) % 10)},
        {"directory.national-code-invalid"},
        False,
    ),
    "no-code": ({}, {"directory.missing"}, False),
    "same-one": ({"employeeNumber": code_of(44)}, {"directory.code-duplicate"}, False),
    "same-two": ({"employeeNumber": code_of(44)}, {"directory.code-duplicate"}, False),
    "hidden": ({"employeeNumber": code_of(45), "sn": "کر\u202eیمی\u0007"}, {"directory.hidden-signs"}, True),
    "long": ({"employeeNumber": code_of(46), "sn": "ا" * 400}, {"directory.too-long"}, False),
    "digits": ({"employeeNumber": "۹۹" + code_of(47)[2:], "mobile": "12"}, {"directory.mobile-invalid"}, True),
    "markup": (
        {"employeeNumber": code_of(48), "mail": "a@b\r\nBcc: c@d"},
        {"directory.hidden-signs", "directory.mail-invalid"},
        True,
    ),
    "injected": ({"employeeNumber": code_of(49), "departmentNumber": "x' OR 1=1"}, {"directory.post-unknown"}, True),
    "two-codes": ({"employeeNumber": [code_of(50)]}, set(), True),
}


def test_whatever_strangers_write_into_a_directory_is_told_and_harms_nobody_else(slapd, base, write):
    for uid, (said, _codes, _enters) in HOSTILE.items():
        slapd.add(
            base,
            uid.replace("*", "\\2a").replace("(", "\\28").replace(")", "\\29"),
            **{
                "givenName": "علی",
                "sn": "کریمی",
                **({"uid": uid} if "*" in uid else {}),
                **said,
            },
        )
    path = write()

    plan = queries.plan_directory(path, NOON)

    told: dict[str, set[str]] = {}
    for entry, code in findings(plan):
        told.setdefault(entry, set()).add(code)
    unnamed = [codes for entry, codes in told.items() if entry not in HOSTILE]
    assert unnamed == [{"directory.username-unfit"}]
    assert {uid: told.get(uid, set()) for uid in HOSTILE if "*" not in uid} == {
        uid: codes for uid, (_said, codes, _enters) in HOSTILE.items() if "*" not in uid
    }
    assert len(plan.lines) == sum(enters for _said, _codes, enters in HOSTILE.values())
    assert not any(code_of(n) in f"{one.entry}{one.value}" for one in plan.findings for n in range(41, 51))
    take_over(path, NOON)
    assert registered.find_person(code_of(45)).last_name == "کریمی"
    assert registered.find_person(code_of(47)).mobile == ""
    link = models.DirectoryLink.objects.get(person__national_code=code_of(41))
    assert (link.username, queries.find_account(link.person.uuid, AccountKind.STAFF)) == ("", None)
    # Another person's national code, written to an entry that is known, changes nobody.
    slapd.change(base, "two-codes", employeeNumber=code_of(41))
    again = queries.plan_directory(path, NOON)
    assert ("two-codes", "directory.code-duplicate") in findings(again)
    slapd.change(base, "two-codes", employeeNumber=code_of(60))
    again = queries.plan_directory(path, NOON)
    assert (("two-codes", "directory.code-changed") in findings(again), again.lines) == (True, ())


def test_active_directory_tells_its_disabled_and_expired_accounts_and_its_groups(slapd, base, write):
    group = f"cn=Staff (all),{base}"
    guid = UUID("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
    states = {
        "normal": {"userAccountControl": "512", "accountExpires": "9223372036854775807"},
        "disabled": {"userAccountControl": "514"},
        "expired": {"userAccountControl": "512", "accountExpires": "133000000000000000"},
        "unreadable": {"userAccountControl": "512", "accountExpires": "0"},
        "outside": {"userAccountControl": "512"},
    }
    for number, (name, state) in enumerate(states.items()):
        slapd.add(
            base,
            name,
            classes=("user",),
            sAMAccountName=name.upper(),
            givenName="Ali",
            employeeID=code_of(70 + number),
            objectGUID=guid.bytes_le[:-1] + bytes([number]),
            **state,
            **({} if name == "outside" else {"memberOf": group}),
        )
        known = people.register_person(national_code=code_of(70 + number), actor=SYSTEM, now=NOON)
        actions.create_staff_account(person=known.uuid, username=f"staff-{name}", actor=SYSTEM, now=NOON)
    path = write(
        kind="active-directory",
        member_of=f"'{group}'",
        filter="(objectClass=user)",
        disabled=None,
        attributes=None,
        most_ended=0.9,
    )

    plan = queries.plan_directory(path, NOON)

    told = {line.entry.username: line.deeds for line in plan.lines}
    assert told["disabled"] == told["expired"] == (Deed.ENDED_DISABLED,)
    assert set(told) == {"staff-normal", "disabled", "expired", "staff-unreadable"}
    normal = next(line for line in plan.lines if line.entry.username == "staff-normal")
    assert normal.entry.directory_id == "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e100"
