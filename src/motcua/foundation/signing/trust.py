"""Tin cậy: which roots are trusted, what is known of revoked certificates, whose time stamps are used.

All of it lies in the folder of keys (`trust/*.pem`, `crl/*.crl`), so that an operator changes it without a release.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from asn1crypto import crl, keys, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import CertificateStore, SimpleCertificateStore

from motcua.foundation.signing.keepers import certificates

LOCAL_TSA = "tsa.p12"


def roots() -> list[asn1_x509.Certificate]:
    return [
        certificate
        for path in sorted((folder() / "trust").glob("*.pem"))
        for certificate in certificates(path.read_text(encoding="ascii"))
    ]


def crls() -> list[crl.CertificateList]:
    found = []
    for path in sorted((folder() / "crl").glob("*.crl")):
        content = path.read_bytes()
        found.append(crl.CertificateList.load(pem.unarmor(content)[2] if pem.detect(content) else content))
    return found


def context(*, moment: datetime | None = None, must_know_revocation: bool = False) -> ValidationContext:
    """What a signature is judged by. `must_know_revocation`: without a list or an answer nothing is trusted."""
    return ValidationContext(
        trust_roots=roots(),
        crls=crls(),
        allow_fetching=settings.SIGNING_FETCHES,
        revocation_mode="require" if must_know_revocation else "soft-fail",
        moment=moment,
        retroactive_revinfo=True,
    )


def timestamper(at: datetime) -> TimeStamper | None:
    """Dấu thời gian: the authority of the settings, in a demo a local one; None: signatures bear no time stamp."""
    if settings.TSA_URL:
        return HTTPTimeStamper(settings.TSA_URL, timeout=15)
    path = folder() / LOCAL_TSA
    if not (settings.DEMO and path.is_file()):
        return None
    key, certificate, chain = pkcs12.load_key_and_certificates(
        path.read_bytes(), settings.SIGNING_SECRET.encode()
    )
    assert key is not None  # noqa: S101  we wrote the file
    assert certificate is not None  # noqa: S101
    return DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        tsa_key=keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        certs_to_embed=_store(chain),
        fixed_dt=at,
    )


def _store(chain: list[x509.Certificate]) -> CertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for one in chain:
        store.register(asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)))
    return store


def folder() -> Path:
    return Path(settings.SIGNING_DIR)
