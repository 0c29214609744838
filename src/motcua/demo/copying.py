"""Chép hàng: the columns and the text format in which rows of bulk data go to PostgreSQL by COPY."""

from __future__ import annotations

from collections.abc import Mapping

NULL = r"\N"
BINARY = r"\\x"  # how a hexadecimal bytea begins
UNSAFE = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})

COLUMNS: Mapping[str, str] = {
    "identity_applicant": (
        "id, kind, name, name_folded, name_reversed, personal_number_sealed, personal_number_key, tax_code, phone, "
        "email, birth_year, street, ward_code, province_code, address"
    ),
    "dossiers_dossier": (
        "id, code, state, priority, channel, return_channel, procedure_id, revision_id, case_id, matter, sets, "
        "agency_id, reception_agency_id, applicant_id, authorisation, applicant_name, name_folded, name_reversed, "
        "number_key, phone, words, regime, limit_value, limit_unit, received_at, received_by_id, clock_starts_at, "
        "due_at, first_due_at, due_reason, transfer_due_at, decided_at, finished_at, returned_at, workflow_id, "
        "step_key, step_name, step_kind, step_role, step_due_at, holder_id, held_since, fee_amount, fee_note, book, "
        "book_number"
    ),
    "dossiers_part": "id, dossier_id, position, paper_id, name, form, quantity, status, note",
    "workflows_task": (
        "id, dossier_id, number, workflow_id, step_key, name, kind, role, agency_id, holder_id, opened_at, due_at, "
        "completed_at, completed_by_id, outcome, note"
    ),
    "dossiers_assignment": "id, dossier_id, step_key, holder_id, assigned_by_id, since, until, reason",
    "dossiers_decision": (
        "id, dossier_id, outcome, reason, proposed_by_id, proposed_at, sent_back_reason, signed_by_id, signed_at"
    ),
    "dossiers_result": (
        "id, dossier_id, name, number, issued_on, issued_by_id, delivered_at, returned_at, returned_by_id, "
        "receiver_name, receiver_is_applicant, return_note"
    ),
    "ledger_line": (
        "id, subject_type, subject_id, number, name, label, actor_id, at, payload, previous, hash"
    ),
}

Rows = dict[str, list[str]]  # lines of COPY's text format, by table


def line(*values: object) -> str:
    """One row. Free text is made safe; NULL and BINARY are meant as they stand."""
    return "\t".join([_text(value) for value in values])


def _text(value: object) -> str:
    if value is None:
        return NULL
    text = value if type(value) is str else str(value)
    if "\\" not in text and text.isprintable():
        return text
    return text if text is NULL or text.startswith(BINARY) else text.translate(UNSAFE)
