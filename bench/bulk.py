"""Five hundred dossiers signed in one act against one dossier signed by itself, both over the leader's own pages.

One press is the POST of the signature and the page that follows it; the act is the POST, its work to the last dossier
(the page's and the worker's) and the page with all five hundred answers. In the same process, in turns.
"""

from __future__ import annotations

import time
from random import Random
from typing import Any

from bench.figures import Figure, percentile
from bench.receive import clerks, receive_one

NEEDS_DATABASE = True
MANY = 500
MOST = 20.0  # times one signature
ROUNDS, SINGLES = 2, 20


def measure() -> list[Figure]:
    from motcua.demo.loading import load

    load(lambda _: None, dossiers=0)
    leader, dossiers = prepared(ROUNDS * (MANY + SINGLES) + SINGLES)
    client = browser_of(leader)
    for _ in range(SINGLES):
        signed_alone(client, dossiers.pop())  # warm: what a process keeps is read
    alone: list[float] = []
    together: list[float] = []
    for _ in range(ROUNDS):
        alone += [signed_alone(client, dossiers.pop()) for _ in range(SINGLES)]
        together.append(signed_together(client, [dossiers.pop() for _ in range(MANY)]))
    one, many = percentile(alone, 0.5), percentile(together, 0.5)
    lines = check()
    each = many / MANY * 1000
    note = (
        f"{many:.2f} giây so với {one * 1000:.1f} ms một hồ sơ; {each:.2f} ms mỗi hồ sơ; {lines} dòng nhật ký"
    )
    return [
        Figure(f"bulk: ký {MANY} hồ sơ một lần so với ký một hồ sơ", many / one, "lần", MOST, note=note),
        Figure(
            "bulk: ký một hồ sơ, cả trang",
            one * 1000,
            "ms",
            note=f"p95 {percentile(alone, 0.95) * 1000:.1f} ms",
        ),
    ]


def prepared(count: int) -> tuple[Any, list[Any]]:
    """A leader, and so many dossiers of one procedure that wait for the signature; carried there by the operations."""
    from motcua.core.time import now
    from motcua.demo.people import a_person
    from motcua.foundation.identity.operations.applicants import find_or_create_applicant
    from motcua.service.dossiers.models import Dossier
    from motcua.service.dossiers.operations.assigning import candidates

    at = now()
    clerk, offerings = next(iter(clerks().items()))
    person = find_or_create_applicant(a_person(Random(5)), by=None, at=at)
    hands: dict[str, Any] = {}
    waiting = []
    for _ in range(count):
        dossier = receive_one(clerk, *offerings[0], person)
        while dossier.step_kind != "SIGN":
            role = dossier.step_role
            hands[role] = hands.get(role) or candidates(dossier, at)[0]
            moved_on(dossier, clerk if role == "CLERK" else hands[role], at)
            dossier = Dossier.objects.get(pk=dossier.pk)
        waiting.append(dossier)
    return candidates(waiting[0], at)[0], waiting


def moved_on(dossier: Any, who: Any, at: Any) -> None:
    """One step nearer to the signature."""
    from motcua.service.dossiers.operations import assigning, deciding, transferring

    if dossier.step_kind == "RECEIVE":
        transferring.transfer(dossier_id=dossier.pk, by=who, at=at)
    elif dossier.step_kind == "ASSIGN":
        officer = assigning.people_for(dossier.agency_id, "OFFICER", at)[0]
        assigning.assign_work(dossier_id=dossier.pk, holder=officer, by=who, at=at)
    elif dossier.step_kind == "REVIEW":
        deciding.review(dossier_id=dossier.pk, by=who, at=at)
    else:
        if dossier.holder_id is None:
            assigning.claim(dossier_id=dossier.pk, by=who, at=at)
        deciding.propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=who, at=at)


# What the leader does


def browser_of(leader: Any) -> Any:
    """A browser in which the leader is signed in, second factor included."""
    from django.conf import settings
    from django.test import Client

    from motcua.config.commands import collect_static
    from motcua.web.ui.pages import SECOND_FACTOR

    collect_static()
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(leader, backend="motcua.foundation.identity.backends.StaffBackend")
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client


def signed_alone(client: Any, dossier: Any) -> float:
    """Seconds from the press to the page that follows."""
    from django.urls import reverse

    begun = time.perf_counter()
    answer = client.post(
        reverse("desk:signature", args=[dossier.pk]),
        {"step": dossier.step_key, "tu": "cho-nhan"},
        follow=True,
    )
    seconds = time.perf_counter() - begun
    if answer.status_code != 200 or "Đã ký hồ sơ" not in answer.content.decode():
        raise RuntimeError(f"{dossier}: {answer.status_code}")
    return seconds


def signed_together(client: Any, dossiers: list[Any]) -> float:
    """Seconds from the press to the page with every answer; what the page leaves, the worker does."""
    from django.urls import reverse

    from motcua.foundation.ledger.outbox import deliver_due

    chosen = [f"{one.pk}~{one.step_key}" for one in dossiers]
    begun = time.perf_counter()
    answer = client.post(reverse("desk:bulk"), {"act": "signature", "id": chosen}, follow=True)
    while "hx-trigger" in (page := answer.content.decode()):
        deliver_due()
        answer = client.get(answer.request["PATH_INFO"], follow=True)
    seconds = time.perf_counter() - begun
    if f"xong {len(dossiers)} trong {len(dossiers)} hồ sơ" not in page:
        raise RuntimeError("Not every dossier was signed.")
    return seconds


def check() -> int:
    """Every signed dossier has its own line, and the ledger reads as whole. Returns how many lines there are."""
    from motcua.foundation.ledger.models import Line
    from motcua.foundation.ledger.verifying import faults_of
    from motcua.service.dossiers.models import Dossier

    lines = Line.objects.filter(name="DecisionSigned")
    signed = Dossier.objects.filter(decided_at__isnull=False).count()
    told = set(lines.values_list("subject_id", flat=True))
    if not lines.count() == len(told) == signed or any(faults_of(subject) for subject in told):
        raise RuntimeError("The ledger does not tell what was signed.")
    return lines.count()
