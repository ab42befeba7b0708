"""Letters to and from products that bodies keep: by folder and by signed call."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from divan.dealings.correspondence import jobs, models, queries
from divan.dealings.correspondence.adapters import folders
from divan.dealings.correspondence.adapters.connections import read_connections
from divan.dealings.correspondence.adapters.envelope import write_envelope
from divan.dealings.correspondence.adapters.webhooks import SIGNATURE, TIMESTAMP, is_signed, signature
from divan.dealings.correspondence.tests import carried, offices
from divan.dealings.correspondence.values import ConnectionsUnfit, DispatchState
from divan.foundation import clock, files

SECRET = b"a secret of more than thirty-two octets"


@pytest.fixture
def product(office, tmp_path, monkeypatch, settings):
    """A product with a folder, one that speaks ECE by a folder, and one that is called."""
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    monkeypatch.setattr(clock, "now", lambda: office.now)
    monkeypatch.setattr(files, "ClamScanner", lambda _address: carried.Doctor())
    (tmp_path / "secret").write_bytes(SECRET)
    code = offices.central("governor-office").code
    told = tmp_path / "letters.toml"

    def tell(url: str = "http://127.0.0.1:9/hook") -> None:
        told.write_text(
            f'[[product]]\nname = "water"\nsecretariat = "{code}"\nfolder = "{tmp_path}/water"\n\n'
            f'[[product]]\nname = "power"\nsecretariat = "{code}"\nfolder = "{tmp_path}/power"\nformat = "ece"\n\n'
            f'[[product]]\nname = "gas"\nsecretariat = "{code}"\nurl = "{url}"\nsecret_file = "{tmp_path}/secret"\n'
        )

    tell()
    carried.options_changed(monkeypatch, connections=told, parts=tmp_path / "parts", patience=timedelta(hours=2))
    product.tell = tell
    return tmp_path


def sent_to(office, name: str):
    [sent] = carried.queue(office, carried.correspondent(office, "folder", name))
    jobs.carry_by_products(office.now)
    return queries.get_dispatch(sent.uuid)


def lay(folder, name: str, content: bytes) -> None:
    (folder / folders.IN).mkdir(parents=True, exist_ok=True)
    (folder / folders.IN / name).write_bytes(content)


def names(folder, side: str) -> list[str]:
    return sorted(one.name for one in (folder / side).iterdir())


def test_a_letter_lies_in_the_folder_whole_and_a_receipt_brings_its_number(office, product):
    sent = sent_to(office, "water")
    folder = product / "water"

    assert sent.state is DispatchState.SENT
    assert names(folder, folders.OUT) == [f"{sent.key}.1.pdf", f"{sent.key}.json"]
    said = {"state": "registered", "number": "۷/و", "at": office.now.isoformat()}
    lay(folder, f"{sent.key}.receipt.json", json.dumps(said).encode())
    assert jobs.collect_folders(office.now) == 1
    assert queries.get_dispatch(sent.uuid).their_number == "۷/و"
    assert names(folder, folders.IN) == [f"{sent.key}.receipt.json.done"]


def test_what_a_product_lays_down_is_taken_in_once_and_it_is_told_the_number(office, product):
    sent = sent_to(office, "water")
    folder = product / "water"
    for one in (folder / folders.OUT).iterdir():
        lay(folder, one.name, one.read_bytes())

    assert jobs.collect_folders(office.now) == 1
    intake = models.Intake.objects.get(channel="folder")
    theirs = carried.register(office, intake)
    carried.tell(office)

    assert names(folder, folders.IN) == [f"{sent.key}.1.pdf", f"{sent.key}.json.done"]
    told = json.loads((folder / folders.OUT / f"{sent.key}.receipt.json").read_text())
    assert (told["state"], told["number"]) == ("registered", theirs.number_text)
    (folder / folders.IN / f"{sent.key}.json.done").rename(folder / folders.IN / f"{sent.key}.json")
    jobs.collect_folders(office.now)
    assert models.Intake.objects.filter(channel="folder").count() == 1
    assert offices.seals_hold()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("12345678.json", b"{", "correspondence.parcel-unfit"),
        ("12345678.xml", b"<x>", "ece.xml.not-well-formed"),
        ("12345678.receipt.json", b'{"state": "registered"}', "correspondence.dispatch-unknown"),
    ],
)
def test_what_cannot_be_read_is_laid_aside_with_its_code(office, product, name, content, code):
    lay(product / "water", name, content)

    jobs.collect_folders(office.now)

    assert names(product / "water", folders.IN) == ["12345678.error.json", f"{name}.failed"]
    assert json.loads((product / "water" / folders.IN / "12345678.error.json").read_text())["code"] == code
    assert models.Intake.objects.count() == 0


def test_a_link_in_a_folder_is_not_followed(office, product):
    (product / "elsewhere").write_bytes(b"{}")
    directory = product / "water" / folders.IN
    directory.mkdir(parents=True)
    (directory / "12345678.json").symlink_to(product / "elsewhere")

    assert jobs.collect_folders(office.now) == 0


def test_letters_of_ece_pass_by_a_folder_both_ways(office, product):
    sent = sent_to(office, "power")
    folder = product / "power"
    lay(folder, "one.xml", (folder / folders.OUT / f"{sent.key}.xml").read_bytes())

    jobs.collect_folders(office.now)
    theirs = carried.register(office, models.Intake.objects.get(channel="folder"))
    carried.tell(office)

    assert sent.state is DispatchState.SENT
    [receipt] = [one for one in names(folder, folders.OUT) if one.endswith(".receipt.xml")]
    assert theirs.number_text in (folder / folders.OUT / receipt).read_text()


class Hook(BaseHTTPRequestHandler):
    """A product that is called."""

    answer: tuple[int, dict] = (200, {})
    calls: list[tuple[str, dict, bytes]] = []  # noqa: RUF012 (set anew for each test)

    def do_POST(self) -> None:
        """Keep the call and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).calls.append((self.path, dict(self.headers), body))
        status, told = type(self).answer
        said = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture
def hook(product, socket_enabled=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    Hook.calls = []
    globals()["product"].tell(f"http://127.0.0.1:{server.server_port}/hook")
    yield Hook
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_signed_call_brings_the_letter_and_its_answer_is_the_receipt(office, product, hook):
    hook.answer = (200, {"state": "registered", "number": "G-9", "at": office.now.isoformat()})

    sent = sent_to(office, "gas")

    path, headers, body = hook.calls[0]
    assert (sent.state, sent.their_number) == (DispatchState.REGISTERED, "G-9")
    assert path == "/hook/letters"
    assert json.loads(body)["key"] == sent.key
    assert is_signed(SECRET, headers, method="POST", path=path, body=body, now=office.now)
    assert not is_signed(SECRET, headers, method="POST", path=path, body=body + b" ", now=office.now)
    assert not is_signed(SECRET, headers, method="POST", path=path, body=body, now=office.pass_time(minutes=6))


@pytest.mark.parametrize(
    ("answer", "state", "problem"),
    [
        ((422, {"code": "gas.no-such-receiver", "reason": "نیست"}), DispatchState.REFUSED, "gas.no-such-receiver"),
        ((500, {}), DispatchState.QUEUED, ""),
        ((404, {}), DispatchState.QUEUED, ""),
        ((200, {"state": "eaten"}), DispatchState.QUEUED, ""),
    ],
)
def test_what_a_product_answers_decides(office, product, hook, answer, state, problem):
    hook.answer = answer

    sent = sent_to(office, "gas")

    assert (sent.state, sent.problem) == (state, problem)


def call(office, path: str, body: bytes, *, secret: bytes = SECRET):
    address, at = f"/exchange/products/{path}", str(int(office.now.timestamp()))
    headers = {
        TIMESTAMP: at,
        SIGNATURE: signature(secret, timestamp=at, method="POST", path=address, body=body),
    }
    return Client().post(address, body, content_type="application/json", headers=headers)


def test_a_product_brings_a_letter_by_a_signed_call_once(office, product):
    [sent] = carried.queue(office, carried.correspondent(office, "folder", "gas"))
    parcel = queries.parcel_of(queries.dispatch_rows().get(uuid=sent.uuid))
    body = json.dumps(write_envelope(parcel)).encode()

    first, again = (call(office, "gas/letters", body) for _ in range(2))
    forged = call(office, "gas/letters", body, secret=b"x" * 40)
    unknown = call(office, "water/letters", body)

    assert [first.status_code, again.status_code, forged.status_code, unknown.status_code] == [201, 200, 403, 403]
    assert json.loads(first.content)["state"] == "delivered"
    assert models.Intake.objects.get(channel="folder").secretariat.uuid == offices.central("governor-office").uuid


@pytest.mark.parametrize(
    "told",
    [
        "nonsense",
        "[[mailbox]]\naddress = 'no address'\n",
        "[[product]]\nname = 'a-product'\n",
        "[[product]]\nname = 'a-product'\nurl = 'http://elsewhere.example/'\nsecret_file = '/x'\n",
        "[[product]]\nname = 'a-product'\nfolder = '/a'\nurl = 'https://b'\nsecret_file = '/x'\n",
        "[[mailbox]]\naddress = 'a@b'\nsmtp = 'none://mail.example:25'\n",
    ],
)
def test_a_file_of_connections_that_cannot_be_read_is_refused(tmp_path, told):
    path = tmp_path / "letters.toml"
    path.write_text(told)

    with pytest.raises(ConnectionsUnfit):
        read_connections(path)


def test_without_a_file_there_are_no_connections(tmp_path):
    assert read_connections(tmp_path / "none.toml").products == {}
