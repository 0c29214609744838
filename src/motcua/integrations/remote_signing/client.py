"""Gọi dịch vụ ký từ xa: short patience; a page of HTML, silence, a strange answer are trouble that may pass."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings

from motcua.foundation.signing import remote
from motcua.foundation.signing.refusals import CertificateRevoked, KeyMissing, SignerUnavailable
from motcua.integrations.outward import NoSlot, Silent, ask, slot
from motcua.integrations.remote_signing import contract

logger = logging.getLogger(__name__)
Given = TypeVar("Given")
Read = TypeVar("Read")
PATIENCE = 6.0  # seconds of silence
BIGGEST = 200_000  # bytes of an answer
SILENT = "Dịch vụ ký số từ xa không trả lời. Hệ thống sẽ tự thử lại sau ít phút."


class PhoneSigner:
    """Dịch vụ ký từ xa, as `foundation.signing.remote` asks for it."""

    def ask(self, *, credential: str, digest: bytes, words: str) -> str:
        self._standing(credential)
        said = self._said(contract.AUTHORIZE, contract.authorizing(credential, digest, words))
        return self._read(contract.transaction_in, said)

    def answer(self, *, credential: str, transaction: str, digest: bytes) -> bytes | None:
        said = self._said(contract.CHECK, contract.checking(transaction))
        sad = contract.sad_in(said)
        if not sad:
            return None
        algorithm = self._standing(credential)
        signed = self._said(contract.SIGN, contract.signing(credential, sad, digest, algorithm))
        return self._read(contract.signature_in, signed)

    def cancel(self, *, transaction: str) -> None:
        """The interface that we know has no such message: our own request is over, and its answer is never fetched."""

    def credentials(self, user: str) -> list[str]:
        """Các chứng thư ở dịch vụ of a user, by their names there."""
        return self._read(contract.credentials_in, self._said(contract.LIST, contract.listing(user)))

    def _standing(self, credential: str) -> str:
        """The key's algorithm. Raises CertificateRevoked, KeyMissing, SignerUnavailable."""
        status, algorithm = self._read(
            contract.standing_in, self._said(contract.INFO, contract.info(credential))
        )
        if status not in {"valid", ""}:
            raise CertificateRevoked(
                f"Dịch vụ ký từ xa báo chứng thư “{credential}” không còn dùng được ({status}). "
                "Hãy liên hệ nơi cấp, rồi đăng ký chứng thư mới."
            )
        return algorithm

    def _said(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One question. Raises Declined, KeyMissing, SignerUnavailable."""
        if not settings.REMOTE_SIGNING_URL:
            raise SignerUnavailable("Chưa nối dịch vụ ký số từ xa. Hãy báo người quản trị.")
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.REMOTE_SIGNING_TOKEN}",
        }
        address = f"{settings.REMOTE_SIGNING_URL.rstrip('/')}/{path}"
        try:
            with slot():
                answer = ask(
                    "POST", address, body=json.dumps(body), headers=headers, most=BIGGEST, patience=PATIENCE
                )
        except (NoSlot, Silent) as fault:
            logger.warning("%s: %s", path, getattr(fault, "why", "busy"))
            raise SignerUnavailable(SILENT) from None
        said = self._read(contract.object_of, answer.body)
        if answer.status in {200, 202}:
            return said
        error = contract.error_in(said)
        logger.warning("%s: HTTP %s %s", path, answer.status, error)
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


def install() -> None:
    """Dịch vụ được hỏi from now on; without an address every question is refused in words."""
    remote.install(PhoneSigner())
