"""Mẫu 02, 03, 04, 05 and the paper that accompanies a result."""

from __future__ import annotations

from motcua.service.paperwork.facts import Apology, Refusal, ReturnSlip, Stop, Supplement, WantedPaper
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import Style, cell, line, moment, told, two
from motcua.service.paperwork.registry import OLD
from motcua.service.paperwork.sheet import Block, Inline, Sheet, Table

ASK_TITLE = "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"
REFUSAL_TITLES = {
    OLD: ("Phiếu từ chối tiếp nhận giải quyết hồ sơ", "từ chối tiếp nhận, giải quyết hồ sơ của")
}
REFUSAL_TITLE = ("Phiếu từ chối giải quyết hồ sơ", "từ chối giải quyết hồ sơ của")
APOLOGY_TITLES = {OLD: "Phiếu xin lỗi và hẹn lại ngày trả kết quả"}
APOLOGY_TITLE = "Phiếu xin lỗi và đề nghị gia hạn thời gian giải quyết hồ sơ"
STOP_TITLE = "Thông báo dừng giải quyết hồ sơ"
RETURN_TITLE = "Phiếu trả kết quả giải quyết thủ tục hành chính"


def supplement(facts: Supplement, style: Style) -> Sheet:
    """Mẫu 02: all that is wanted, at once. The set of 2018 counts originals, certified and plain copies."""
    return _notice(
        (facts.letterhead.agency, ASK_TITLE, facts.procedure),
        style,
        _supplement(facts, style),
        facts.look.paper,
    )


def _supplement(facts: Supplement, style: Style) -> list[Block]:
    you = _you(facts.applicant.is_organisation)
    return [
        parts.letterhead_of(facts.letterhead),
        *parts.title_of(
            ASK_TITLE, parts.code_line(facts.code), mark=facts.tracking_url, look=facts.look, code=facts.code
        ),
        *parts.person(facts.applicant, "Hồ sơ của"),
        *parts.what(facts.procedure, facts.matter),
        line(f"{facts.unit} yêu cầu {you} hoàn thiện hồ sơ, gồm những nội dung sau:", stays_with_next=True),
        _wanted(facts.papers, with_counts=style.forms == OLD),
        *([line("Lý do:", stays_with_next=True), *parts.numbered(facts.reasons)] if facts.reasons else []),
        *told("Hoàn thiện và nộp lại trước", moment(facts.answer_by)),
        line(
            f"Trong quá trình hoàn thiện hồ sơ nếu có vướng mắc, {you} liên hệ với "
            f"{facts.contact or facts.guide}{f', số điện thoại {facts.contact_phone}' if facts.contact_phone else ''} "
            "để được hướng dẫn."
        ),
        *told("Thời gian lập phiếu", moment(facts.asked_at)),
        *parts.signatures(("", ""), ("Người hướng dẫn", facts.guide), room=20),
    ]  # fmt: skip


def _wanted(papers: tuple[WantedPaper, ...], *, with_counts: bool) -> Table:
    if with_counts:
        columns = [
            (11.0, "STT"), (-1.0, "Giấy tờ, nội dung phải bổ sung"), (19.0, "Bản chính"), (21.0, "Bản sao chứng thực"),
            (19.0, "Bản chụp"),
        ]  # fmt: skip
        rows = [
            (
                cell(str(number)), cell(*_named(paper), is_left=True),
                *(cell(two(count) if count else "") for count in (paper.originals, paper.certified, paper.copies)),
            )
            for number, paper in enumerate(papers, start=1)
        ]  # fmt: skip
        return parts.grid(columns, rows)
    columns = [(11.0, "STT"), (-1.0, "Giấy tờ, nội dung phải bổ sung"), (-0.8, "Lý do")]
    rows = [
        (cell(str(number)), cell(paper.name + _kinds(paper), is_left=True), cell(paper.reason, is_left=True))
        for number, paper in enumerate(papers, start=1)
    ]
    return parts.grid(columns, rows)


def _named(paper: WantedPaper) -> list[Inline | str]:
    return [paper.name, parts.italic(f" ({paper.reason})") if paper.reason else ""]


def _kinds(paper: WantedPaper) -> str:
    kinds = (
        (paper.originals, "bản chính"),
        (paper.certified, "bản sao chứng thực"),
        (paper.copies, "bản chụp"),
    )
    said = ", ".join(f"{two(count)} {kind}" for count, kind in kinds if count)
    return f" – {said}" if said else ""


def refusal(facts: Refusal, style: Style) -> Sheet:
    """Mẫu 03. Legal: ND118-2025 Đ17.1"""
    title, opening = REFUSAL_TITLES.get(style.forms, REFUSAL_TITLE)
    you = _you(facts.applicant.is_organisation)
    body = [
        parts.letterhead_of(facts.letterhead),
        *parts.title_of(title, parts.code_line(facts.code)),
        line(f"{facts.unit} {opening}:"),
        *parts.person(facts.applicant),
        *parts.what(facts.procedure, facts.matter),
        line(f"Thời gian từ chối: {moment(facts.refused_at)}."),
        line("Lý do từ chối:", stays_with_next=True),
        *parts.numbered(facts.reasons),
        line(f"Xin thông báo cho {you} được biết và thực hiện."),
        *parts.signatures(
            ("Người nộp hồ sơ", facts.submitter), ("Người tiếp nhận hồ sơ", facts.refused_by), room=22
        ),
        *parts.foot_lines("", facts.contact_phone),
    ]
    return _notice((facts.letterhead.agency, title, facts.procedure), style, body, facts.look.paper)


def apology(facts: Apology, style: Style) -> Sheet:
    """Mẫu 04. Legal: ND118-2025 Đ19.6"""
    title = APOLOGY_TITLES.get(style.forms, APOLOGY_TITLE)
    you = _you(facts.applicant.is_organisation)
    body = [
        parts.letterhead_of(facts.letterhead),
        *parts.title_of(title, parts.code_line(facts.code), mark=facts.tracking_url, look=facts.look, code=facts.code),
        parts.centred("Kính gửi: ", parts.bold(facts.applicant.name), before=4, after=6),
        line(
            f"Ngày {parts.day(facts.received_at)}, {facts.agency} tiếp nhận giải quyết hồ sơ đề nghị ",
            parts.bold(facts.procedure),
            f" của {you}; mã hồ sơ: ", parts.bold(facts.code), ".", first=10,
        ),
        *told(facts.applicant.id_label, facts.applicant.id_number),
        *told("Địa chỉ", facts.applicant.address),
        *parts.pair(("Số điện thoại", facts.applicant.phone), ("Email", facts.applicant.email)),
        *(told("Nội dung cụ thể", facts.matter) if facts.matter != facts.procedure else []),
        *told("Thời gian hẹn trả kết quả giải quyết hồ sơ", moment(facts.promised_at)),
        line(
            f"Tuy nhiên, đến nay {facts.agency} chưa trả kết quả giải quyết hồ sơ của {you} đúng thời hạn quy định "
            "ghi trong Giấy tiếp nhận hồ sơ và hẹn trả kết quả. Lý do:", first=10, stays_with_next=True,
        ),
        line(facts.reason, indent=6),
        line(
            f"Sự chậm trễ này đã gây phiền hà, tốn kém chi phí, công sức của {you}. "
            f"{facts.agency} xin lỗi {you} và hẹn lại thời gian trả kết quả vào ", parts.bold(moment(facts.new_due_at)),
            f" ({parts.weekday(facts.new_due_at)}).", first=10,
        ),
        line(f"Mong nhận được sự thông cảm của {you}.", first=10),
        *parts.signatures(
            ("", ""), (facts.signer_title, facts.signer), room=24, hint="(Ký, ghi rõ họ tên và đóng dấu)",
            standing=facts.standing,
        ),
        *parts.foot_lines(facts.tracking_url if facts.look.mark in {"QR", "BOTH"} else "", facts.contact_phone),
    ]  # fmt: skip
    return _notice((facts.letterhead.agency, title, facts.procedure), style, body, facts.look.paper)


def stop(facts: Stop, style: Style) -> Sheet:
    """Mẫu 05. Legal: ND118-2025 Đ21"""
    you = _you(facts.applicant.is_organisation)
    asked = f" theo đề nghị của {you}" if facts.is_asked else ""
    submitter = ("Người nộp hồ sơ", facts.applicant.name if facts.is_asked else "")
    body = [
        parts.letterhead_of(facts.letterhead),
        *parts.title_of(
            STOP_TITLE, parts.code_line(facts.code), mark=facts.tracking_url, look=facts.look, code=facts.code
        ),
        line(f"{facts.unit} thông báo dừng giải quyết hồ sơ{asked}:"),
        *parts.person(facts.applicant),
        *parts.what(facts.procedure, facts.matter),
        *told("Cơ quan giải quyết", facts.agency),
        *told("Thời gian nhận hồ sơ", moment(facts.received_at)),
        *told("Thời gian nhận đề nghị dừng", moment(facts.asked_at)),
        *told("Giai đoạn của hồ sơ khi dừng", facts.stage),
        *told("Thời gian dừng giải quyết", moment(facts.stopped_at)),
        *told("Lý do dừng", facts.reason),
        *told("Phí, lệ phí", facts.money),
        *_given_back(facts.given_back),
        line(f"Xin thông báo để {you} được biết."),
        *parts.signatures(submitter, ("Người thông báo", facts.stopped_by), room=22),
        *parts.foot_lines("", facts.contact_phone),
    ]  # fmt: skip
    return _notice((facts.letterhead.agency, STOP_TITLE, facts.procedure), style, body, facts.look.paper)


def return_slip(facts: ReturnSlip, style: Style) -> Sheet:
    """Phiếu trả kết quả, which is also the receiver's receipt of it. Legal: ND118-2025 Đ22"""
    due = moment(facts.due_at) + (f" – {facts.verdict.lower()}" if facts.verdict else "")
    receiver = f"{facts.receiver} ({'chủ hồ sơ' if facts.receiver_is_applicant else 'người nhận thay'})"
    signed = "bản điện tử đã ký số" if facts.is_signed_electronically else ""
    below = [
        parts.centred(parts.bold("giải quyết thủ tục hành chính"), before=0, after=0),
        *parts.code_line(facts.code),
    ]
    body = [
        parts.letterhead_of(facts.letterhead),
        *parts.title_of(
            "Phiếu trả kết quả", below, mark=facts.tracking_url, look=facts.look, code=facts.code
        ),
        line(f"{facts.unit} trả kết quả giải quyết hồ sơ của:"),
        *parts.person(facts.applicant),
        *told("Thủ tục hành chính", facts.procedure, is_bold=True),
        *told("Kết quả", facts.result, is_bold=True),
        *parts.pair(("Số, ký hiệu", facts.result_number), ("Ngày ban hành", parts.day(facts.result_on))),
        *parts.pair(("Loại văn bản", facts.result_kind), ("Hình thức", signed)),
        *told("Người ký", ", ".join(part for part in (facts.standing, facts.signer) if part)),
        *(told("Hẹn trả kết quả", due) if facts.due_at else []),
        *told("Thời gian trả kết quả", moment(facts.returned_at)),
        *told("Người nhận kết quả", receiver),
        *told("Điện thoại người nhận", facts.receiver_phone),
        *told("Giấy tờ nhận thay", facts.receiver_paper),
        *_given_back(facts.given_back),
        *told("Ghi chú", facts.note),
        line("Người nhận đã kiểm tra, nhận đủ kết quả và giấy tờ ghi trên."),
        *parts.signatures(
            ("Người nhận kết quả", facts.receiver), ("Người trả kết quả", facts.returned_by), room=20
        ),
        *parts.foot_lines("", facts.contact_phone),
    ]
    return _notice(
        (facts.letterhead.agency, RETURN_TITLE, f"Mã hồ sơ {facts.code}"), style, body, facts.look.paper
    )


def _given_back(papers: tuple[str, ...]) -> list[Block]:
    if not papers:
        return []
    lines = [line(f"{number}. {paper}", indent=8, first=-5) for number, paper in enumerate(papers, start=1)]
    return [line("Giấy tờ bản chính trả lại:", stays_with_next=True), *lines]


def _you(is_organisation: bool) -> str:
    return "quý tổ chức" if is_organisation else "ông/bà"


def _notice(head: tuple[str, str, str], style: Style, body: list[Block], paper: str) -> Sheet:
    """A notice of one page; `head`: who issues it, its title, and what it is about."""
    agency, title, subject = head
    return parts.sheet(
        [body], style, title=title, subject=subject, author=agency, paper=paper or "A4", fits=True
    )
