"""Are files on tickets what they say they are, kept once, backed up, and given only to who sees the ticket?"""
import base64
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exceptions.actions import attach_to_ticket
from exceptions.attachments import MOST_FILES, place_of, plain_name
from exceptions.file_kinds import kind_of
from exceptions.models import Ticket, TicketAttachment
from kernel.backup import write_backup
from kernel.errors import Refusal
from kernel.job_files import uploads
from kernel.models import Notice
from kernel.restore import restore_backup
from kernel.roles import sync_roles
from kernel.tokens import issue_token
from tests.exceptions.test_tickets import MINUTE, opened, reference, worker  # noqa: F401

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
HTML = b"<html><script>alert(1)</script></html>"


def office(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.fixture
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def keeper(worker, at):  # noqa: F811
    sync_roles(by=None, at=at)
    return worker("keeper", is_staff=True, language="en", role="warehouse")


@pytest.mark.pure
@pytest.mark.parametrize(("content", "kind"), [
    (PNG, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"RIFF0000WEBPVP8", "image/webp"),
    (b"%PDF-1.7", "application/pdf"), ("交期,数量\n".encode(), "text/plain"), ("交期".encode("gb18030"), "text/plain"),
    (office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (office("xl/workbook.xml", "xl/vbaProject.bin"), ""), (office("a.txt"), ""), (b"PK\x03\x04broken", ""),
    (b"MZ\x90\x00\x03", ""), (b"\x7fELF\x02\x01", ""), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""),
])
def test_a_file_is_what_its_content_says(content, kind):
    assert kind_of(content) == kind


@pytest.mark.pure
@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd", "passwd"), ("C:\\photos\\a.png", "a.png"), ("a\u202egnp.txt", "agnp.txt"), ("\x00\n", "file"),
    ("x" * 300 + ".png", "x" * 146 + ".png"),
])
def test_names_are_plain(name, kept):
    assert plain_name(name) == kept and len(kept) <= 150


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "content", "code"), [
    ("page.html", HTML, "file_kind"), ("photo.png", HTML, "file_kind"), ("photo.pdf", PNG, "file_kind"),
    ("run.exe", b"MZ\x90\x00", "file_kind"), ("empty.txt", b"", "file_empty"), ("big.txt", b"a" * (1 << 20) + b"a",
    "file_size"),
])
def test_what_is_not_what_it_says_is_refused(folder, settings, keeper, opened, at, name, content, code):  # noqa: F811
    settings.HUB_ATTACHMENT_MB = 1
    with pytest.raises(Refusal) as refused:
        attach_to_ticket(ticket=opened(), name=name, content=content, by=keeper, at=at)
    assert refused.value.code == code and not TicketAttachment.objects.exists()
    assert not [one for one in uploads().rglob("*") if one.is_file()]


@pytest.mark.django_db
def test_the_same_content_is_kept_once_and_a_worker_answers_by_it(folder, keeper, worker, opened, at):  # noqa: F811
    ticket = opened()
    one = attach_to_ticket(ticket=ticket, name="a.png", content=PNG, by=keeper, at=at + MINUTE)
    other = attach_to_ticket(ticket=opened(key="2"), name="b.png", content=PNG, by=keeper, at=at + MINUTE)
    assert place_of(one) == place_of(other) and place_of(one).read_bytes() == PNG
    assert len([path for path in uploads().rglob("*") if path.is_file()]) == 1
    assert Ticket.objects.get(pk=ticket.pk).first_response_at == at + MINUTE
    assert ticket.entries.get(action="attached").data["name"] == "a.png"


@pytest.mark.django_db
def test_the_owner_hears_of_a_file_somebody_else_attached(folder, keeper, worker, opened, at):  # noqa: F811
    from integrations.actions.deliver_messages import deliver_messages

    owner, ticket = keeper, opened()
    other = worker("other")
    assert ticket.assignee == owner
    attach_to_ticket(ticket=ticket, name="a.png", content=PNG, by=other, at=at + MINUTE)
    deliver_messages(at=at + MINUTE)
    assert Notice.objects.filter(person=owner, text_en__contains="other attached a.png").count() == 1


@pytest.mark.django_db
def test_there_is_an_end_to_how_many(folder, keeper, opened, at):  # noqa: F811
    ticket = opened()
    for n in range(MOST_FILES):
        attach_to_ticket(ticket=ticket, name=f"{n}.txt", content=b"x", by=keeper, at=at)
    with pytest.raises(Refusal) as refused:
        attach_to_ticket(ticket=ticket, name="one.txt", content=b"x", by=keeper, at=at)
    assert refused.value.code == "file_count"


@pytest.mark.django_db
def test_the_page_takes_files_and_hands_them_over_as_files(folder, client, keeper, opened):  # noqa: F811
    ticket = opened()
    client.force_login(keeper)
    sent = [SimpleUploadedFile("照片.png", PNG), SimpleUploadedFile("n.txt", b"note")]
    client.post(f"/tickets/{ticket.number}/attach/", {"file": sent})
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    found = ticket.attachments.get(media_type="image/png")
    address = f"/tickets/{ticket.number}/files/{found.pk}/"
    assert address in page and "照片.png" in page and ticket.attachments.count() == 2
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PNG and answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"] and "no-store" in answer["Cache-Control"]
    place_of(found).unlink()
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_nobody_gets_a_file_of_a_ticket_they_do_not_see(folder, client, keeper, worker, opened, scopes, at):  # noqa: F811
    ticket = opened()
    found = attach_to_ticket(ticket=ticket, name="a.png", content=PNG, by=keeper, at=at)
    outsider = worker("out", scope=scopes[1], is_staff=True, role="warehouse")
    mine = opened(key="9", scope=scopes[1])
    client.force_login(outsider)
    assert client.get(f"/tickets/{ticket.number}/files/{found.pk}/").status_code == 404
    assert client.get(f"/tickets/{mine.number}/files/{found.pk}/").status_code == 404
    sent = {"file": SimpleUploadedFile("a.png", PNG)}
    assert client.post(f"/tickets/{ticket.number}/attach/", sent).status_code == 404
    assert ticket.attachments.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_backup_carries_them(folder, keeper, opened, at, tmp_path):  # noqa: F811
    found = attach_to_ticket(ticket=opened(), name="a.png", content=PNG, by=keeper, at=at)
    write_backup(tmp_path / "b.zip", timezone.now())
    place_of(found).unlink()
    restore_backup(tmp_path / "b.zip", timezone.now())
    assert place_of(TicketAttachment.objects.get()).read_bytes() == PNG


@pytest.mark.django_db
def test_rest_attaches_lists_and_gives_them_back(folder, client, keeper, opened):  # noqa: F811
    ticket = opened()
    _row, key = issue_token(user=keeper, name="t", days=1, may_write=True, by=keeper, at=timezone.now())
    ask = {"headers": {"Authorization": f"Bearer {key}"}, "content_type": "application/json"}
    body = {"name": "a.png", "content": base64.b64encode(PNG).decode()}
    answer = client.post(f"/api/v1/tickets/{ticket.pk}/attach/", body, **ask)
    assert answer.status_code == 200, answer.content
    (told,) = answer.json()["attachments"]
    one = client.get(f"/api/v1/ticket-attachments/{told['id']}/", **ask).json()
    assert base64.b64decode(one["content"]) == PNG and one["name"] == "a.png"
    assert client.post(f"/api/v1/tickets/{ticket.pk}/attach/", {**body, "name": "a.pdf"}, **ask).status_code == 409
    assert client.post(f"/api/v1/tickets/{ticket.pk}/attach/", {**body, "content": "?"}, **ask).status_code == 400
