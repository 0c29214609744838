"""Chuỗi nghịch ngợm: texts that break programs, and a walker that writes them into every field that a page shows.

The idea is that of the "Big List of Naughty Strings"; the texts are our own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve

from motcua.core.text import tidy

STEP = 1 if os.environ.get("MOTCUA_PROOFS") == "full" else 3
NUL = "a\0b"
SUM = "1313*7"  # what must never be counted out to 9191
STRINGS = (  # several evils in one text where they do not hide each other
    "", " \u200b ", "-1", "NaN", "1e309", "31/02/2026", "9" * 400, "0" * 12, "9999-12-31",
    "\u202eđảo ngược\u202c \u2066x\u2069 Ng\u200bu\u200byễn\ufeff \u200fAn Nguye\u0302\u0303n Thi\u0323 A\u0301nh",
    "ＦＵＬＬ　ＷＩＤＴＨ ﷽ ﬁ ǅ İı ſ ١٢٣ z̷̛̙̲̣̻͎ḁ̸l̸g̶o̵ 😀👩‍👩‍👧‍👦🏳️‍🌈\U0001f1fb\U0001f1f3 \U000e0041 \uffff\ufffe\U0010ffff",
    "\ud83d nửa đôi \udc00 \x01\x07\x08\x1b[31m\x7f\x85\u2028\u2029",
    "%00 %ff%fe %n%s%x %2e%2e%2f../../../etc/passwd C:\\con\\nul.txt \\' \\\" `id` $(id)",
    "a\r\nX-Nghich: 1\r\n\r\n<b-nghich>", "'; DROP TABLE filing_draft; -- 1' OR '1'='1' /* null undefined [] {}",
    "<b-nghich onnghich=1><script>nghich()</script>", "\"><b-nghich onnghich=1 x='", "' onnghich='1' x=\"",
    "</textarea></title><b-nghich> <!-- <![CDATA[ ]]> --> &lt;b-nghich&gt; &amp;amp; javascript:nghich()",
    f"{{{{ {SUM} }}}} {{% raw %}} ${{{SUM}}} #{{{SUM}}} <%= {SUM} %> #set page() * _đậm_ $x$ @ref [[ ]] \\ #let",
    '=HYPERLINK("http://x","y")', "x" * 10_000, "một\ttừ\nhai dòng\n" * 40, NUL,
)  # fmt: skip
VIETNAMESE = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE
)
ENGLISH = re.compile(
    r"\b(?:invalid|error|enter a|must be|required|expected|exception|traceback|not allowed)\b", re.IGNORECASE
)
WRITTEN = {"text", "search", "tel", "email", "number", "url", "date", "time", "password", "textarea"}
CHOSEN = {"hidden", "radio", "checkbox", "select", "submit"}
UNESCAPED = re.compile(rb"<b-nghich|[\"'] onnghich=|</textarea></title>|<script>nghich|\b9191\b")
VOID = {"input", "img", "br", "hr", "meta", "link", "col", "area", "source", "wbr", "path", "use"}
UNDERSTOOD = {"9999-12-31": "31/12/9999", "0" * 12: "0"}  # shown as they were read
ENOUGH = 200  # letters of what is far too long for any name or place
OTHER_WAY = re.compile(
    r"\.old_|^password$|^code$|^key$"
)  # not asked as the form stands, or never shown again
ALLOWED = {200, 204, 302, 303, 400, 403, 404, 409, 413, 422, 429}
FILE = b"%PDF-1.7\n%nghich\n"


@dataclass
class Seen:
    """One field of a form as the browser has it."""

    name: str
    kind: str
    value: str = ""
    is_chosen: bool = True


@dataclass
class FormSeen:
    """A form as the browser has it."""

    action: str
    method: str
    is_multipart: bool
    fields: list[Seen] = field(default_factory=list)

    def of(self, kinds: set[str]) -> list[str]:
        """Names of the fields of these kinds, each once; never the token."""
        names = (one.name for one in self.fields if one.kind in kinds and one.name != "csrfmiddlewaretoken")
        return list(dict.fromkeys(names))

    def as_it_is(self) -> dict[str, list[str]]:
        """What the browser would send without anybody touching it."""
        sent: dict[str, list[str]] = {}
        for one in self.fields:
            if one.is_chosen and one.kind not in {"submit", "file"}:
                sent.setdefault(one.name, []).append(one.value)
        return sent


class PageRead(HTMLParser):
    """A page as a browser builds it: its forms, its elements, the words of its refusals."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FormSeen] = []
        self.named: dict[str, FormSeen] = {}
        self.loose: list[tuple[str, Seen]] = []
        self.refusals: list[str] = []
        self._open: FormSeen | None = None
        self._area: Seen | None = None
        self._select: Seen | None = None
        self._alerts: list[int] = []
        self._depth = 0
        self.feed(text)
        for owner, seen in self.loose:
            if owner in self.named:
                self.named[owner].fields.append(seen)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._depth += 1
            told = given.get("role") == "alert" or re.search(
                r"field-error|error-summary|message|note|lead", given.get("class", "")
            )
            if told:
                self._alerts.append(self._depth)
        if tag == "form":
            self._open = FormSeen(
                given.get("action", ""), given.get("method", "get").lower(), "multipart" in given.get("enctype", "")
            )  # fmt: skip
            self.forms.append(self._open)
            self.named[given.get("id", "")] = self._open
        elif tag in {"input", "textarea", "select", "button"} and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self._select is not None:
            chosen = "selected" in given or not self._select.value
            self._select.value = given.get("value", "") if chosen else self._select.value

    def _field(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else {"button": "submit"}.get(tag, tag)
        chosen = kind not in {"radio", "checkbox"} or "checked" in given
        seen = Seen(given["name"], kind, given.get("value", "1" if kind == "checkbox" else ""), chosen)
        self._area, self._select = (seen if tag == "textarea" else None), (seen if tag == "select" else None)
        if "disabled" in given:
            return
        if "form" in given:
            self.loose.append((given["form"], seen))
        elif self._open is not None:
            self._open.fields.append(seen)

    def handle_endtag(self, tag: str) -> None:
        if self._alerts and self._alerts[-1] == self._depth:
            self._alerts.pop()
        self._depth -= 1
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        if self._alerts and data.strip():
            self.refusals.append(" ".join(data.split()))

    def shows(self, name: str) -> list[str]:
        return [
            one.value
            for form in self.forms
            for one in form.fields
            if one.name == name and one.kind in WRITTEN
        ]


@dataclass
class Walker:
    """Goes to each page with `client` and writes each string into each field; every act is undone afterwards."""

    client: Client
    ready: Callable[[Client], None] = lambda _: None
    posted: set[str] = field(default_factory=set)  # names of routes
    faults: list[str] = field(default_factory=list)
    posts: int = 0
    _known: set[tuple[object, ...]] = field(default_factory=set)

    def visit(self, address: str) -> None:
        answer = self.client.get(address, follow=True)
        address = answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"]
        if answer.status_code != 200:
            self.faults.append(f"{address} answers {answer.status_code} before anything is written")
            return
        for form in PageRead(answer.content.decode()).forms:
            self.try_form(form, address)

    def try_form(self, form: FormSeen, address: str) -> None:
        action = urljoin(address, form.action) if form.action else address
        route = resolve(urlsplit(action).path).view_name
        written, chosen, files = form.of(WRITTEN), form.of(CHOSEN), form.of({"file"})
        sign = (
            route,
            form.method,
            *sorted({re.sub(r"[0-9a-f-]{8,}|\d+", "#", name) for name in [*written, *chosen, *files]}),
        )
        if sign in self._known:
            return
        self._known.add(sign)
        self.posted.add(route) if form.method == "post" else None
        for typed in self._turns(written, chosen, len(self._known) % STEP):
            self._send(form, action, typed, [])
        if files:
            for place in range(9, len(STRINGS), 5):
                self._send(form, action, {}, [(name, STRINGS[place][:100]) for name in files])

    @staticmethod
    def _turns(written: list[str], chosen: list[str], begin: int) -> Iterator[dict[str, str]]:
        """All written fields at once, each string in each; the chosen ones tampered with; then one field alone.

        Without MOTCUA_PROOFS=full each form gets every third turn, and the forms begin at different ones.
        """
        many = len(STRINGS)
        if written:
            for turn in range(begin, many, STEP):
                yield {name: STRINGS[(turn + place) % many] for place, name in enumerate(written)}
        if chosen:
            for turn in range(0, many, 6):
                yield {name: STRINGS[(turn + place) % many] for place, name in enumerate(chosen)}
        for place, name in enumerate([*written, *chosen] if len(written) + len(chosen) > 1 else []):
            yield {name: STRINGS[(place * 7 + 3) % many]}

    def _send(self, form: FormSeen, action: str, typed: dict[str, str], files: list[tuple[str, str]]) -> None:
        pairs = [
            (name, value) for name, values in form.as_it_is().items() if name not in typed for value in values
        ]
        pairs += typed.items()
        where = f"{form.method.upper()} {action} {[f'{name}={value[:30]!r}' for name, value in typed.items()][:6]}{files}"
        self.posts += 1
        try:
            with transaction.atomic():
                self.ready(self.client)
                kept = self.client.cookies.copy()
                answer = self._answer(form, action, pairs, files)
                self.client.cookies = kept
                transaction.set_rollback(True)
        except Exception as error:
            self.faults.append(f"{where}: {type(error).__name__}: {str(error)[:300]}")
            return
        self.faults += [f"{where}: {fault}" for fault in faults_of(answer, typed)]

    def _answer(
        self, form: FormSeen, action: str, pairs: list[tuple[str, str]], files: list[tuple[str, str]]
    ) -> Any:
        if form.method != "post":
            return self.client.get(f"{urlsplit(action).path}?{encoded(pairs)}")
        if files:
            sent: dict[str, Any] = {}
            for name, value in pairs:
                sent.setdefault(name, []).append(plain(value))
            sent |= {name: SimpleUploadedFile(plain(title) or "x", FILE) for name, title in files}
            return self.client.post(action, sent)
        return self.client.post(action, encoded(pairs), content_type="application/x-www-form-urlencoded")


def faults_of(answer: Any, typed: dict[str, str]) -> Iterator[str]:
    """What is wrong with an answer to these strings."""
    status = answer.status_code
    if status not in ALLOWED:
        yield f"answers {status}"
        return
    if "X-Nghich" in answer.headers:
        yield "what was typed became a header"
    if any("\0" in value for value in typed.values()) and status != 400:
        yield f"NUL answers {status}"
    if status in {204, 302, 303} or "text/html" not in answer.headers.get("Content-Type", ""):
        return
    if found := UNESCAPED.search(answer.content):
        yield f"what was typed is written into the page as it is: {found[0]!r}"
    if status == 422:
        page = PageRead(answer.content.decode())
        yield from unkept(page, typed)
        said = " ".join(page.refusals)
        for value in typed.values():
            said = said.replace(" ".join(value.split()), "") if value.strip() else said
        if not VIETNAMESE.search(said):
            yield "refuses without a Vietnamese sentence"
        if english := ENGLISH.search(said):
            yield f"speaks English: {english[0]}"


def unkept(page: PageRead, typed: dict[str, str]) -> Iterator[str]:
    """Fields whose text does not come back as it was typed."""
    for name, value in typed.items():
        shown = page.shows(name)
        if OTHER_WAY.search(name) or not shown:
            continue
        wanted, found = normal(value), [normal(one) for one in shown]
        is_whole = wanted in found or UNDERSTOOD.get(value) in found
        if not is_whole and not any(len(one) >= ENOUGH and wanted.startswith(one) for one in found):
            yield f"{name} shows {shown[0][:60]!r} instead of what was typed"


def normal(text: str) -> str:
    """But for blanks: a saved answer comes back tidied (composed letters, single blanks, none that cannot be seen)."""
    return tidy(plain(text))


def plain(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    return urlencode(list(pairs), encoding="utf-8", errors="surrogatepass")
