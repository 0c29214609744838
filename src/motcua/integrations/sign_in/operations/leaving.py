"""Rời khỏi nơi cấp tài khoản: the token is taken back there, and the browser gets the address to sign out there too."""

from __future__ import annotations

import logging
import secrets

from motcua.foundation.citizens.models import CitizenSession
from motcua.foundation.citizens.sessions import tokens_of
from motcua.integrations.sign_in import client
from motcua.integrations.sign_in.faults import SignInFault
from motcua.integrations.sign_in.models import SignInProvider

logger = logging.getLogger(__name__)


def way_out(session: CitizenSession, *, back_to: str) -> tuple[str, str]:
    """Lối ra: name of the provider and the address that signs out there; asked before the session ends here."""
    provider = SignInProvider.objects.filter(code=session.link.provider).first()
    id_token = tokens_of(session).get("id_token", "")
    if provider is None or not id_token:
        return "", ""
    address = client.logout_address(
        provider, id_token=id_token, back_to=back_to, state=secrets.token_urlsafe(8)
    )
    return provider.name, address


def take_back(session: CitizenSession) -> None:
    """Thu hồi khóa ở nơi cấp tài khoản; whether it answers or not, here the person is out."""
    provider = SignInProvider.objects.filter(code=session.link.provider).first()
    access_token = tokens_of(session).get("access_token", "")
    if provider is None or not access_token:
        return
    try:
        with client.slot(provider):
            client.revoke(provider, access_token=access_token)
    except SignInFault as fault:
        logger.warning("sign-out: %s %s", provider.code, fault.code)
