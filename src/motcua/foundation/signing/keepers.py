"""Nơi giữ khóa: a key in a token, in an encrypted file, or with a remote service, each giving one signer of pyHanko.

The registry says who keeps what; `integrations/` adds the remote services.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from django.conf import settings
from pyhanko.sign.signers import Signer, SimpleSigner

from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.refusals import KeyMissing, SignerUnavailable, TokenAbsent, WrongPin

logging.getLogger("pyhanko.sign.signers").setLevel(logging.CRITICAL)  # a wrong passphrase is our own refusal


class KeyKeeper(Protocol):
    """Nơi giữ khóa: lends, for the time of one act, a signer that signs as the identity.

    Raises SigningRefused: KeyMissing, WrongPin, TokenAbsent, SignerUnavailable.
    """

    def lend(self, identity: SigningIdentity) -> AbstractContextManager[Signer]: ...


class FileKeeper:
    """Tệp PKCS#12 trong thư mục khóa, under the one passphrase of the settings."""

    @contextlib.contextmanager
    def lend(self, identity: SigningIdentity) -> Iterator[Signer]:
        path = Path(settings.SIGNING_DIR) / identity.key_name
        if Path(identity.key_name).name != identity.key_name or not path.is_file():
            raise KeyMissing(
                f"Không thấy tệp khóa “{identity.key_name}” của {identity.holder_name}. "
                "Hãy báo người quản trị chép lại tệp khóa vào thư mục khóa."
            )
        signer = _opened(path)
        if signer is None:
            raise WrongPin(
                f"Mật khẩu tệp khóa của {identity.holder_name} không đúng. Hãy báo người quản trị kiểm tra cấu hình."
            )
        signer.cert_registry.register_multiple(certificates(identity.chain))
        yield signer


def _opened(path: Path) -> SimpleSigner | None:
    load: Callable[..., SimpleSigner | None] = SimpleSigner.load_pkcs12
    return load(str(path), passphrase=settings.SIGNING_SECRET.encode())


class TokenKeeper:
    """Thiết bị ký PKCS#11 (USB token, HSM, SoftHSM): module, token and PIN are settings."""

    @contextlib.contextmanager
    def lend(self, identity: SigningIdentity) -> Iterator[Signer]:
        import pkcs11
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

        if not settings.PKCS11_MODULE or not Path(settings.PKCS11_MODULE).is_file():
            raise TokenAbsent(
                "Máy chủ chưa nối thiết bị ký. Hãy báo người quản trị đặt MOTCUA_PKCS11_MODULE, rồi ký lại."
            )
        try:
            session = open_pkcs11_session(
                settings.PKCS11_MODULE,
                token_criteria=TokenCriteria(label=settings.PKCS11_TOKEN) if settings.PKCS11_TOKEN else None,
                user_pin=settings.PKCS11_PIN or None,
            )
        except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinInvalid, pkcs11.exceptions.PinLenRange):
            raise WrongPin(
                "Mã PIN của thiết bị ký không đúng. Đừng thử nhiều lần: thiết bị sẽ tự khóa. Hãy báo người quản trị."
            ) from None
        except pkcs11.exceptions.PinLocked:
            raise WrongPin("Thiết bị ký đã bị khóa vì sai PIN nhiều lần. Hãy mở khóa ở nơi cấp.") from None
        except (pkcs11.exceptions.PKCS11Error, RuntimeError, OSError):
            raise TokenAbsent("Không thấy thiết bị ký. Hãy cắm lại thiết bị rồi ký lại.") from None
        with session:
            yield PKCS11Signer(
                session,
                signing_cert=certificates(identity.certificate)[0],
                key_label=identity.key_name,
                ca_chain=certificates(identity.chain),
            )


class ByPhone:
    """Khóa ở dịch vụ từ xa: it signs only after a word on the phone, which an act that waits for nobody cannot have.

    Whoever can wait asks `operations.remotely`.
    """

    def lend(self, identity: SigningIdentity) -> AbstractContextManager[Signer]:
        raise SignerUnavailable(
            f"Khóa của {identity.holder_name} ở dịch vụ ký từ xa, phải xác nhận trên điện thoại nên chưa dùng được "
            "cho việc này."
        )


_keepers: dict[str, KeyKeeper] = {
    SigningIdentity.Keeper.FILE: FileKeeper(),
    SigningIdentity.Keeper.TOKEN: TokenKeeper(),
    SigningIdentity.Keeper.REMOTE: ByPhone(),
}


def install(keepers: Mapping[str, KeyKeeper]) -> None:
    """Say who keeps keys of that kind; called once when the process starts."""
    _keepers.update(keepers)


def keeper_of(identity: SigningIdentity) -> KeyKeeper:
    return _keepers[identity.keeper]


def certificates(text: str) -> list[asn1_x509.Certificate]:
    """The certificates of a PEM text, as pyHanko wants them."""
    if not text.strip():
        return []
    return [asn1_x509.Certificate.load(der) for _, _, der in pem.unarmor(text.encode(), multiple=True)]
