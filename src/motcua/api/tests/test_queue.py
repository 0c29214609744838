"""Machines of the queue: keys, rights, pace, repeated calls, shapes that the documentation promises."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.service.dossiers.tests.test_races import at_once
from motcua.service.queueing.models import MachineAct, QueueMachine, Ticket
from motcua.service.queueing.operations import machines
from motcua.service.queueing.operations.machines import forget_acts, make_machine, revoke_machine
from motcua.service.queueing.tests.world import Hall, build_hall

DOCS = Path(__file__).resolve().parents[4] / "docs" / "queue-api.md"
Call = Callable[..., Any]


@pytest.fixture
def hall(db: None) -> Hall:
    return build_hall()


def key_of(hall: Hall, *rights: str) -> tuple[QueueMachine, str]:
    return make_machine(unit=hall.unit, name="Máy thử", rights=rights, by=hall.world.admin, at=now())


def caller(key: str) -> Call:
    """`call("so", {...}, once="k")` posts; `call("trang-thai")` gets."""
    client = Client()

    def call(path: str, sent: Any = None, *, once: str = "", get: bool = False) -> Any:
        headers = {"Authorization": f"Bearer {key}"} | ({"Idempotency-Key": once} if once else {})
        if get:
            return client.get(f"/api/hang-cho/{path}", headers=headers)
        body = sent if isinstance(sent, (str, bytes)) else json.dumps(sent or {})
        return client.post(f"/api/hang-cho/{path}", body, content_type="application/json", headers=headers)

    return call


@pytest.fixture
def call(hall: Hall) -> Call:
    return caller(key_of(hall, "TAKE", "CALL", "SHOW")[1])


def code_of(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


class TestEntrance:
    def test_needs_a_living_key(self, hall: Hall) -> None:
        machine, key = key_of(hall, "SHOW")
        assert caller(key)("trang-thai", get=True).status_code == 200
        assert code_of(caller("wrong")("trang-thai", get=True)) == "unknown_key"
        assert Client().get("/api/hang-cho/trang-thai").status_code == 401
        revoke_machine(machine_id=machine.pk, by=hall.world.admin, at=now())
        assert caller(key)("trang-thai", get=True).status_code == 401

    @pytest.mark.parametrize(
        ("right", "path"), [("SHOW", "so"), ("SHOW", "quay/1/goi"), ("TAKE", "quay/1/goi"), ("CALL", "so")]
    )
    def test_gives_no_more_than_the_right(self, hall: Hall, right: str, path: str) -> None:
        answer = caller(key_of(hall, right)[1])(path, {}, once="k")
        assert answer.status_code == 403
        assert not Ticket.objects.exists()

    def test_is_closed_to_who_calls_too_often(self, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machines, "PER_MINUTE", 3)
        told = [call("trang-thai", get=True).status_code for _ in range(8)]
        assert told[:3] == [200, 200, 200]
        assert 429 in told

    def test_tells_the_way_that_is_not_there(self, call: Call) -> None:
        answer = call("so", get=True)
        assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


class TestTake:
    def test_gives_a_number(self, call: Call) -> None:
        answer = call("so", {"prefix": "A", "priority": "ELDERLY"}, once="1")
        assert answer.status_code == 201
        told = answer.json()
        assert told["ticket"]["code"] == "A001"
        assert told["standing"]["ahead"] == 0
        line = Line.objects.get(subject_id=told["ticket"]["id"])
        assert (line.actor_id, line.payload["source"]) == (None, "MACHINE")
        assert line.payload["machine"]

    def test_repeated_gives_the_same(self, call: Call) -> None:
        first = call("so", {"prefix": "A"}, once="1").json()
        assert call("so", {"prefix": "A"}, once="1").json() == first
        assert call("so", {"prefix": "A"}, once="2").json()["ticket"]["code"] == "A002"
        answer = call("so", {"prefix": "B"}, once="1")
        assert (answer.status_code, code_of(answer)) == (409, "key_used_otherwise")
        assert Ticket.objects.count() == 2

    def test_refused_may_be_tried_again_under_its_key(self, call: Call) -> None:
        answer = call("so", {"prefix": "A", "priority": "KING"}, once="1")
        assert (answer.status_code, answer.json()["error"]["fields"].keys()) == (422, {"priority"})
        assert call("so", {"prefix": "A"}, once="1").status_code == 201

    @pytest.mark.parametrize(
        ("sent", "status", "code"),
        [
            ("{", 400, "not_json"),
            ("[1]", 400, "not_an_object"),
            ('{"prefix": "A\\u0000"}', 400, "not_an_object"),
            (b"\xff\xfe", 400, "not_json"),
            ("[" * 3000, 400, "not_json"),
            ({"prefix": 1}, 400, "wrong_type"),
            ({"prefix": "A", "unit": 2}, 400, "unknown_field"),
            ({"prefix": "Z"}, 422, "no_such_line"),
            ({}, 422, "no_such_line"),
            ("x" * 5000, 413, "too_long"),
        ],
    )
    def test_refuses_what_has_no_shape(self, call: Call, sent: Any, status: int, code: str) -> None:
        answer = call("so", sent, once="1")
        assert (answer.status_code, code_of(answer)) == (status, code)

    @pytest.mark.parametrize("key", ["", "x" * 101])
    def test_needs_a_key_of_idempotency(self, call: Call, key: str) -> None:
        assert code_of(call("so", {"prefix": "A"}, once=key)) == "no_key"

    def test_of_an_appointment_tells_nothing_to_who_guesses(self, call: Call) -> None:
        answer = call("nhan-hen", {"code": "12345678", "phone_tail": "0000"}, once="1")
        assert (answer.status_code, answer.json()["error"]["fields"].keys()) == (422, {"code"})


class TestDesk:
    def test_is_worked_from_a_keypad(self, hall: Hall, call: Call) -> None:
        hall.open(now())
        first, second = hall.take(at=now()), hall.take(at=now())
        assert call("quay/1/goi", once="1").json()["ticket"]["code"] == first.code
        assert call("quay/1/goi", once="1").json()["ticket"]["code"] == first.code  # the same press
        assert call("quay/1/goi-lai", once="2").json()["ticket"]["calls"] == 2
        assert call("quay/1/bat-dau", once="3").json()["ticket"]["state"] == "SERVING"
        assert call("quay/1/xong", once="4").json()["ticket"]["state"] == "DONE"
        assert call("quay/1/goi", once="5").json()["ticket"]["code"] == second.code
        assert call("quay/1/vang", once="6").json()["ticket"]["state"] == "MISSED"
        assert call("quay/1/goi", once="7").json() == {"ticket": None}
        assert code_of(call("quay/1/xong", once="8")) == "nobody_at_desk"
        assert Ticket.objects.get(pk=first.pk).clerk == hall.clerk
        assert verify().is_intact

    def test_that_is_closed_or_missing_is_refused(self, call: Call) -> None:
        assert call("quay/1/goi", once="1").status_code == 422
        assert code_of(call("quay/9/goi", once="2")) == "no_such_desk"
        assert code_of(call("quay/1/nhay-mua", once="3")) == "no_such_act"


class TestState:
    def test_of_a_ticket_is_that_of_its_own_unit(self, hall: Hall, call: Call) -> None:
        ticket = hall.take(at=now())
        assert call(f"so/{ticket.pk}", get=True).json()["ticket"]["state"] == "WAITING"
        assert call(f"so/{new_id()}", get=True).status_code == 404

    def test_keeps_to_the_schemas_of_the_documentation(self, hall: Hall, call: Call) -> None:
        hall.open(now())
        hall.take(at=now())
        call("quay/1/goi", once="1")
        answers = {
            "State": call("trang-thai", get=True),
            "Taken": call("so", {"prefix": "A"}, once="2"),
            "Called": call("quay/1/goi-lai", once="3"),
            "Error": call("so", {"prefix": "?"}, once="4"),
        }
        schemas = documented()
        for name, answer in answers.items():
            assert faults_of(answer.json(), schemas[name], schemas) == [], name
        assert faults_of({"ticket": {}}, schemas["Taken"], schemas)


class TestForget:
    def test_answers_are_kept_for_two_days(self, call: Call) -> None:
        call("so", {"prefix": "A"}, once="1")
        assert forget_acts(now() + timedelta(days=1)) == 0
        assert forget_acts(now() + timedelta(days=3)) == 1
        assert not MachineAct.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestRace:
    def test_one_press_sent_by_many_lines_gives_one_number(self, transactional_db: None) -> None:
        hall = build_hall()
        call = caller(key_of(hall, "TAKE")[1])
        given = at_once(*[lambda: call("so", {"prefix": "A"}, once="same").json() for _ in range(4)])
        assert {told["ticket"]["code"] for told in given} == {"A001"}
        assert Ticket.objects.count() == 1


def documented() -> dict[str, Any]:
    """The schemas that stand in docs/queue-api.md."""
    found = re.search(r"```json schemas\n(.*?)\n```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return dict(json.loads(found[1])["$defs"])


KINDS: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "null": type(None),
}  # fmt: skip


def faults_of(value: Any, schema: Any, schemas: Any, where: str = "$") -> list[str]:
    """What of the answer does not keep to the schema: the few words of JSON Schema that the documentation uses."""
    if "$ref" in schema:
        return faults_of(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, where)
    if "anyOf" in schema:
        told = [faults_of(value, one, schemas, where) for one in schema["anyOf"]]
        return [] if [] in told else told[0]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if type(value) not in {KINDS[kind] for kind in kinds}:
        return [f"{where} is a {type(value).__name__}"]
    if isinstance(value, list):
        return [
            fault
            for place, one in enumerate(value)
            for fault in faults_of(one, schema["items"], schemas, f"{where}[{place}]")
        ]
    if isinstance(value, dict) and "properties" in schema:
        missing = [f"{where}.{name} is missing" for name in schema["required"] if name not in value]
        more = [f"{where}.{name} is not documented" for name in value if name not in schema["properties"]]
        inner = [
            fault
            for name, one in value.items()
            if name in schema["properties"]
            for fault in faults_of(one, schema["properties"][name], schemas, f"{where}.{name}")
        ]
        return missing + more + inner
    return []
