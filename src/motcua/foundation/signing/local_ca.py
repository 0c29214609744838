"""Nơi cấp chứng thư nội bộ: for demonstration and tests only; made when it is first needed, never part of a release.

A root, a subordinate authority, its list of revoked certificates, and a clerk of time. Real certificates come from
the government's authority (Ban Cơ yếu Chính phủ) or a licensed one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORGANISATION = "Một cửa – chứng thư minh họa, không có giá trị pháp lý"
YEARS = timedelta(days=5 * 365)
Revoked = list[tuple[int, datetime]]
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass
class LocalCa:
    """Nơi cấp: two certificates and their keys in memory; what others need is written into the folder."""

    folder: Path
    secret: str
    at: datetime
    is_rsa: bool = True
    revoked: Revoked = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root_key, self.key = self._key(is_rsa=self.is_rsa), self._key(is_rsa=self.is_rsa)
        self.root = self._authority(f"{self.label} gốc", self.root_key, None)
        self.certificate = self._authority(f"{self.label} cấp 1", self.key, self.root_key)
        for name in ("trust", "crl"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o750)
        (self.folder / "trust" / "local-root.pem").write_bytes(self.root.public_bytes(Encoding.PEM))
        self.publish(self.at)
        self.issue("Dấu thời gian minh họa", "tsa.p12", is_timestamper=True)

    label = "CA minh họa Một cửa"

    @property
    def chain(self) -> str:
        return "".join(one.public_bytes(Encoding.PEM).decode() for one in (self.certificate, self.root))

    def issue(
        self,
        name: str,
        file: str,
        *,
        organisation: str = ORGANISATION,
        number: str = "",
        secret: str = "",
        valid_for: timedelta = YEARS,
        is_timestamper: bool = False,
    ) -> str:
        """Cấp chứng thư: the key goes encrypted into the folder; returns the certificate as PEM.

        `number` as licensed authorities write it, "CCCD:…" or "MST:…"; `secret`: of the holder's own file, else ours.
        """
        key = self._key(is_rsa=self.is_rsa or is_timestamper)  # the local time stamper knows RSA only
        usage = ExtendedKeyUsageOID.TIME_STAMPING if is_timestamper else ExtendedKeyUsageOID.EMAIL_PROTECTION
        certificate = (
            self._begun(
                _named(name, organisation, number), self.certificate.subject, key, self.at + valid_for
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(is_authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=is_timestamper)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        content = pkcs12.serialize_key_and_certificates(
            name.encode(),
            key,
            certificate,
            [self.certificate, self.root],
            BestAvailableEncryption((secret or self.secret).encode()),
        )
        path = self.folder / file
        path.touch(mode=0o600)
        path.write_bytes(content)
        return certificate.public_bytes(Encoding.PEM).decode()

    def revoke(self, certificate: str, *, at: datetime) -> None:
        """Thu hồi, and publish the list anew."""
        self.revoked.append((x509.load_pem_x509_certificate(certificate.encode()).serial_number, at))
        self.publish(at)

    def publish(self, at: datetime) -> None:
        """Công bố danh sách thu hồi of both authorities."""
        lists: list[tuple[x509.Name, Key, Revoked]] = [
            (self.root.subject, self.root_key, []),
            (self.certificate.subject, self.key, self.revoked),
        ]
        for name, (issuer, key, revoked) in zip(("root", "sub"), lists, strict=True):
            (self.folder / "crl" / f"local-{name}.crl").write_bytes(_list(issuer, key, revoked, at))

    @staticmethod
    def _key(*, is_rsa: bool) -> Key:
        if is_rsa:
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return ec.generate_private_key(ec.SECP256R1())

    def _authority(self, name: str, key: Key, by: Key | None) -> x509.Certificate:
        subject = _named(name, ORGANISATION)
        issuer = self.root.subject if by else subject
        return (
            self._begun(subject, issuer, key, self.at + 2 * YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0 if by else 1), critical=True)
            .add_extension(_usage(is_authority=True), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key((by or key).public_key()), critical=False
            )
            .sign(by or key, hashes.SHA256())
        )

    def _begun(
        self, subject: x509.Name, issuer: x509.Name, key: Key, until: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - timedelta(minutes=5))
            .not_valid_after(until)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.CRLDistributionPoints([_where(issuer)]), critical=False)
        )


def _where(issuer: x509.Name) -> x509.DistributionPoint:
    """An address that answers nobody: the list lies in the folder. Without one no list would be looked for."""
    name = str(issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    place = "root" if name.endswith("gốc") else "sub"
    return x509.DistributionPoint(
        full_name=[x509.UniformResourceIdentifier(f"http://crl.invalid/local-{place}.crl")],
        relative_name=None, reasons=None, crl_issuer=None,
    )  # fmt: skip


def _named(name: str, organisation: str, number: str = "") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
            *([x509.NameAttribute(NameOID.USER_ID, number)] if number else []),
        ]
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_authority, crl_sign=is_authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _list(issuer: x509.Name, key: Key, revoked: Revoked, at: datetime) -> bytes:
    building = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(at - timedelta(minutes=5))
        .next_update(at + YEARS)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(len(revoked) + 1), critical=False)
    )
    for serial, when in revoked:
        building = building.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(when)
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
    return building.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
