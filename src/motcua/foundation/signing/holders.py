"""Chủ chứng thư: what making a signature has to know of who signs, whoever keeps the key and wherever it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from cryptography import x509
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Holder:
    """Chủ chứng thư, with the certificate (PEM), its chain, and what the stamp says of them.

    `ended_at`: from when on the certificate is not used here any more, though its issuer has not revoked it.
    """

    name: str
    certificate: str
    chain: str
    valid_from: datetime
    valid_to: datetime
    agency: str = ""  # where an officer works
    is_agency: bool = False
    ended_at: datetime | None = None
    ended_reason: str = ""

    @classmethod
    def of(cls, certificate: str, chain: str = "") -> Self:
        """Whom a certificate names, of whom nothing else is known. Raises ValueError."""
        parsed = x509.load_pem_x509_certificate(certificate.encode())
        return cls(
            common_name(parsed), certificate, chain, parsed.not_valid_before_utc, parsed.not_valid_after_utc
        )

    @property
    def parsed(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.encode())

    @property
    def issuer(self) -> str:
        """Nơi cấp as people call it."""
        return called(self.parsed.issuer)

    @property
    def serial(self) -> str:
        return f"{self.parsed.serial_number:x}"


def common_name(certificate: x509.Certificate) -> str:
    return called(certificate.subject)


def called(name: x509.Name) -> str:
    """The common name, or the whole name when it has none."""
    named = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value)[:250] if named else name.rfc4514_string()[:250]
