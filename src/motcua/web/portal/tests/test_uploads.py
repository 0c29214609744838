"""Gửi tệp tiếp được: a line that breaks at nine tenths loses nothing, and nothing is stored twice."""

from __future__ import annotations

import base64
import hashlib
import io
import socket
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client, override_settings

from motcua.core.time import now
from motcua.foundation.documents import content
from motcua.foundation.documents.models import Document, IncomingFile
from motcua.foundation.documents.operations.arriving import begin_upload, forget_uploads, receive
from motcua.foundation.documents.tests import samples
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.filing.models import Filing
from motcua.service.filing.operations.answering import Judged, ask_supplement
from motcua.service.filing.operations.unsent import forget_unsent
from motcua.service.filing.tests.conftest import online
from motcua.web.portal.tests.test_filing import a_file, at, begin, filed

TUS = {"Tus-Resumable": "1.0.0"}
TOKEN = "a" * 32
BODY = "application/offset+octet-stream"


def a_photo(size: int = 3_000_000) -> bytes:
    """A picture with so much after its end that it needs several parts."""
    picture = samples.image()
    return picture + b"\0" * (size - len(picture))


def told(name: str, content: bytes) -> str:
    parts = {"filename": name, "sha256": hashlib.sha256(content).hexdigest()}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in parts.items())


def announce(client: Client, place: str, sent: bytes, name: str = "ảnh.jpg", **more: str) -> Any:
    headers = {**TUS, "Upload-Length": str(len(sent)), "Upload-Metadata": told(name, sent), **more}
    return client.post(place, headers=headers)


def go_on(client: Client, url: str, offset: int, part: bytes) -> Any:
    return client.patch(url, part, content_type=BODY, headers={**TUS, "Upload-Offset": str(offset)})


def standing(client: Client, url: str) -> int:
    return int(client.head(url, headers=TUS)["Upload-Offset"])


def whole(client: Client, place: str, sent: bytes, name: str = "ảnh.jpg") -> str:
    """Sent to its end; the key that the form sends."""
    url = announce(client, place, sent, name)["Location"]
    assert go_on(client, url, 0, sent).status_code == 204
    return str(url.split("phien=")[1])


@pytest.mark.django_db(transaction=True)
def test_a_line_broken_at_nine_tenths_goes_on_over_http(
    live_server: Any, client: Client, small_store: None
) -> None:
    world = build_world()
    online(world)
    draft, sent = begin(client, world), a_photo()
    place = at(draft, f"giay-to/{world.papers[0].pk}")
    url, cut = announce(client, place, sent)["Location"], len(sent) * 9 // 10
    with socket.create_connection((live_server.thread.host, live_server.thread.port)) as line:
        head = [
            f"PATCH {url} HTTP/1.1", f"Host: {live_server.thread.host}:{live_server.thread.port}",
            f"Cookie: csrftoken={TOKEN}; {'; '.join(f'{name}={one.value}' for name, one in client.cookies.items())}",
            f"X-CSRFToken: {TOKEN}",
            f"Content-Length: {len(sent)}", f"Content-Type: {BODY}", "Tus-Resumable: 1.0.0", "Upload-Offset: 0",
        ]  # fmt: skip
        line.sendall("\r\n".join([*head, "", ""]).encode() + sent[:cut])
        line.shutdown(socket.SHUT_WR)  # nothing more comes
        line.recv(1000)
    reached = standing(client, url)
    assert reached == cut
    assert go_on(client, url, reached, sent[reached:])["Upload-Offset"] == str(len(sent))
    answer = client.post(place, {"phien-file": url.split("phien=")[1]}, headers={"HX-Request": "true"})
    assert "ảnh.jpg" in answer.content.decode()
    document = Document.objects.get(subject_id=draft.dossier_key)
    with content.opened(document.file.sha256) as stream:
        assert stream.read() == sent
    assert not default_storage.listdir("dang-gui")[1]  # its parts are gone


@pytest.mark.django_db
class TestUploads:
    def test_pressed_twice_is_stored_once(self, client: Client, online_world: World) -> None:
        draft = begin(client, online_world)
        place = at(draft, f"giay-to/{online_world.papers[0].pk}")
        key = whole(client, place, a_photo(5000))
        pages = [client.post(place, {"phien-file": key}, headers={"HX-Request": "true"}) for _ in range(2)]
        assert all("ảnh.jpg" in page.content.decode() for page in pages)
        assert Document.objects.filter(subject_id=draft.dossier_key).count() == 1

    def test_is_nobody_elses(self, client: Client, online_world: World) -> None:
        draft, other = begin(client, online_world), begin(client, online_world)
        place, elsewhere = (at(one, f"giay-to/{online_world.papers[0].pk}") for one in (draft, other))
        key = whole(client, place, a_photo(5000))
        assert client.head(f"{elsewhere}?phien={key}", headers=TUS).status_code == 404
        assert client.post(elsewhere, {"phien-file": key}).status_code in {302, 422}
        stranger = Client()
        assert stranger.head(f"{place}?phien={key}", headers=TUS).status_code == 403
        assert announce(stranger, place, b"x").status_code == 403
        assert not Document.objects.filter(subject_id__in=[draft.dossier_key, other.dossier_key]).exists()

    def test_a_part_that_does_not_follow_is_refused(self, client: Client, online_world: World) -> None:
        place = at(begin(client, online_world), f"giay-to/{online_world.papers[0].pk}")
        sent = a_photo(5000)
        url = announce(client, place, sent)["Location"]
        assert go_on(client, url, 0, sent[:1000])["Upload-Offset"] == "1000"
        assert go_on(client, url, 0, sent[:1000]).status_code == 409
        assert go_on(client, url, 1000, sent).status_code == 409  # more than was announced
        assert client.patch(url, b"x", content_type="text/plain", headers=TUS).status_code == 415
        assert client.head(url, headers={"Tus-Resumable": "0.2"}).status_code == 412
        assert standing(client, url) == 1000
        assert client.delete(url, headers=TUS).status_code == 204
        assert client.head(url, headers=TUS).status_code == 404

    @override_settings(UPLOAD_LIMIT=1_000_000)
    def test_says_what_is_too_large_before_it_travels(self, client: Client, online_world: World) -> None:
        place = at(begin(client, online_world), f"giay-to/{online_world.papers[0].pk}")
        refused = announce(client, place, a_photo(2_000_000))
        assert refused.status_code == 413
        assert "vượt mức" in refused.content.decode()
        assert client.options(place)["Tus-Max-Size"] == "1000000"

    def test_what_arrives_changed_is_sent_again(self, client: Client, online_world: World) -> None:
        place = at(begin(client, online_world), f"giay-to/{online_world.papers[0].pk}")
        sent = a_photo(5000)
        url = announce(client, place, sent)["Location"]
        go_on(client, url, 0, sent[:-1] + b"\1")
        answer = client.post(place, {"phien-file": url.split("phien=")[1]}, headers={"HX-Request": "true"})
        assert "không giống" in answer.content.decode()
        assert not IncomingFile.objects.exists()

    def test_what_nobody_comes_back_for_is_cleaned(self, online_world: World) -> None:
        begun = now() - timedelta(days=3)
        incoming = begin_upload(place="/x/", name="a.jpg", size=10, at=begun)
        receive(upload_id=incoming.pk, offset=0, stream=io.BytesIO(b"12345"), at=begun)
        assert default_storage.listdir("dang-gui")[1]
        assert forget_uploads(at=now()) == 1
        assert not default_storage.listdir("dang-gui")[1]

    def test_a_supplement_keeps_its_file_and_the_words_beside(
        self, client: Client, online_world: World
    ) -> None:
        filing = asked(client, online_world)
        place = f"/cong-dan/ho-so/{filing.code}/bo-sung/"
        key = filing.parts.first().pk
        incoming = whole(client, place, a_photo(5000), "lại.jpg")
        page = client.post(
            place, {f"phien-file-{key}": incoming, f"words-{key}": "Bản rõ hơn đây", "keep": "1"}
        ).content.decode()
        assert "lại.jpg" in page
        assert "Bản rõ hơn đây" in page

    def test_files_of_a_supplement_never_sent_are_deleted(self, client: Client, online_world: World) -> None:
        filing = asked(client, online_world)
        key = filing.parts.first().pk
        client.post(
            f"/cong-dan/ho-so/{filing.code}/bo-sung/", {f"file-{key}": a_file("mới", "mới.pdf"), "keep": "1"}
        )
        waiting = Document.objects.filter(name="mới.pdf")
        assert waiting.exists()
        assert forget_unsent(now() + timedelta(days=2)) == 0  # it waits still
        Filing.objects.filter(pk=filing.pk).update(state="WITHDRAWN")
        assert forget_unsent(now()) == 0  # not on the same day
        assert forget_unsent(now() + timedelta(days=2)) == 1
        assert not waiting.exists()


def asked(client: Client, world: World) -> Filing:
    """A filing of this browser whose first paper has to come again."""
    filing = filed(client, world)
    judged = {part.pk: Judged("MEND", "Chụp lại cho rõ") for part in filing.parts.all()}
    ask_supplement(filing_id=filing.pk, judged=judged, missing=[], by=world.clerk, at=now())
    filing.refresh_from_db()
    return filing
