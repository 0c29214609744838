from __future__ import annotations

import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from motcua.foundation.numbering.giving import next_number

GIVE = """
import django; django.setup()
from django.db import connection, transaction
from motcua.foundation.numbering.giving import next_number
connection.settings_dict["NAME"] = {name!r}
for turn in range(25):
    try:
        with transaction.atomic():
            number = next_number({scope!r})
            if turn % 5 == 4:
                raise ZeroDivisionError
            print(number)
    except ZeroDivisionError:
        pass
"""


@transaction.atomic
def give_and_fail(scope: str) -> None:
    next_number(scope)
    raise ZeroDivisionError


class TestNextNumber:
    @pytest.mark.django_db
    def test_refuses_to_give_outside_an_act(self, transactional_db: None) -> None:
        with pytest.raises(RuntimeError):
            next_number("x")

    @pytest.mark.django_db
    def test_gives_a_number_back_when_the_act_fails(self) -> None:
        scope = uuid.uuid4().hex
        with transaction.atomic():
            assert next_number(scope) == 1
        with pytest.raises(ZeroDivisionError):
            give_and_fail(scope)
        with transaction.atomic():
            assert next_number(scope) == 2

    @pytest.mark.django_db(transaction=True)
    def test_four_processes_get_each_number_once_and_leave_none_out(self) -> None:
        scope = uuid.uuid4().hex
        program = GIVE.format(name=connection.settings_dict["NAME"], scope=scope)
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "motcua.config.settings"}

        def run(_: int) -> list[int]:
            done = subprocess.run(
                [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
            )
            return [int(word) for word in done.stdout.split()]

        with ThreadPoolExecutor(4) as pool:
            numbers = [number for given in pool.map(run, range(4)) for number in given]
        assert sorted(numbers) == list(range(1, 81))
