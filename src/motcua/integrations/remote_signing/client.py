"""Gọi dịch vụ ký từ xa: short patience; a page of HTML, silence, a strange answer are trouble that may pass."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from motcua.foundation.signing import remote
from motcua.foundation.signing.holders import Holder
from motcua.foundation.signing.refusals import CertificateRevoked, KeyMissing, SignerUnavailable
from motcua.integrations.outward import NoSlot, Silent, ask, slot
from motcua.integrations.remote_signing import contract
from motcua.integrations.remote_signing.models import SECRET_NAME, SigningProvider

logger = logging.getLogger(__name__)
Given = TypeVar("Given")
Read = TypeVar("Read")
PATIENCE = 6.0  # seconds of silence
BIGGEST = 200_000  # bytes of an answer
MOST_KEYS = 5  # of one account
GOOD = {"valid", ""}
SILENT = "Dịch vụ ký số từ xa không trả lời. Hệ thống sẽ tự thử lại sau ít phút."


class PhoneSigner:
    """Dịch vụ ký từ xa, as `foundation.signing.remote` asks for it."""

    def providers(self, on: date) -> list[remote.Provider]:
        return [
            remote.Provider(
                one.code, one.name, one.asks, one.hint, one.account == SigningProvider.Account.NUMBER,
                one.is_simulated,
            )
            for one in SigningProvider.objects.offered_on(on)
        ]  # fmt: skip

    def found(self, *, provider: str, account: str) -> list[remote.FoundKey]:
        try:
            said = self._said(provider, contract.LIST, contract.listing(account))
        except _NobodyThere:
            return []
        names = self._read(contract.credentials_in, said)
        return [self.certificate(remote.RemoteKey(provider, name)) for name in names[:MOST_KEYS]]

    def certificate(self, key: remote.RemoteKey) -> remote.FoundKey:
        said = self._said(key.provider, contract.INFO, contract.info(key.credential))
        standing, _ = self._read(contract.standing_in, said)
        holder = self._read(_holder_in, said)
        return remote.FoundKey(key, holder, "" if standing in GOOD else standing)

    def ask(self, *, key: remote.RemoteKey, digest: bytes, words: str) -> str:
        self._algorithm(key)
        asked = contract.authorizing(key.credential, digest, words)
        return self._read(contract.transaction_in, self._said(key.provider, contract.AUTHORIZE, asked))

    def answer(self, *, key: remote.RemoteKey, transaction: str, digest: bytes) -> bytes | None:
        said = self._said(key.provider, contract.CHECK, contract.checking(transaction))
        sad = contract.sad_in(said)
        if not sad:
            return None
        asked = contract.signing(key.credential, sad, digest, self._algorithm(key))
        return self._read(contract.signature_in, self._said(key.provider, contract.SIGN, asked))

    def cancel(self, *, key: remote.RemoteKey, transaction: str) -> None:
        """The interface that we know has no such message: our own request is over, and its answer is never fetched."""

    def _algorithm(self, key: remote.RemoteKey) -> str:
        """Of a key that can be used. Raises CertificateRevoked, KeyMissing, SignerUnavailable."""
        said = self._said(key.provider, contract.INFO, contract.info(key.credential))
        status, algorithm = self._read(contract.standing_in, said)
        if status not in GOOD:
            raise CertificateRevoked(
                f"Dịch vụ ký từ xa báo chứng thư “{key.credential}” không còn dùng được ({status}). "
                "Hãy liên hệ nơi cấp, rồi đăng ký chứng thư mới."
            )
        return algorithm

    def _said(self, provider: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One question. Raises Declined, KeyMissing, SignerUnavailable."""
        address, token = line_of(provider)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        try:
            with slot():
                answer = ask(
                    "POST", f"{address.rstrip('/')}/{path}", body=json.dumps(body), headers=headers, most=BIGGEST,
                    patience=PATIENCE,
                )  # fmt: skip
        except (NoSlot, Silent) as fault:
            logger.warning("%s %s: %s", provider, path, getattr(fault, "why", "busy"))
            raise SignerUnavailable(SILENT) from None
        said = self._read(contract.object_of, answer.body)
        if answer.status in {200, 202}:
            return said
        error = contract.error_in(said)
        logger.warning("%s %s: HTTP %s %s", provider, path, answer.status, error)
        if path == contract.LIST and error in contract.UNKNOWN_USER:
            raise _NobodyThere
        if error in contract.DECLINED:
            raise remote.Declined
        if error == contract.UNKNOWN_CREDENTIAL:
            raise KeyMissing(
                "Dịch vụ ký từ xa không có chứng thư mang mã đã đăng ký. Hãy báo người quản trị."
            )
        raise SignerUnavailable(SILENT)

    @staticmethod
    def _read(reader: Callable[[Given], Read], said: Given) -> Read:
        try:
            return reader(said)
        except contract.BadAnswer as fault:
            logger.warning("Remote signing: %s", fault)
            raise SignerUnavailable(SILENT) from None


class _NobodyThere(Exception):
    """The provider knows no such user."""


def line_of(provider: str) -> tuple[str, str]:
    """Địa chỉ và mã truy cập of a provider; "": those of the settings. Raises SignerUnavailable."""
    if not provider:
        if not settings.REMOTE_SIGNING_URL:
            raise SignerUnavailable("Chưa nối dịch vụ ký số từ xa. Hãy báo người quản trị.")
        return settings.REMOTE_SIGNING_URL, settings.REMOTE_SIGNING_TOKEN
    found = SigningProvider.objects.filter(pk=provider).first()
    if found is None or (found.is_simulated and not settings.SIMULATORS):
        raise SignerUnavailable("Không còn nối với nhà cung cấp này.")
    if found.is_simulated:
        return f"{settings.SELF_URL}{found.address}", ""
    return found.address, token_of(found)


def token_of(provider: SigningProvider) -> str:
    """Mã truy cập, from the environment: no other secret of this server is ever sent there."""
    is_ours = SECRET_NAME.fullmatch(provider.secret_name)
    return os.environ.get(provider.secret_name, "") if is_ours else ""


def _holder_in(said: dict[str, Any]) -> Holder:
    """Whom the first certificate names; the others are its chain. Raises BadAnswer."""
    try:
        own, *chain = [x509.load_der_x509_certificate(der) for der in contract.certificates_in(said)]
        return Holder.of(_pem(own), "".join(map(_pem, chain)))
    except ValueError:
        raise contract.BadAnswer("no certificate") from None


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def install() -> None:
    """Dịch vụ được hỏi from now on; without an address every question is refused in words."""
    remote.install(PhoneSigner())
