"""Tờ khai của bản nháp: which form it answers, what is still wrong in it, which paper it stands for."""

from __future__ import annotations

from datetime import date, datetime

from motcua.core.time import local_date
from motcua.service.filing.models import Draft
from motcua.service.forms.asking import answers_of, declares, form_for, newer_version, problems
from motcua.service.forms.models import Answers, FormVersion
from motcua.service.procedures.models import Paper


def form_of(draft: Draft, at: datetime) -> FormVersion | None:
    """Biểu mẫu điện tử của bản nháp: the one that was begun, else the one in force."""
    begun = answers_of(draft.dossier_key)
    return begun.version if begun else form_for(draft.offering, local_date(at), case=draft.case)


def form_faults(draft: Draft, at: datetime) -> dict[str, str]:
    """Tờ khai còn gì phải xem lại; empty where the procedure has no form."""
    answers, on = answers_of(draft.dossier_key), local_date(at)
    version = answers.version if answers else form_for(draft.offering, on, case=draft.case)
    return faults_in(version, answers, on)


def faults_in(version: FormVersion | None, answers: Answers | None, on: date) -> dict[str, str]:
    """Tờ khai với những câu trả lời này còn gì phải xem lại."""
    if version is None:
        return {}
    if answers is None:
        return {"form": "Chưa khai tờ khai điện tử."}
    if newer_version(answers, on):
        return {"form": "Tờ khai điện tử đã có bản mới. Hãy mở tờ khai để xem điều gì đã đổi."}
    wrong = problems(version, answers.data, on)
    return {"form": f"Tờ khai còn {len(wrong)} câu cần xem lại."} if wrong else {}


def is_declared(answers: Answers | None, paper: Paper) -> bool:
    """Tờ khai này đã khai bằng biểu mẫu điện tử: it is not asked for a second time as a paper."""
    return answers is not None and declares(answers.version, paper)
