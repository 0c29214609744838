"""Ký tờ khai trên điện thoại: the key lies with a provider; its holder says yes on the phone, and the draft waits for it.

The provider gets the digest of the very file that is frozen for what the draft says. What it signed is looked at as a file
that was sent, and kept in the same way. No row is locked while a provider is waited for, but by who sends a request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.time import local, local_date
from motcua.foundation.identity.models import Applicant
from motcua.foundation.signing import remote
from motcua.foundation.signing.keepers import certificates
from motcua.foundation.signing.making import refuse_unusable
from motcua.foundation.signing.models import RemoteSignature
from motcua.foundation.signing.operations import remotely
from motcua.foundation.signing.refusals import KeyMissing, PhoneSaid, SignerUnavailable, SigningRefused
from motcua.foundation.signing.validating import numbers_of, validate
from motcua.service.filing.events import DeclarationNotSignedByPhone, DeclarationSentToPhone
from motcua.service.filing.models import Draft, FrozenDeclaration
from motcua.service.filing.operations.declaring import (
    NotSigned,
    Signatory,
    bytes_of,
    declaration_here,
    freeze_declaration,
    keep_checked,
    match_of,
    own_certificate,
    refuse_faulty,
    signatories,
)
from motcua.service.filing.operations.drafting import open_draft

T = TypeVar("T")
MOST_AT_ONCE, MOST_SILENCES = 200, 3
ACCOUNT, PROVIDER = "account", "provider"  # fields of the page
State = RemoteSignature.State
CHANGED = "Tờ khai vừa được sửa, nên yêu cầu ký cho nội dung cũ đã thôi. Hãy ký bản mới."
WRONG = (
    "Chữ ký nhà cung cấp gửi về không khớp tờ khai và chứng thư này nên không dùng. Tờ khai còn nguyên; "
    "hãy ký lại, nếu vẫn vậy thì báo nhà cung cấp, hoặc ký bằng cách khác."
)
BROKEN = "{name} chưa trả lời, nên chưa ký được. Tờ khai còn nguyên; hãy thử lại sau ít phút, hoặc ký bằng cách khác."


@dataclass(frozen=True)
class OwnKey:
    """Chứng thư của người ký at a provider; `fault`: why nothing is signed with it, "" when it can be used."""

    found: remote.FoundKey
    match: str
    fault: str


@dataclass(frozen=True)
class Standing:
    """Lượt ký của tờ khai này: the one that waits, or the last that ended; `silent`: what to say of a silent provider."""

    waiting: RemoteSignature | None = None
    ended: RemoteSignature | None = None
    silent: str = ""


def find_keys(
    *, draft_id: UUID, provider: str, account: str, at: datetime, hand: Applicant | None = None
) -> list[OwnKey]:
    """Tìm chứng thư của người ký at a provider, after the declaration is frozen; of others nothing is told.

    `hand` as in `keep_signed`. Raises NotSigned, InvalidInput, NoSuchDraft.
    """
    freeze_declaration(draft_id=draft_id, at=at)
    draft = _draft(draft_id)
    chosen, who = _provider(provider, at), signatories(draft, hand)
    if not account:
        raise NotSigned(f"Hãy nhập {chosen.asks[:1].lower()}{chosen.asks[1:]}.", field=ACCOUNT)
    found = _asked(chosen, lambda: remote.service().found(provider=chosen.code, account=account))
    mine = [own for one in found if (own := _own(one, chosen, who, at))]
    if not found:
        raise NotSigned(
            f"{chosen.name} không có chứng thư nào của “{account}”. Hãy xem lại mã vừa nhập, hoặc chọn nhà cung cấp khác.",
            field=ACCOUNT,
        )
    if not mine:
        raise NotSigned(
            f"Chứng thư của “{account}” ở {chosen.name} không phải của {who[0].name}. {own_certificate(who[0])}",
            field=ACCOUNT,
        )
    if not any(not one.fault for one in mine):
        raise NotSigned(mine[0].fault, field=ACCOUNT)
    return mine


def ask_phone(
    *, draft_id: UUID, provider: str, credential: str, at: datetime, hand: Applicant | None = None
) -> None:
    """Gửi yêu cầu ký lên điện thoại, once: pressed again while it waits, nothing more is sent.

    The provider is asked anew whose the certificate is. Raises NotSigned, NoSuchDraft.
    """
    draft = _draft(draft_id)
    frozen = declaration_here(draft)
    if frozen is None:
        raise NotSigned(CHANGED, field=ACCOUNT)
    if frozen.signed_id or remotely.waiting_for([frozen.pk]):
        return
    chosen, key = _provider(provider, at), remote.RemoteKey(provider, credential)
    own = _own(
        _asked(chosen, lambda: remote.service().certificate(key)), chosen, signatories(draft, hand), at
    )
    if own is None:
        raise NotSigned(
            "Chứng thư này không phải của người nộp. Hãy tìm lại chứng thư của bạn.", field=ACCOUNT
        )
    if own.fault:
        raise NotSigned(own.fault, field=ACCOUNT)
    _send(draft, frozen, own, chosen, at)


@transaction.atomic
def _send(
    draft: Draft, frozen: FrozenDeclaration, own: OwnKey, chosen: remote.Provider, at: datetime
) -> None:
    row = FrozenDeclaration.objects.select_for_update().filter(pk=frozen.pk, signed=None).first()
    if row is None or remotely.waiting_for([row.pk]):
        return
    holder = own.found.holder
    words = (
        f"Ký tờ khai “{draft.revision.name[:90]}”, lập lúc {local(frozen.frozen_at):%H:%M %d/%m/%Y}, "
        f"gửi {draft.offering.agency.name[:60]}"
    )
    _asked(
        chosen,
        lambda: remotely.send(
            bytes_of(frozen), key=row.pk, at_service=own.found.key, holder=holder, reason="Người nộp ký tờ khai",
            words=words, at=at,
        ),
    )  # fmt: skip
    row.match = own.match
    row.save(update_fields=["match"])
    events.record(
        DeclarationSentToPhone(
            subject_id=draft.pk, actor_id=draft.account_id, at=at, provider=chosen.code, signer=holder.name,
            serial=holder.serial, content=row.content,
        )
    )  # fmt: skip


def look_after(*, draft_id: UUID, at: datetime) -> str:
    """Xem điện thoại đã trả lời chưa, and keep what it signed. Returns why a provider could not be asked, "" otherwise."""
    draft = Draft.objects.select_related("offering", "mandate__agent").filter(pk=draft_id).first()
    rows = {row.pk: row for row in draft.declarations.select_related("document__file")} if draft else {}
    waiting = remotely.waiting_for(list(rows)) if rows else {}
    if draft is None or not waiting:
        return ""
    here, silent = declaration_here(draft), ""
    for pk, request in waiting.items():
        if here is None or here.pk != pk:
            _over(draft, rows[pk], request, State.GIVEN_UP, at=at, said=CHANGED)
        else:
            silent = _heard(draft, rows[pk], request, at)
    return silent


@transaction.atomic
def _heard(draft: Draft, row: FrozenDeclaration, request: RemoteSignature, at: datetime) -> str:
    """What the phone has said of one request; nothing while another page asks the same."""
    if not remotely.is_alone_with(request.pk):
        return ""
    try:
        signed = remotely.look(request, at=at)
        report = validate(signed.content, at=at)
        refuse_faulty(report)
        with transaction.atomic():
            open_draft(draft.pk)  # locked before the request, as everywhere
            if remotely.end(key=row.pk, request=request.pk, state=State.SIGNED, at=at):
                keep_checked(
                    draft_id=draft.pk, frozen=row, given=signed.content, name="to-khai-da-ky.pdf",
                    found=report.signatures[-1], match=row.match, at=at,
                )  # fmt: skip
    except PhoneSaid as told:
        if told.state:
            said = WRONG if told.state == State.WRONG else told.message
            _over(draft, row, request, told.state, at=at, said=said)
    except SigningRefused as told:
        if told.is_transient:
            return told.message
        _over(draft, row, request, State.UNFIT, at=at, said=told.message)
    except DomainError as told:
        _over(draft, row, request, State.UNFIT, at=at, said=told.message)
    return ""


@transaction.atomic
def _over(
    draft: Draft,
    row: FrozenDeclaration,
    request: RemoteSignature,
    state: str,
    *,
    at: datetime,
    said: str = "",
) -> None:
    """Lượt này không thành, and why."""
    if remotely.end(key=row.pk, request=request.pk, state=state, at=at, said=said):
        events.record(
            DeclarationNotSignedByPhone(
                subject_id=draft.pk, actor_id=draft.account_id, at=at, outcome=state, content=row.content
            )
        )


def stop_waiting(*, draft_id: UUID, at: datetime) -> bool:
    """Thôi chờ điện thoại; what is confirmed afterwards counts no more. False when nothing waited."""
    draft = _draft(draft_id)
    rows = {row.pk: row for row in draft.declarations.all()}
    waiting = remotely.waiting_for(list(rows))
    for pk, request in waiting.items():
        _over(draft, rows[pk], request, State.GIVEN_UP, at=at)
    return bool(waiting)


def standing_of(draft: Draft, silent: str = "") -> Standing:
    """Tình trạng lượt ký trên điện thoại, as it is written; nobody is asked."""
    here = declaration_here(draft)
    latest = remotely.latest_of(here.pk) if here else None
    if latest and latest.state == State.WAITING:
        return Standing(latest, None, silent)
    return Standing(None, latest if latest and latest.said else None)


def look_after_all(at: datetime) -> None:
    """Xem mọi lượt đang chờ, also those whose page nobody looks at any more."""
    waiting = RemoteSignature.objects.filter(state=State.WAITING, identity=None).values("key")
    drafts = FrozenDeclaration.objects.filter(pk__in=waiting).values_list("draft_id", flat=True)
    silences = 0
    for draft_id in set(drafts[:MOST_AT_ONCE]):
        silences += bool(look_after(draft_id=draft_id, at=at))
        if silences == MOST_SILENCES:  # each costs seconds, and the next round comes soon
            return


def _own(
    found: remote.FoundKey, provider: remote.Provider, who: Sequence[Signatory], at: datetime
) -> OwnKey | None:
    """The certificate when it is of one who may sign; None: somebody else's."""
    holder = found.holder
    match = match_of(holder.name, numbers_of(certificates(holder.certificate)[0]), who)
    if not match:
        return None
    fault = ""
    try:
        refuse_unusable(holder, at)
    except SigningRefused as told:
        fault = told.message
    if found.standing and not fault:
        fault = (
            f"{provider.name} báo chứng thư của {holder.name} không còn dùng được ({found.standing}). "
            "Hãy ký bằng chứng thư còn hiệu lực."
        )
    return OwnKey(found, match, fault)


def _provider(code: str, at: datetime) -> remote.Provider:
    """Raises NotSigned."""
    offered = {one.code: one for one in remote.providers(local_date(at))}
    if code not in offered:
        raise NotSigned("Hãy chọn nhà cung cấp chứng thư của bạn.", field=PROVIDER)
    return offered[code]


def _asked(provider: remote.Provider, question: Callable[[], T]) -> T:
    """Raises NotSigned when the provider does not answer, or not as it should."""
    try:
        return question()
    except KeyMissing:
        raise NotSigned(
            f"{provider.name} không còn chứng thư này. Hãy tìm lại chứng thư của bạn.", field=ACCOUNT
        ) from None
    except SignerUnavailable:
        raise NotSigned(BROKEN.format(name=provider.name), field=ACCOUNT) from None
    except (SigningRefused, remote.Declined) as told:
        said = told.message if isinstance(told, SigningRefused) else BROKEN.format(name=provider.name)
        raise NotSigned(said, field=ACCOUNT) from None


def _draft(draft_id: UUID) -> Draft:
    return Draft.objects.select_related("mandate__agent", "offering__agency", "revision").get(pk=draft_id)
