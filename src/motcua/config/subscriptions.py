"""Who listens to what. The one page that says it; filled in when the process starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from motcua.core import objections
from motcua.core.events import AfterCommit, Event, InTransaction, subscribe
from motcua.core.objections import Objection
from motcua.foundation.citizens import tasks as citizens
from motcua.foundation.citizens.events import AccountLocked, AccountUnlocked
from motcua.foundation.documents import tasks as documents
from motcua.foundation.documents.events import DocumentDescribed, DocumentOpened, DocumentStored
from motcua.foundation.identity import tasks as identity
from motcua.foundation.identity.events import MandateGiven, MandateRevoked
from motcua.foundation.ledger import writing
from motcua.foundation.notices import accounts, certificates, mandates
from motcua.foundation.notices import tasks as notices
from motcua.foundation.notices.events import NoticeQueued, NoticeResent
from motcua.foundation.org import tasks as org
from motcua.integrations.payment_platform import simulator as payment_simulator
from motcua.integrations.payment_platform.events import SimulatedCallbackDue
from motcua.integrations.remote_signing import client as remote_signing
from motcua.integrations.sign_in import tasks as sign_in
from motcua.integrations.sms_zalo import adapters as sms_zalo
from motcua.integrations.viettel_post import walking
from motcua.integrations.viettel_post.events import SimulatedWordsDue
from motcua.oversight.integrity.operations.checking import check_nightly
from motcua.service.dossiers import holding, store, telling
from motcua.service.dossiers import tasks as dossiers
from motcua.service.dossiers.events import (
    ActedFor,
    ApologySent,
    BulkActBegun,
    BulkActResumed,
    ClockPaused,
    DecisionSentBack,
    DecisionSigned,
    DossierReceived,
    DossierReopened,
    EndedEarly,
    LinkedPartStopped,
    ResultCorrected,
    ResultIssued,
    ResultReturned,
    SettledAtOnce,
    SupplementAsked,
    SupplementCompleted,
    TransitionBegun,
    TransitionUndone,
    WrongResultFound,
)
from motcua.service.dossiers.foreseeing import learn_paces
from motcua.service.dossiers.operations import consulting, moving, unsent
from motcua.service.dossiers.operations.apologising import foresee_lateness
from motcua.service.dossiers.operations.lasting import learn_usual_times
from motcua.service.filing import tasks as filing
from motcua.service.filing import telling as filing_telling
from motcua.service.filing.events import BatchAsked
from motcua.service.filing.operations import cosigning
from motcua.service.filing.operations import unsent as filing_unsent
from motcua.service.filing.operations.answering import watch_filings
from motcua.service.filing.operations.batching import forget_batches
from motcua.service.filing.operations.drafting import watch_drafts
from motcua.service.filing.posting import order_chosen
from motcua.service.forms.events import AnswersMovedOn, AnswersSaved
from motcua.service.holdings import listening as held
from motcua.service.holdings import signing as paper_signing
from motcua.service.holdings import tasks as papers
from motcua.service.holdings.certified import CertificateSigner
from motcua.service.holdings.events import PaperLoaded, PaperScanned
from motcua.service.holdings.operations.demanding import Holdings
from motcua.service.linking.operations import progressing as linking
from motcua.service.payments import tasks as payments
from motcua.service.payments.events import PaymentReturned, RefundAccountGiven, RefundApproved, RefundDone
from motcua.service.payments.operations import charging, delivering, refunding
from motcua.service.postal import tasks as postal
from motcua.service.postal.events import (
    CarrierTold,
    GetBackAsked,
    RedeliveryAsked,
    ShipmentCancelled,
    ShipmentOrdered,
)
from motcua.service.postal.possible import refuse_while_posted
from motcua.service.procedures import tasks as procedures
from motcua.service.queueing import tasks as queueing
from motcua.service.results import keeping as results_keeping
from motcua.service.results import reacting as results
from motcua.service.results import tasks as results_tasks
from motcua.service.results import telling as results_telling
from motcua.service.results.events import (
    CorrectionAnswered,
    ResultPublished,
    ResultRevoked,
    ShareOpened,
    SigningAsked,
)

IN_TRANSACTION: Mapping[type[Event], Sequence[InTransaction]] = {
    Event: [writing.write],  # every fact, with the act or not at all
    ApologySent: [telling.tell_of_apology],  # and DueExtended, which is one
    ResultIssued: [
        telling.tell_applicant,
        results.result_issued,  # the paper gets its own id, and waits for its signatures
        linking.result_issued,  # a part of a bundle gives its output to the next
        held.keep_result,
    ],
    WrongResultFound: [telling.tell_applicant, held.withdraw_result],
    ResultCorrected: [telling.tell_applicant, held.keep_result, results.result_corrected],
    SettledAtOnce: [held.keep_result, results.result_issued],
    ResultPublished: [results_keeping.keep_certified],
    ResultRevoked: [results_telling.tell_of_revocation, results_keeping.withdraw_certified],
    ShareOpened: [results_telling.tell_of_opening],
    CorrectionAnswered: [results_telling.tell_of_answer],
    DocumentDescribed: [held.keep_described],
    AnswersSaved: [cosigning.answers_changed],
    AnswersMovedOn: [cosigning.answers_changed],
    DocumentOpened: [held.tell_of_opening],
    DecisionSigned: [results.ask_leader],  # digitally, where there is a draft and a certificate
    DecisionSentBack: [results.drop_draft],
    SupplementAsked: [telling.tell_applicant],
    SupplementCompleted: [telling.tell_applicant],
    ClockPaused: [telling.tell_applicant],
    EndedEarly: [telling.tell_applicant, linking.part_ended],  # what needs its output stops as well
    LinkedPartStopped: [telling.tell_applicant],
    DossierReopened: [telling.tell_applicant],
    AccountLocked: [accounts.tell_of_lock],
    AccountUnlocked: [accounts.tell_of_lock],
    MandateGiven: [mandates.tell_of_mandate],
    MandateRevoked: [mandates.tell_of_revocation],
    ActedFor: [telling.tell_both_people],
    ResultReturned: [linking.result_returned],
    ShipmentOrdered: [delivering.expect],  # cash on delivery: the dues wait for the carrier
    ShipmentCancelled: [delivering.release],
    CarrierTold: [delivering.release],
    RefundDone: [filing_telling.tell_of_refund],
    RefundAccountGiven: [filing_telling.tell_of_account],
    DossierReceived: [charging.take_at_reception],  # cash of the counter, and what was paid on line before
}
AFTER_COMMIT: Mapping[type[Event], Sequence[AfterCommit]] = {
    **{step: [telling.tell_of_step] for step in telling.STEPS},
    DocumentStored: [documents.scan, documents.make_preview],
    NoticeQueued: [notices.deliver],
    NoticeResent: [notices.deliver],
    PaperScanned: [papers.read_letters],
    PaperLoaded: [papers.bind_pages],
    BulkActBegun: [dossiers.carry_on],
    BulkActResumed: [dossiers.carry_on],
    BatchAsked: [filing.carry_on],
    PaymentReturned: [payments.ask_at_once],
    RefundApproved: [refunding.send_refund],
    SigningAsked: [results_tasks.sign],
    SimulatedCallbackDue: [payment_simulator.call_back],
    SimulatedWordsDue: [walking.tell_pressed],
    ShipmentOrdered: [postal.tell_carrier],
    ShipmentCancelled: [postal.tell_carrier],
    RedeliveryAsked: [postal.tell_carrier],
    GetBackAsked: [postal.tell_carrier],
    TransitionBegun: [dossiers.carry_transition],
    TransitionUndone: [dossiers.carry_transition_back],
}
DAILY: Sequence[Callable[[datetime], object]] = (
    org.take_effect,  # names and parents that begin today
    procedures.take_effect,  # revisions and everyday names that begin today
    identity.forget_expired_sessions,
    citizens.close_expired_sessions,
    sign_in.forget_attempts,
    queueing.close_past_days,
    unsent.forget_unsent,  # files for supplements that ended without them
    filing_unsent.forget_unsent,
    watch_drafts,  # tells of drafts whose time is nearly over, deletes those whose time is
    forget_batches,
    certificates.warn_of_endings,  # 60, 30 and 7 days before nothing can be signed any more
    documents.forget_files,  # content that nobody uses any more, a day later
    learn_paces,  # what each step has taken, before it is asked who will be late
    learn_usual_times,  # what each procedure has taken, for who asks before filing
    check_nightly,  # last: it sees what the others have left
)
HOURLY: Sequence[Callable[[datetime], object]] = (
    postal.decide_late,  # failed parcels of which nobody has decided in time
    postal.ask_of_silent,  # parcels of which their carrier has told nothing for a day
    foresee_lateness,  # apologies draft themselves
    documents.forget_broken_uploads,  # files sent in part whose sender has not come back
)
OBJECTIONS: Mapping[str, Sequence[Objection]] = {
    "deactivate_staff": [holding.refuse_while_holding],
    "end_appointment": [holding.refuse_role_still_needed],
    "close_agency": [holding.refuse_without_successor],
    "end_role": [holding.refuse_role_of_steps],
    "return_result": [refuse_while_posted],  # what the post has is not given at the counter as well
}
OFTEN: Sequence[Callable[[datetime], object]] = (  # every few minutes
    dossiers.lapse_silent,
    dossiers.raise_alarms,
    moving.tell_of_slow_steps,
    consulting.tell_of_late_answers,
    payments.ask_again,  # what no bank has told us yet
    results_tasks.sign_what_waits,
    notices.release_waiting,  # whose quiet hours are over
    walking.tell_due,  # what a simulated carrier would have told by now
    postal.follow_parcels,
    postal.close_delivered,
    order_chosen,  # parcels of results that have come, as their applicants have chosen
    filing.look_after_phones,  # declarations whose signature was confirmed and never looked at
    watch_filings,  # alerts for what has come on line, warns before an answer is due
)


def install() -> None:
    subscribe(in_transaction=IN_TRANSACTION, after_commit=AFTER_COMMIT)
    objections.install(OBJECTIONS)
    store.install(Holdings())
    paper_signing.install(CertificateSigner())
    sms_zalo.install()
    remote_signing.install()
