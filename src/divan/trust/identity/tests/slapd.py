"""A real OpenLDAP server of a test: an ordinary process on loopback, in a folder of its own, with TLS."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.waiting import wait_for

from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import generate_private_key

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3

SCHEMAS = Path("/etc/ldap/schema")
MODULES = Path("/usr/lib/ldap")
SUFFIX = "dc=lorestan,dc=example"
READER, SECRET = f"cn=divan,{SUFFIX}", "a reader's secret"
MASTER, MASTER_SECRET = f"cn=master,{SUFFIX}", "the master's secret"
ACTIVE_DIRECTORY = """
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.35 NAME 'employeeID' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.2.102 NAME 'memberOf' EQUALITY distinguishedNameMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP organizationalPerson STRUCTURAL
  MAY ( objectGUID $ sAMAccountName $ userAccountControl $ accountExpires $ employeeID $ memberOf
  $ givenName $ mail $ mobile ) )
"""
"""What Active Directory calls the attributes of its users; how it compares them is close enough."""

SLAPD = shutil.which("slapd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
MISSING = "slapd is not installed (Debian: apt-get install slapd)"


@dataclass(slots=True)
class Directory:
    """The server: where it is, and ways to fill it. ``stop`` and ``start`` again keep what it holds."""

    folder: Path
    port: int
    tls_port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def authorities(self) -> Path:
        """The certificate that the server's leads to."""
        return self.folder / "ca.pem"

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        assert SLAPD is not None
        urls = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls_port}"
        command = [SLAPD, "-f", str(self.folder / "slapd.conf"), "-h", urls, "-d", "0"]
        with (self.folder / "slapd.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self._listens, otherwise=(self.folder / "slapd.log").read_text)

    def _listens(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.tls_port)) == 0

    def stop(self) -> None:
        """Stop the server."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
            self.process = None

    @contextmanager
    def master(self):
        """Give a connection that may write."""
        connection = ldap3.Connection(
            ldap3.Server("127.0.0.1", self.port, get_info=ldap3.NONE),
            MASTER,
            MASTER_SECRET,
            auto_bind=True,
            raise_exceptions=True,
            check_names=False,
        )
        try:
            yield connection
        finally:
            opened = connection.socket
            connection.unbind()
            opened.close()

    def branch(self, name: str) -> str:
        """Make an empty branch and return its name: each test asks below one of its own."""
        base = f"ou={name},{SUFFIX}"
        with self.master() as connection:
            connection.add(base, ["organizationalUnit"])
        return base

    def add(self, base: str, entry: str, /, *, classes: Iterable[str] = ("inetOrgPerson",), **said: object) -> None:
        """Add an entry."""
        name = "cn" if "user" in classes else "uid"
        with self.master() as connection:
            connection.add(f"{name}={entry},{base}", list(classes), {"cn": entry, "sn": "-", **said})

    def change(self, base: str, uid: str, **said: object) -> None:
        """Replace attributes of an entry."""
        with self.master() as connection:
            changes = {name: [(ldap3.MODIFY_REPLACE, [value])] for name, value in said.items()}
            connection.modify(f"uid={uid},{base}", changes)

    def remove(self, base: str, uid: str) -> None:
        """Remove an entry."""
        with self.master() as connection:
            connection.delete(f"uid={uid},{base}")

    def load(self, entries: Mapping[str, Mapping[str, str]]) -> None:
        """Add many entries at once, while the server stands still."""
        assert SLAPD is not None
        self.stop()
        ldif = self.folder / "many.ldif"
        blocks = ("\n".join([f"dn: {dn}", *(f"{k}: {v}" for k, v in said.items())]) for dn, said in entries.items())
        ldif.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
        _slapadd(self.folder, ldif)
        self.start()


def _slapadd(folder: Path, ldif: Path) -> None:
    assert SLAPD is not None
    command = [SLAPD, "-T", "add", "-q", "-f", str(folder / "slapd.conf"), "-l", str(ldif)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


@contextmanager
def serving(folder: Path) -> Iterator[Directory]:
    """Run a server with the schemas of inetOrgPerson and, as far as it is asked for, of Active Directory's users."""
    (folder / "data").mkdir()
    now = datetime.now(UTC)
    authority, key = RehearsalAuthority.create(now), generate_private_key()
    server = authority.issue_tls_server(key.public_key(), ["localhost"], now=now)
    pem = Encoding.PEM
    (folder / "ca.pem").write_bytes(authority.root.public_bytes(pem))
    chain = [server, *(one for one in authority.chain if one != authority.root)]
    (folder / "server.pem").write_bytes(b"".join(one.public_bytes(pem) for one in chain))
    (folder / "server.key").write_bytes(key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "slapd.conf").write_text(_configuration(folder), encoding="utf-8")
    first = folder / "first.ldif"
    domain = "objectClass: dcObject\nobjectClass: organization"
    reader = f"dn: {READER}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: divan"
    first.write_text(
        f"dn: {SUFFIX}\n{domain}\ndc: lorestan\no: Lorestan\n\n{reader}\nuserPassword: {SECRET}\n", encoding="utf-8"
    )
    _slapadd(folder, first)
    directory = Directory(folder, *_free_ports())
    directory.start()
    try:
        yield directory
    finally:
        directory.stop()


def _configuration(folder: Path) -> str:
    schemas = "\n".join(f"include {SCHEMAS / name}.schema" for name in ("core", "cosine", "inetorgperson"))
    return f"""{schemas}
{ACTIVE_DIRECTORY}
modulepath {MODULES}
moduleload back_mdb
TLSCACertificateFile {folder / "ca.pem"}
TLSCertificateFile {folder / "server.pem"}
TLSCertificateKeyFile {folder / "server.key"}
database mdb
suffix "{SUFFIX}"
rootdn "{MASTER}"
rootpw "{MASTER_SECRET}"
directory {folder / "data"}
maxsize 104857600
sizelimit 500
limits dn.exact="{READER}" size.pr=500 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{READER}" read by * none
"""
