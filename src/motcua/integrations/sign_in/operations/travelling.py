"""Đi và về: begin a way to a provider, come back from it with somebody who is vouched for, hold them for a confirmation."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.db import transaction
from django.db.models import Q

from motcua.foundation.citizens.claims import Claims
from motcua.foundation.citizens.models import AssuranceLevel, CitizenAccount
from motcua.foundation.identity.sealing import seal, unseal
from motcua.integrations.sign_in import client
from motcua.integrations.sign_in.contract import read
from motcua.integrations.sign_in.faults import Busy, Cancelled, NotOurs, SignInFault, TooLate
from motcua.integrations.sign_in.models import SignInAttempt, SignInProvider, SimulatedGrant

logger = logging.getLogger(__name__)
LASTS = timedelta(minutes=15)
KEPT = timedelta(days=30)
UNUSED_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Vouched:
    """Ai đó đã được xác nhận: what was said, the tokens to sign out with, and the way they came."""

    attempt: SignInAttempt
    claims: Claims
    tokens: Mapping[str, str]


@transaction.atomic
def begin(
    provider: SignInProvider,
    *,
    browser: str,
    redirect_uri: str,
    wanted: str,
    at: datetime,
    level: AssuranceLevel | None = None,
    linking: CitizenAccount | None = None,
) -> str:
    """Bắt đầu: the address at the provider to send the browser to. `browser`: the secret mark of this browser."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    SignInAttempt.objects.create(
        provider=provider, state_digest=digest(state), browser_digest=digest(browser), nonce=nonce, verifier=verifier,
        redirect_uri=redirect_uri, wanted=wanted[:2000], level=level, linking=linking, begun_at=at,
        expires_at=at + LASTS,
    )  # fmt: skip
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scopes,
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    if acr := provider.acr_for(level):
        asked["acr_values"] = acr
    if level or linking:
        asked["prompt"] = "login"  # the provider must look again, not remember
    joined = "&" if urlsplit(provider.authorize_url).query else "?"
    return f"{provider.authorize_url}{joined}{urlencode(asked)}"


def come_back(*, state: str, code: str, error: str, issuer: str = "", browser: str, at: datetime) -> Vouched:
    """Trở về: check that this browser began it, use it up, and learn who it is. Raises SignInFault, `wanted` kept in it."""
    attempt = _attempt_of(state, browser, at)
    provider = attempt.provider
    try:
        with client.slot(provider):
            _use_up(attempt, at)
            if issuer and issuer != client.backward(provider.issuer):
                raise NotOurs(provider, "iss")
            if error or not code:
                raise Cancelled(provider, f"authorize:{error[:20]}")
            return _learn(attempt, code, at)
    except SignInFault as fault:
        _note(attempt, fault)
        raise


@transaction.atomic
def hold(vouched: Vouched) -> UUID:
    """Giữ lại chờ xác nhận: sealed, until the way runs out."""
    attempt = vouched.attempt
    held = json.dumps({"claims": asdict(vouched.claims), "tokens": dict(vouched.tokens)})
    attempt.held_sealed = seal(held, bound_to=attempt.pk.bytes)
    attempt.save(update_fields=["held_sealed"])
    return attempt.pk


def held(attempt_id: UUID, *, browser: str, at: datetime) -> Vouched:
    """Ai đang chờ xác nhận, for this browser only. Raises NotOurs, TooLate."""
    attempt = (
        SignInAttempt.objects.select_related("provider", "level", "linking").filter(pk=attempt_id).first()
    )
    if attempt is None or not secrets.compare_digest(attempt.browser_digest, digest(browser)):
        raise NotOurs(None, "hold")
    if attempt.held_sealed is None or at >= attempt.expires_at:
        raise _kept(TooLate(attempt.provider, "hold"), attempt)
    said: dict[str, Any] = json.loads(unseal(bytes(attempt.held_sealed), bound_to=attempt.pk.bytes))
    return Vouched(attempt, Claims.from_json(said["claims"]), said["tokens"])


@transaction.atomic
def finish(attempt: SignInAttempt, *, at: datetime) -> None:
    """Xong: nothing of what was said is kept here any more."""
    attempt.held_sealed, attempt.finished_at = None, at
    attempt.save(update_fields=["held_sealed", "finished_at"])


def forget_old_attempts(at: datetime) -> int:
    """Hằng ngày: what was held goes when its time is over, a way without return after a day, the rest after a month."""
    SignInAttempt.objects.filter(expires_at__lt=at, held_sealed__isnull=False).update(held_sealed=None)
    SimulatedGrant.objects.filter(issued_at__lt=at - UNUSED_KEPT).delete()
    over = Q(begun_at__lt=at - KEPT) | Q(begun_at__lt=at - UNUSED_KEPT, used_at=None)
    return SignInAttempt.objects.filter(over).delete()[0]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _attempt_of(state: str, browser: str, at: datetime) -> SignInAttempt:
    """The way that this browser has begun; whoever brings a state of others learns nothing of theirs."""
    mine = SignInAttempt.objects.select_related("provider", "level", "linking").filter(
        browser_digest=digest(browser)
    )
    attempt = mine.filter(state_digest=digest(state)).first()
    if attempt is None:
        last = mine.order_by("-id").first() if browser else None
        logger.warning("sign-in: a state that this browser has not begun")
        raise _kept(NotOurs(last.provider if last else None, "state"), last)
    if not attempt.may_return_at(at):
        raise _kept(TooLate(attempt.provider, "replay"), attempt)
    return attempt


def _use_up(attempt: SignInAttempt, at: datetime) -> None:
    """Once only, whatever two tabs do at the same moment."""
    if not SignInAttempt.objects.filter(pk=attempt.pk, used_at=None).update(used_at=at):
        raise TooLate(attempt.provider, "replay")
    attempt.used_at = at


def _learn(attempt: SignInAttempt, code: str, at: datetime) -> Vouched:
    provider = attempt.provider
    tokens = client.exchange(
        provider, code=code, verifier=attempt.verifier, redirect_uri=attempt.redirect_uri
    )
    sure = client.check_id_token(provider, tokens, nonce=attempt.nonce, moment=int(at.timestamp()))
    told = client.userinfo(provider, access_token=tokens["access_token"], subject=str(sure["sub"]))
    claims = read(provider, {**told, **{name: sure[name] for name in ("sub", "acr") if name in sure}})
    kept = {name: tokens[name] for name in ("id_token", "access_token")}
    return Vouched(attempt, claims, kept)


def _note(attempt: SignInAttempt, fault: SignInFault) -> None:
    _kept(fault, attempt)
    if isinstance(fault, Busy):
        return  # nothing was used up, the page asks again
    logger.warning("sign-in: %s %s", attempt.provider_id, fault.code)
    SignInAttempt.objects.filter(pk=attempt.pk).update(fault=fault.code[:40])


def _kept(fault: SignInFault, attempt: SignInAttempt | None) -> SignInFault:
    """Where the person was going is kept, whatever went wrong."""
    if attempt is not None:
        fault.wanted, fault.level = attempt.wanted, attempt.level
    return fault
