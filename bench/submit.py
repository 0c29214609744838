"""Filing on line with a form and two papers over HTTP, beside receiving at the counter: the last press of prepared drafts.

Eight citizens press "Nộp hồ sơ" at once, each with drafts of their own, whose electronic form is filled in and which carry
two uploaded papers; eight clerks take dossiers in as in bench/receive. Both take turns, and the people of both are known.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import count
from random import Random
from typing import Any

from bench.figures import Figure, percentile
from bench.receive import AT_ONCE, PEOPLE, TOKEN, Client, Run, at_once, prepare, server

NEEDS_DATABASE = True
LEAST = 50.0  # per cent of the rate of receiving
TURNS, SECONDS = 3, 3.0
FILES = 2
ROUNDS = 40  # of filling in a form
ANSWERS = {
    "DATE": "2000-02-03", "PARTIAL_DATE": "1985", "PERSONAL_NUMBER": "001085000018", "PHONE": "0912345678",
    "EMAIL": "do@vidu.vn", "YES_NO": False, "STATEMENT": True,
    "ADDRESS": {"form": "NEW", "province": "01", "ward": "00070", "detail": "12 Trần Phú", "text": ""},
}  # fmt: skip
DRAFTS = int(os.environ.get("MOTCUA_BENCH_N") or 1600)


class OutOfDrafts(Exception):
    """Every draft was filed before the time was over."""


class Presser(Client):
    """Browsers of citizens that file one after the other; each has begun one draft, of another person."""

    def __init__(self, port: int, drafts: Sequence[tuple[str, str]]) -> None:
        self._address = ("127.0.0.1", port)
        self._socket = self._joined()
        body = f"csrfmiddlewaretoken={TOKEN}&truth=1"
        self._heads = iter(
            [
                f"POST {address} HTTP/1.1\r\nHost: localhost\r\n"
                f"Cookie: sessionid={session}; csrftoken={TOKEN}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
                for session, address in drafts
            ]
        )

    def act(self) -> None:
        request = next(self._heads, None)
        if request is None:
            raise OutOfDrafts
        self._socket.sendall(request.encode())
        answer = self._socket.recv(65536)
        if not answer.startswith(b"HTTP/1.1 302") or b"/da-nop/" not in answer:
            raise RuntimeError(answer[:2000].decode(errors="replace"))


def measure() -> list[Figure]:
    from motcua.demo.loading import load

    load(lambda _: None, dossiers=0)
    counters, _ = prepare()
    count_of_one = statements()
    citizens = drafts_of_citizens()
    received, filed = Run(), Run()
    with server() as port:
        clerks = [Client(port, counter) for counter in counters]
        pressers = [Presser(port, drafts) for drafts in citizens]
        at_once(clerks, 1.0, Run())
        at_once(pressers, 0.5, Run())
        for _ in range(TURNS):
            at_once(clerks, SECONDS / 2, received)
            at_once(pressers, SECONDS, filed)
            at_once(clerks, SECONDS / 2, received)
        for client in [*clerks, *pressers]:
            client.close()
    milliseconds = [percentile(filed.durations, share) * 1000 for share in (0.5, 0.95, 0.99)]
    note = (
        f"{filed.rate:,.0f}/giây so với tiếp nhận {received.rate:,.0f}/giây; "
        f"p50 {milliseconds[0]:.1f}, p95 {milliseconds[1]:.1f}, p99 {milliseconds[2]:.1f} ms; "
        f"{count_of_one} câu lệnh"
    )
    share = 100 * filed.rate / received.rate
    return [Figure("submit: nộp trực tuyến so với tiếp nhận", share, "%", LEAST, at_least=True, note=note)]


def drafts_of_citizens() -> list[list[tuple[str, str]]]:
    """For each of those that press at once the sessions and last pages of their drafts; every draft of another person."""
    offerings, numbers = online_offerings(), count(1)
    return [
        [in_a_browser(draft_of(next(numbers), offerings)) for _ in range(DRAFTS // AT_ONCE)]
        for _ in range(AT_ONCE)
    ]


def in_a_browser(draft: Any) -> tuple[str, str]:
    """The session of the browser that has begun this draft, and the draft's last page."""
    from importlib import import_module

    from django.conf import settings

    from motcua.web.ui.drafts import DRAFTS as OPENED

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[OPENED] = [str(draft.pk)]
    session.create()
    return str(session.session_key), f"/nop-ho-so/{draft.offering.procedure.code}/{draft.pk}/kiem-tra/"


@dataclass(frozen=True)
class Kind:
    """Một việc nộp trực tuyến: where, in which case, and the answers that its form takes."""

    offering: Any
    case: Any
    version: Any
    answers: dict[str, Any]


def online_offerings() -> list[Kind]:
    """Procedures with an electronic form that are filed on line with at least two papers beside it."""
    from motcua.core.time import local_date, now
    from motcua.service.forms.asking import form_for
    from motcua.service.procedures.models import ChannelKind, Offering

    day = local_date(now())
    found: list[Kind] = []
    for offering in Offering.objects.in_force(day).for_pages().order_by("pk"):
        revision = offering.revision_on(day)
        cases: list[Any] = [*revision.cases] or [None]
        for case in cases if revision.channels_of(ChannelKind.ONLINE) else []:
            version = form_for(offering, day, case=case)
            stands_alone = version is not None and version.definition.signers is None
            answers = filled(version, day) if stands_alone else None
            if answers and len(revision.papers_of(case)) > FILES:
                found.append(Kind(offering, case, version, answers))
    if not found:
        raise SystemExit("Không có thủ tục nào có biểu mẫu điện tử và từ hai giấy tờ trở lên để đo.")
    return found[:40]


def filled(version: Any, on: Any) -> dict[str, Any] | None:
    """Answers with which nothing is lacking: what the form complains of is filled in until it does not; None: in vain."""
    from motcua.service.forms.asking import problems
    from motcua.service.forms.settling import settle

    data: dict[str, Any] = {}
    for _ in range(ROUNDS):
        wrong = problems(version, data, on)
        if not wrong:
            return data
        shown = settle(version.definition, data, on=on).shown
        for key in wrong:
            group, _, place = key.partition(".")
            if key not in shown:  # a group that wants another row
                data.setdefault(key, []).append({})
            elif place:
                data[group][int(place.split(".")[0])][place.split(".")[1]] = answer(shown[key])
            else:
                data[key] = answer(shown[key])
    return None


def answer(field: Any) -> Any:
    """Something that a field of this kind takes."""
    if field.options:
        first = field.options[0].value
        return [first] if field.widget == "SEVERAL" else first
    if field.widget in {"NUMBER", "MONEY"}:
        return f"{field.least or 1}" if field.decimals else field.least or 1
    return ANSWERS.get(field.widget, "Nguyễn Văn Đo")


@cache
def known_people() -> list[Any]:
    """People who have filed before, as they type themselves in."""
    from motcua.core.time import now
    from motcua.demo.people import a_person
    from motcua.foundation.identity.operations.applicants import find_or_create_applicant

    chance = Random(9)
    people = [a_person(chance) for _ in range(PEOPLE)]
    for person in people:
        find_or_create_applicant(person, by=None, at=now())
    return people


def draft_of(number: int, kinds: Sequence[Kind]) -> Any:
    """A draft with nothing missing: the form, two papers with files; the others come on paper."""
    from motcua.core.ids import new_id
    from motcua.core.time import now
    from motcua.foundation.documents.tests import samples
    from motcua.service.filing.contents import Contents
    from motcua.service.filing.operations import drafting
    from motcua.service.forms.operations.answering import begin

    kind = kinds[number % len(kinds)]
    at = now()
    draft = drafting.begin_draft(
        draft_id=new_id(), offering=kind.offering, case_id=kind.case.pk if kind.case else None, at=at
    )
    owner = known_people()[number % PEOPLE]
    drafting.save_person(draft_id=draft.pk, owner=owner, at=at)
    answers = begin(subject_id=draft.dossier_key, version=kind.version, by=None, at=at)
    answers.data = kind.answers
    answers.save()
    contents = Contents(draft, at)
    papers = [paper for paper in contents.papers if not contents.is_declared(paper)]
    for paper in papers[:FILES]:
        content = BytesIO(samples.pdf(1, title=f"{number} {paper.pk}"))
        drafting.keep_file(draft_id=draft.pk, paper_id=paper.pk, upload=content, name="giay.pdf", at=at)
    drafting.save_way(draft_id=draft.pk, ways={paper.pk: "PAPER" for paper in papers[FILES:]}, at=at)
    drafting.save_return(draft_id=draft.pk, channel="COUNTER", at=at)
    return draft


def statements() -> int:
    """How many statements the last press of one draft takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from motcua.core.time import now
    from motcua.service.filing.operations.finishing import submit_draft

    kinds = online_offerings()
    submit_draft(draft_id=draft_of(DRAFTS + 1, kinds).pk, at=now())
    draft = draft_of(DRAFTS + 1 + len(kinds), kinds)
    with CaptureQueriesContext(connection) as captured:
        submit_draft(draft_id=draft.pk, at=now())
    return len(captured)
