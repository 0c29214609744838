"""Citizens as situations, made by the real operations; and a signed-in client or browser for the tests of pages.

account = a_citizen()                       a person known surely (level 2)
firm = an_organisation(director=account)    an organisation that this person represents
enter(client, account)                      Django's test client signed in
enter_page(page, account, live_server.url)  a browser of Playwright signed in
"""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from stdnum.vn import mst

from motcua.core.time import VIETNAM, now
from motcua.foundation.citizens.claims import Claims
from motcua.foundation.citizens.models import CitizenAccount, CitizenSession
from motcua.foundation.citizens.operations.acting import act_for
from motcua.foundation.citizens.operations.seeding import seed_levels
from motcua.foundation.citizens.operations.signing_in import sign_in
from motcua.foundation.citizens.sessions import COOKIE
from motcua.foundation.identity.models import Applicant

AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
ISSUER = "https://noi-cap.vidu.vn"
_numbers = count(1)


def a_personal_number() -> str:
    return f"030090{next(_numbers):06d}"


def a_tax_code() -> str:
    codes = (f"09{next(_numbers) * 7919 % 100_000_000:08d}" for _ in count())
    return next(code for code in codes if mst.is_valid(code))


def claims(**more: Any) -> Claims:
    """What a provider says of a person at level 2; an organisation with kind="ORGANISATION" and its tax code."""
    values = {
        "issuer": ISSUER,
        "subject": f"nguoi-{next(_numbers)}",
        "provider": "vneid",
        "provider_name": "VNeID",
        "dialect": "VNEID",
        "level": "2",
        "kind": Applicant.Kind.PERSON,
        "name": "Nguyễn Thị Thử",
        **more,
    }
    if values["kind"] == Applicant.Kind.PERSON:
        values.setdefault("personal_number", a_personal_number())
    return Claims(**values)


def a_citizen(*, at: datetime = AT, **more: Any) -> CitizenAccount:
    """A person who has signed in once; `level`, `name`, `personal_number`, `phone`, `email` as wished."""
    seed_levels()
    return sign_in(claims(**more), at=at, agreed=True).session.account


def an_organisation(
    *, director: CitizenAccount | None = None, at: datetime = AT, **more: Any
) -> CitizenAccount:
    """A firm that has signed in once; with `director`, that person may act for it."""
    seed_levels()
    said = {
        "kind": Applicant.Kind.ORGANISATION,
        "name": "Công ty TNHH Thử Nghiệm",
        "tax_code": a_tax_code(),
        "dialect": "VNCONNECT",
        **more,
    }
    if director is not None:
        said |= {
            "representative_name": director.name,
            "representative_number": director.applicant.personal_number,
        }
    return sign_in(claims(**said), at=at, agreed=True).session.account


def a_session(
    account: CitizenAccount,
    *,
    level: str = "2",
    at: datetime | None = None,
    acting_for: CitizenAccount | None = None,
) -> tuple[CitizenSession, str]:
    """A fresh sign-in of this account, at this level; with `acting_for`, switched to that organisation."""
    link = account.links.living().first()
    assert link is not None
    again = claims(
        issuer=link.issuer, subject=link.subject, level=level, kind=account.kind, name=account.name,
        personal_number=account.applicant.personal_number, tax_code=account.applicant.tax_code,
    )  # fmt: skip
    moment = at or now()
    entered = sign_in(again, at=moment)
    if acting_for is not None:
        row = acting_for.representatives.acting_at(moment).get(person=account.applicant)
        act_for(entered.session, representative_id=row.pk, at=moment)
    return entered.session, entered.key


def enter(client: Any, account: CitizenAccount, **how: Any) -> CitizenSession:
    """Sign this account in to a Django test client; `level`, `acting_for`, `at` as in `a_session`."""
    session, key = a_session(account, **how)
    client.cookies[COOKIE] = key
    return session


def enter_page(page: Any, account: CitizenAccount, base_url: str, **how: Any) -> CitizenSession:
    """Sign this account in to a page of Playwright."""
    session, key = a_session(account, **how)
    page.context.add_cookies([{"name": COOKIE, "value": key, "url": base_url}])
    return session
