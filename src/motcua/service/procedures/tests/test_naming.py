from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from motcua.core.errors import InvalidInput
from motcua.service.dossiers.tests.world import BEGINNING, build_world
from motcua.service.procedures.commands import words
from motcua.service.procedures.models import EverydayName, LifeEvent
from motcua.service.procedures.naming import TEMPLATE, load_words

pytestmark = pytest.mark.django_db
FILE = """
[[name]]
code = "2.000635"
phrases = ["xin bản sao khai sinh", "trích lục"]
[[name]]
code = "9.9"
phrases = ["không có"]
[[event]]
code = "mat-giay"
name = "Mất giấy tờ"
words = "Xin lại bản sao"
icon = "file"
steps = [["2.000635", "xin bản sao"]]
[[event]]
name = "Không mã"
"""


class TestWords:
    def test_are_loaded_once_and_faults_are_told_with_their_place(self) -> None:
        build_world()
        first = load_words(FILE, by=None, at=BEGINNING)
        assert (first.names, first.events) == (2, 1)
        assert first.faults == [
            "Tên thứ 2, “không có”: Không có thủ tục mang mã 9.9.",
            "Sự kiện thứ 2, “Không mã”: Hãy ghi mã của sự kiện (code), ví dụ: sinh-con.",
        ]
        again = load_words(FILE, by=None, at=BEGINNING)
        assert again.faults == first.faults
        assert (again.names, again.known, again.events) == (0, 2, 1)
        assert EverydayName.objects.count() == 2
        assert LifeEvent.objects.get().steps.get().reason == "xin bản sao"

    def test_of_no_toml_are_refused(self) -> None:
        with pytest.raises(InvalidInput, match="không phải TOML"):
            load_words("[[name", by=None, at=BEGINNING)

    def test_the_template_is_written_and_can_be_loaded(self, tmp_path: Path) -> None:
        target = str(tmp_path / "lời.toml")
        assert CliRunner().invoke(words, [target, "--template"]).exit_code == 0
        assert load_words(TEMPLATE, by=None, at=BEGINNING).faults == []
        assert CliRunner().invoke(words, [target, "--template"]).exit_code == 1
