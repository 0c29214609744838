"""What an officer does, for Locust: inbox, a dossier beside it, its step ended. `bench.desk` says who they are."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

from locust import HttpUser, task

CAST = json.loads(Path(os.environ["MOTCUA_BENCH_OFFICERS"]).read_text(encoding="utf-8"))
DESKS = list(CAST["officers"])
TOKEN = "b" * 32
FIELDS = {"proposal": {"outcome": "APPROVE", "reason": ""}, "signature": {"note": ""}}
ENDS = {"proposal": "trinh", "signature": "ky"}
NAMES = {"proposal": "xong bước", "signature": "ký"}
STEP = 'name="step" value="'


class Officer(HttpUser):  # type: ignore[misc]  Locust has no types for it
    """Một người ở bàn: the next of the cast."""

    def on_start(self) -> None:
        self.desk = DESKS.pop() if DESKS else CAST["officers"][0]
        self.deck = list(self.desk["deck"])
        self.client.cookies.update({"sessionid": self.desk["session"], "csrftoken": TOKEN})

    def wait_time(self) -> float:
        return random.uniform(*CAST["pause"])

    @task(3)
    def inbox(self) -> None:
        self.read("/ban-lam-viec/?muc=cua-toi", "hộp việc")

    @task(2)
    def waiting(self) -> None:
        self.read("/ban-lam-viec/?muc=cho-nhan", "chờ nhận")

    @task(3)
    def open(self) -> None:
        if self.desk["deck"]:
            self.read(f"/ban-lam-viec/ho-so/{random.choice(self.desk['deck'])}/", "mở hồ sơ", part=True)

    @task(2)
    def end_step(self) -> None:
        if not self.deck:
            return
        key, act = self.deck.pop(0), self.desk["act"]
        page = self.read(f"/ban-lam-viec/ho-so/{key}/", "mở hồ sơ", part=True)
        if STEP not in page:  # somebody of an earlier run has done it
            return
        step = page.split(STEP, 1)[1].split('"', 1)[0]
        form = {"csrfmiddlewaretoken": TOKEN, "step": step, **FIELDS[act]}
        address = f"/ban-lam-viec/ho-so/{key}/{ENDS[act]}/"
        with self.client.post(
            address, form, name=NAMES[act], allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"{answer.status_code}: {answer.text[:300]}")

    def read(self, address: str, name: str, *, part: bool = False) -> str:
        headers: dict[str, Any] = {"HX-Request": "true"} if part else {}
        with self.client.get(
            address, name=name, headers=headers, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 200:
                answer.failure(str(answer.status_code))
            return str(answer.text)
