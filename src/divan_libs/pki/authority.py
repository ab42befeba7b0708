"""A certificate authority for rehearsals, demos and tests: a root, an intermediate, and all that a province needs.

It issues what a real authority would issue, in the shape of RFC 5280, and says in every subject that it is none. It
neither revokes nor answers OCSP, and its certificates name no revocation list: revocation belongs to the adapters of a
real hierarchy.
"""

import ipaddress
import stringprep
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from divan_libs.pki.errors import KeyFileExists, SubjectInvalid
from divan_libs.pki.fingerprints import FIELD_LIMIT, LEGAL_ID_DIGITS, NATIONAL_CODE_DIGITS, read_code
from divan_libs.pki.keys import FileKey, PublicKey, generate_private_key

REHEARSAL = "Rehearsal – not for real use"
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
SUBSYSTEM_URN = "urn:divan:subsystem:"
SERVER_URN = "urn:divan:server:"

ROOT_FILE = "root.pem"
INTERMEDIATE_FILE = "intermediate.pem"

YEAR = timedelta(days=365)
ROOT_LIFE = 20 * YEAR
INTERMEDIATE_LIFE = 15 * YEAR
TIMESTAMPER_LIFE = 10 * YEAR
SIGNER_LIFE = 2 * YEAR
TLS_LIFE = YEAR


class RehearsalAuthority:
    """Root and intermediate of the rehearsal; every certificate it issues carries `REHEARSAL` in its subject.

    ``serial_number`` gives the numbers of the certificates; it must not repeat itself. Times are cut to whole seconds,
    as X.509 keeps them, and no certificate outlives the one that signed it.
    """

    def __init__(
        self, root: FileKey, intermediate: FileKey, *, serial_number: Callable[[], int] = x509.random_serial_number
    ) -> None:
        self._root = root
        self._intermediate = intermediate
        self._serial_number = serial_number

    @classmethod
    def create(cls, now: datetime) -> "RehearsalAuthority":
        """Make a new authority that lives in memory only."""
        root = _make_root(now)
        return cls(root, _make_intermediate(root, now))

    @classmethod
    def establish(cls, directory: Path, now: datetime) -> "RehearsalAuthority":
        """Open the authority kept in a folder, and make what is missing of it; safe to repeat and to run twice at once.

        :raises KeyFileExposed, KeyFileUnreadable: if a file of it is there but cannot be used.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = _keep(directory / ROOT_FILE, lambda: _make_root(now))
        # A crash between the two files leaves a root without intermediate; it gets one here.
        intermediate = _keep(directory / INTERMEDIATE_FILE, lambda: _make_intermediate(root, now))
        return cls(root, intermediate)

    @property
    def root(self) -> x509.Certificate:
        """The certificate to trust."""
        return self._root.certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """What stands between an issued certificate and the root: the intermediate."""
        return (self._intermediate.certificate,)

    def issue_signer(
        self,
        public_key: PublicKey,
        *,
        common_name: str,
        national_code: str,
        organization: str,
        legal_id: str,
        now: datetime,
        title: str | None = None,
        valid_for: timedelta = SIGNER_LIFE,
    ) -> x509.Certificate:
        """Issue the certificate of a person who signs documents for an organisation, or of the organisation's seal.

        A seal has no national code. The national code stands in subject serialNumber, the legal-entity id in
        organizationIdentifier; both may be given with Persian digits and are written with Latin ones, at full length.

        :raises SubjectInvalid: if a name is empty or longer than 64 characters, or a code is none.
        """
        fields = [
            (NameOID.ORGANIZATION_NAME, organization),
            (NameOID.ORGANIZATION_IDENTIFIER, _code("legal_id", legal_id, LEGAL_ID_DIGITS)),
            (NameOID.COMMON_NAME, common_name),
        ]
        if national_code:
            fields.append((NameOID.SERIAL_NUMBER, _code("national_code", national_code, NATIONAL_CODE_DIGITS)))
        if title is not None:
            fields.append((NameOID.TITLE, title))
        usage = _usage(digital_signature=True, content_commitment=True)
        return self._issue(public_key, fields, usage, DOCUMENT_SIGNING, now, valid_for)

    def issue_tls_server(
        self, public_key: PublicKey, hosts: Sequence[str], *, now: datetime, valid_for: timedelta = TLS_LIFE
    ) -> x509.Certificate:
        """Issue a TLS server's certificate for host names and IP addresses; the first of them is its common name.

        :raises SubjectInvalid: if there is no host, or one is neither an ASCII name nor an address.
        """
        if not hosts:
            raise SubjectInvalid("hosts", "")
        names = [_host(host) for host in hosts]
        fields = [(NameOID.COMMON_NAME, hosts[0])]
        usage = _usage(digital_signature=True)
        return self._issue(public_key, fields, usage, ExtendedKeyUsageOID.SERVER_AUTH, now, valid_for, names)

    def issue_tls_client(
        self, public_key: PublicKey, subsystem: str, *, now: datetime, valid_for: timedelta = TLS_LIFE
    ) -> x509.Certificate:
        """Issue the certificate with which a subsystem shows itself to a gateway.

        The subsystem's address stands as common name and, percent-encoded after ``urn:divan:subsystem:``, as URI among
        the alternative names.

        :raises SubjectInvalid: if the address is empty or longer than 64 characters.
        """
        names = [_subsystem_urn(subsystem)]
        fields = [(NameOID.COMMON_NAME, subsystem)]
        usage = _usage(digital_signature=True)
        return self._issue(public_key, fields, usage, ExtendedKeyUsageOID.CLIENT_AUTH, now, valid_for, names)

    def issue_witness(
        self, public_key: PublicKey, server: str, *, now: datetime, valid_for: timedelta = SIGNER_LIFE
    ) -> x509.Certificate:
        """Issue the certificate under which a gateway signs evidence of the messages that it carries.

        The gateway's address stands as common name and, percent-encoded after ``urn:divan:server:``, as URI among the
        alternative names.

        :raises SubjectInvalid: if the address is empty or longer than 64 characters.
        """
        names = [x509.UniformResourceIdentifier(SERVER_URN + quote(server))]
        fields = [(NameOID.COMMON_NAME, server)]
        usage = _usage(digital_signature=True, content_commitment=True)
        return self._issue(public_key, fields, usage, DOCUMENT_SIGNING, now, valid_for, names)

    def issue_timestamper(
        self, public_key: PublicKey, *, now: datetime, common_name: str = "Rehearsal timestamp authority"
    ) -> x509.Certificate:
        """Issue the certificate of an RFC 3161 authority: timeStamping, critical, and nothing else (RFC 3161, 2.3)."""
        fields = [(NameOID.COMMON_NAME, common_name)]
        usage = _usage(digital_signature=True, content_commitment=True)
        return self._issue(public_key, fields, usage, ExtendedKeyUsageOID.TIME_STAMPING, now, TIMESTAMPER_LIFE)

    def _issue(
        self,
        public_key: PublicKey,
        fields: Iterable[tuple[ObjectIdentifier, str]],
        usage: x509.KeyUsage,
        purpose: ObjectIdentifier,
        now: datetime,
        valid_for: timedelta,
        names: Sequence[x509.GeneralName] = (),
    ) -> x509.Certificate:
        name = _name([(NameOID.ORGANIZATIONAL_UNIT_NAME, REHEARSAL), *fields])
        return _leaf(self._intermediate, public_key, name, usage, purpose, now, valid_for, self._serial_number(), names)


class SubsystemAuthority:
    """An authority of an operator that issues the certificates of subsystems, and nothing else.

    ``issuer`` is its key with its own certificate and the chain above it.
    """

    def __init__(self, issuer: FileKey) -> None:
        self._issuer = issuer

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """What stands above an issued certificate: the issuer's own and those above it."""
        return (self._issuer.certificate, *self._issuer.chain)

    def issue_tls_client(
        self, public_key: PublicKey, subsystem: str, *, now: datetime, valid_for: timedelta = TLS_LIFE
    ) -> x509.Certificate:
        """Issue the certificate with which a subsystem shows itself; see `RehearsalAuthority.issue_tls_client`.

        :raises SubjectInvalid: if the address is empty or longer than 64 characters.
        """
        return _leaf(
            self._issuer,
            public_key,
            _name([(NameOID.COMMON_NAME, subsystem)]),
            _usage(digital_signature=True),
            ExtendedKeyUsageOID.CLIENT_AUTH,
            now,
            valid_for,
            x509.random_serial_number(),
            [_subsystem_urn(subsystem)],
        )


def _subsystem_urn(subsystem: str) -> x509.GeneralName:
    return x509.UniformResourceIdentifier(SUBSYSTEM_URN + quote(subsystem))


def _leaf(
    issuer: FileKey,
    public_key: PublicKey,
    name: x509.Name,
    usage: x509.KeyUsage,
    purpose: ObjectIdentifier,
    now: datetime,
    valid_for: timedelta,
    serial_number: int,
    names: Sequence[x509.GeneralName],
) -> x509.Certificate:
    builder = _certificate(public_key, name, issuer.certificate, now, valid_for, serial_number)
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=purpose == ExtendedKeyUsageOID.TIME_STAMPING)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer.private_key, SHA256())


def _keep(path: Path, make: Callable[[], FileKey]) -> FileKey:
    if not path.exists():
        made = make()
        try:
            return FileKey.create(path, made.private_key, made.certificate)
        except KeyFileExists:
            return FileKey.open(path)
    return FileKey.open(path)


def _make_root(now: datetime) -> FileKey:
    private_key = generate_private_key()
    name = _name([(NameOID.ORGANIZATIONAL_UNIT_NAME, REHEARSAL), (NameOID.COMMON_NAME, "Divan rehearsal root")])
    builder = _authority_certificate(private_key.public_key(), name, None, now, ROOT_LIFE, path_length=1)
    return FileKey(private_key, builder.sign(private_key, SHA256()))


def _make_intermediate(root: FileKey, now: datetime) -> FileKey:
    private_key = generate_private_key()
    name = _name([(NameOID.ORGANIZATIONAL_UNIT_NAME, REHEARSAL), (NameOID.COMMON_NAME, "Divan rehearsal intermediate")])
    builder = _authority_certificate(
        private_key.public_key(), name, root.certificate, now, INTERMEDIATE_LIFE, path_length=0
    )
    return FileKey(private_key, builder.sign(root.private_key, SHA256()))


def _authority_certificate(
    public_key: PublicKey,
    name: x509.Name,
    issuer: x509.Certificate | None,
    now: datetime,
    valid_for: timedelta,
    *,
    path_length: int,
) -> x509.CertificateBuilder:
    builder = _certificate(public_key, name, issuer, now, valid_for, x509.random_serial_number())
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True).add_extension(
        _usage(key_cert_sign=True, crl_sign=True), critical=True
    )


def _certificate(
    public_key: PublicKey,
    name: x509.Name,
    issuer: x509.Certificate | None,
    now: datetime,
    valid_for: timedelta,
    serial_number: int,
) -> x509.CertificateBuilder:
    starts_at = now.replace(microsecond=0)
    ends_at = starts_at + valid_for
    if issuer is not None:
        ends_at = min(ends_at, issuer.not_valid_after_utc)
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
            issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        )
    else:
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if issuer is None else issuer.subject)
        .public_key(public_key)
        .serial_number(serial_number)
        .not_valid_before(starts_at)
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(issuer_key, critical=False)
    )


def _name(fields: Iterable[tuple[ObjectIdentifier, str]]) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, "IR")]
    for oid, given in fields:
        value = _comparable(given)
        if not value.strip() or len(value) > FIELD_LIMIT:
            raise SubjectInvalid(oid._name, value)
        attributes.append(x509.NameAttribute(oid, _fitting(value) if oid is NameOID.COMMON_NAME else value))
    return x509.Name(attributes)


def _comparable(value: str) -> str:
    """Return a name without what makes two readers refuse to compare it.

    RFC 3454, section 6, as RFC 4518 prescribes for directory names: a text with right-to-left letters holds no
    left-to-right ones, and begins and ends with a right-to-left letter. A title in brackets, or a number at its end,
    would make every signature of its holder unverifiable.
    """
    if not any(stringprep.in_table_d1(letter) for letter in value):
        return value
    kept = "".join(letter for letter in value if not stringprep.in_table_d2(letter))
    ends = [index for index, letter in enumerate(kept) if stringprep.in_table_d1(letter)]
    return " ".join(kept[ends[0] : ends[-1] + 1].split())


def _fitting(name: str) -> str:
    """Return a common name of at most 64 bytes, cut between words: readers count its bytes, and Persian takes two each.

    The whole name of an organisation stands in its own attribute, a person is known by the code beside the name.
    """
    words = name.split()
    while len(words) > 1 and len(" ".join(words).encode()) > FIELD_LIMIT:
        words.pop()
    short = " ".join(words)
    return short if len(short.encode()) <= FIELD_LIMIT else short.encode()[:FIELD_LIMIT].decode(errors="ignore")


def _code(field: str, value: str, digits: int) -> str:
    code = read_code(value, digits)
    if code is None:
        raise SubjectInvalid(field, value)
    return code


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host or not host.isascii() or any(character.isspace() for character in host):
        raise SubjectInvalid("hosts", host)
    return x509.DNSName(host)


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
