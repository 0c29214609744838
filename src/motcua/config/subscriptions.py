"""Who listens to what. The one page that says it; filled in when the process starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from motcua.core.events import AfterCommit, Event, InTransaction, subscribe
from motcua.foundation.documents import tasks as documents
from motcua.foundation.documents.events import DocumentStored
from motcua.foundation.identity import tasks as identity
from motcua.foundation.ledger import writing
from motcua.foundation.org import tasks as org
from motcua.oversight.integrity.operations.checking import check_nightly
from motcua.service.dossiers import tasks as dossiers
from motcua.service.dossiers.events import EndedEarly, ResultIssued, ResultReturned
from motcua.service.linking.operations import progressing as linking
from motcua.service.queueing import tasks as queueing

IN_TRANSACTION: Mapping[type[Event], Sequence[InTransaction]] = {
    Event: [writing.write],  # every fact, with the act or not at all
    ResultIssued: [linking.result_issued],  # a part of a bundle gives its output to the next
    EndedEarly: [linking.part_ended],  # what needs its output stops as well
    ResultReturned: [linking.result_returned],
}
AFTER_COMMIT: Mapping[type[Event], Sequence[AfterCommit]] = {
    DocumentStored: [documents.scan, documents.make_preview],
}
DAILY: Sequence[Callable[[datetime], object]] = (
    org.take_effect,  # names and parents that begin today
    identity.forget_expired_sessions,
    queueing.close_past_days,
    check_nightly,  # last: it sees what the others have left
)


OFTEN: Sequence[Callable[[datetime], object]] = (  # every few minutes
    dossiers.lapse_silent,
    dossiers.raise_alarms,
)


def install() -> None:
    subscribe(in_transaction=IN_TRANSACTION, after_commit=AFTER_COMMIT)
