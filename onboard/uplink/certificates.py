"""Keys and certificates by which the broker knows a bike: made here, signed by the city."""

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS: Final = 3650
DAYS: Final = 825
_EARLIER: Final = timedelta(days=1)
"""Certificates begin yesterday, because a bike's clock may be a little behind."""


class CertificateError(Exception):
    """A key, request or certificate cannot be made or read; the message says what to do."""


def make_request(key_file: Path, name: str) -> bytes:
    """Make a key if there is none, and return a request for a certificate of that name (PEM).

    Raises:
        CertificateError: the key cannot be read or written.
    """
    key = read_key(key_file) if key_file.exists() else new_key(key_file)
    builder = x509.CertificateSigningRequestBuilder().subject_name(_named(name))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def new_key(key_file: Path) -> ec.EllipticCurvePrivateKey:
    """Make a key that only its owner may read; an existing one is never replaced."""
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
    except OSError as error:
        raise CertificateError(f"The key {key_file} cannot be written: {error.strerror}.") from error
    return key


def read_key(key_file: Path) -> ec.EllipticCurvePrivateKey:
    """Read a key of ours."""
    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise CertificateError(f"The key {key_file} cannot be used: {error}.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateError(f"The key {key_file} is of another kind; give a file that is not there yet.")
    return key


class Authority:
    """A small certificate authority for a demonstration or a first city; a larger one has its own."""

    def __init__(self, folder: Path) -> None:
        """Open the authority in a folder, or found it there.

        Raises:
            CertificateError: its files cannot be read or written.
        """
        self.certificate_file = folder / "ca.pem"
        key_file = folder / "ca.key"
        if key_file.exists():
            self._key = read_key(key_file)
            self._certificate = _read_certificate(self.certificate_file)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._key = new_key(key_file)
            self._certificate = _own_certificate(self._key)
            self.certificate_file.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def sign(self, request: bytes, days: int = DAYS, addresses: tuple[str, ...] = ()) -> bytes:
        """A certificate for a request: for a server at these addresses, or without any for a client (PEM).

        Raises:
            CertificateError: the request is none, or was not made with its own key.
        """
        try:
            asked = x509.load_pem_x509_csr(request)
            well_made = asked.is_signature_valid
        except ValueError as error:
            raise CertificateError(f"This is no certificate request: {error}.") from error
        if not well_made:
            raise CertificateError("The certificate request was changed on its way; ask for it again.")
        usage = ExtendedKeyUsageOID.SERVER_AUTH if addresses else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = (
            x509.CertificateBuilder()
            .subject_name(asked.subject)
            .issuer_name(self._certificate.subject)
            .public_key(asked.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_now() - _EARLIER)
            .not_valid_after(_now() + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        )
        if addresses:
            names = x509.SubjectAlternativeName([_address(one) for one in addresses])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)


def name_in(request: bytes) -> str:
    """The name that a request asks for."""
    try:
        found = x509.load_pem_x509_csr(request).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError as error:
        raise CertificateError(f"This is no certificate request: {error}.") from error
    return str(found[0].value) if found else ""


def _own_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """The authority's certificate of itself."""
    name = _named("DIPbike city")
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - _EARLIER)
        .not_valid_after(_now() + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )


def _read_certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateError(f"The certificate {file} cannot be used: {error}.") from error


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _address(text: str) -> x509.GeneralName:
    """A host's name or its address."""
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _now() -> datetime:
    return datetime.now(UTC)
