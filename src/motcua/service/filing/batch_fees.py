"""Phí trong bảng tính: the columns that ask how many and who pays less, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.service.dossiers.models import Channel
from motcua.service.filing.costs import counted_by
from motcua.service.filing.models import FilingBatch
from motcua.service.forms.columns import Column, place_of
from motcua.service.forms.definition import Widget
from motcua.service.payments.models import PayerGroup
from motcua.service.payments.pricing import MOST_COUNTED, Tariff, tariff_of

GROUP, PROOF, COUNT = "_dien", "_giay-dien", "_so-"
LATER = "bản giấy"  # instead of the name of a file: it comes on paper


@dataclass(frozen=True)
class BatchFee:
    """Phí của một đợt: the tariff of a row; `units` are asked in columns of their own, `from_form` by the form."""

    tariff: Tariff
    units: tuple[str, ...]
    from_form: tuple[str, ...]
    groups: Sequence[PayerGroup]

    def columns(self) -> list[Column]:
        """Cột số lượng, cột diện và cột giấy chứng minh, where the fee asks them."""
        counts = [
            Column(
                key=f"{COUNT}{place}", label=f"Số {unit} để tính phí", is_required=True, how="một số nguyên",
                widget=Widget.NUMBER,
            )
            for place, unit in enumerate(self.units)
        ]  # fmt: skip
        if not self.groups:
            return counts
        names = tuple(one.name for one in self.groups)
        return [
            *counts,
            Column(
                key=GROUP, label="Diện miễn, giảm phí", options=names,
                how="một mục trong danh sách; bỏ trống nếu không thuộc diện nào",
            ),
            Column(
                key=PROOF, label="Tệp: giấy chứng minh diện miễn, giảm",
                how=f"tên tệp, cách nhau bằng dấu chấm phẩy; ghi “{LATER}” nếu nộp bản giấy sau",
            ),
        ]  # fmt: skip

    def group_in(self, cells: Mapping[str, str]) -> PayerGroup | None:
        """Diện đã ghi trong dòng, by its name or code."""
        said = fold(cells.get(GROUP, ""))
        return next((one for one in self.groups if said and said in {fold(one.name), fold(one.pk)}), None)

    def counts_in(self, cells: Mapping[str, str]) -> dict[str, int]:
        """Số lượng đã ghi trong dòng; what is no number counts nothing."""
        typed = {unit: cells.get(f"{COUNT}{place}", "").strip() for place, unit in enumerate(self.units)}
        told = {
            unit: int(text)
            for unit, text in typed.items()
            if text.isascii() and text.isdecimal() and len(text) < 10
        }
        return {unit: count for unit, count in told.items() if 1 <= count <= MOST_COUNTED}

    def faults(
        self,
        cells: Mapping[str, str],
        *,
        answers: Mapping[str, Any],
        columns: Sequence[Column],
        pool: Mapping[str, Document],
    ) -> dict[str, str]:
        """Lỗi của dòng, by column."""
        found, counts = {}, self.counts_in(cells)
        for place, unit in enumerate(self.units):
            if unit not in counts:
                found[f"{COUNT}{place}"] = f"Hãy ghi số {unit}, một số nguyên từ 1 đến {MOST_COUNTED}."
        told = self.tariff.counted_in(answers)
        for unit in self.from_form:
            if unit not in told:
                found[place_of(self.tariff.answer_for(unit), columns)] = (
                    f"Chưa có số {unit}, từ 1 đến {MOST_COUNTED}, cần để tính phí."
                )
        group = self.group_in(cells)
        if cells.get(GROUP) and group is None:
            names = ", ".join(one.name for one in self.groups)
            found[GROUP] = f"Không có diện này trong mức thu. Ghi một trong: {names}; hoặc để trống."
        if group and (sentence := _proof_fault(cells.get(PROOF, ""), group, pool)):
            found[PROOF] = sentence
        return found


def fee_of_batch(batch: FilingBatch, at: datetime) -> BatchFee:
    """Phí của mỗi dòng, by the tariff of today."""
    tariff = tariff_of(batch.offering, channel=Channel.ONLINE, case=batch.case, on=local_date(at))
    from_form = tuple(counted_by(tariff, batch.version, {}))
    units = tuple(unit for unit in tariff.units if unit not in from_form)
    return BatchFee(tariff, units, from_form, tariff.groups())


def proofs_in(cells: Mapping[str, str], pool: Mapping[str, Document]) -> list[Document]:
    """Tệp chứng minh mà dòng nêu tên."""
    return [pool[fold(name)] for name in named_in(cells.get(PROOF, "")) if fold(name) in pool]


def named_in(cell: str) -> list[str]:
    """Tên tệp ghi trong một ô."""
    return [name.strip() for name in cell.split(";") if name.strip()]


def _proof_fault(cell: str, group: PayerGroup, pool: Mapping[str, Document]) -> str:
    proof = group.proof or "giấy chứng minh"
    if fold(cell) == fold(LATER):
        return ""
    names = named_in(cell)
    missing = [name for name in names if fold(name) not in pool]
    if missing:
        return f"Chưa có tệp {', '.join(missing)}. Hãy gửi tệp này lên, hoặc sửa tên trong bảng."
    return "" if names else f"Hãy ghi tên tệp {proof}, hoặc ghi “{LATER}” nếu nộp bản giấy sau."
