"""Do words leave the hub once by key, come back more slowly, end in a dead letter, and wait while outbound is held?"""
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from standardwebhooks import Webhook

from exceptions.models import Ticket
from integrations import delivery
from integrations.actions.deliver_messages import deliver_messages, retry_message
from integrations.channels import wecom
from integrations.channels.outcome import DEAD, REFRESH, RETRY, Undelivered
from kernel.models import Notice, OutboxMessage
from kernel.news import action
from kernel.outbox import hold_outbound, put_messages, release_outbound

MINUTE = timedelta(minutes=1)
SECRETS = ["whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "b2xkIHNlY3JldCBvZiB0aGUgaHVi"]


@pytest.fixture
def put(db, at):
    @action
    def put(*, key="k1", channel="mail", recipient="a@example.com", **payload):
        put_messages([{
            "key": key, "channel": channel, "recipient": recipient, "kind": "test", "scope_id": None,
            "payload": {"text_en": "Late", "text_zh": "延期", "link": "/tickets/T-1/", **payload}, "created_at": at,
        }])
    return lambda **fields: put(**fields)


@pytest.fixture
def peer(settings):
    """A receiver on loopback: `said` are the requests, `answers` what it gives, the last one for ever."""
    said, answers = [], [(200, b'{"errcode": 0}')]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            said.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            status, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.HUB_CHANNEL_LOOPBACK = [f"127.0.0.1:{server.server_port}"]
    settings.HUB_WEBHOOK_SECRETS = SECRETS
    url = f"http://127.0.0.1:{server.server_port}/hook"
    settings.HUB_WECOM_ROBOT = url
    yield type("Peer", (), {"said": said, "answers": answers, "url": url})
    server.shutdown()
    server.server_close()


def state(key="k1"):
    return OutboxMessage.objects.get(key=key)


def test_a_mail_goes_out_once_with_a_stable_message_id(put, at, settings):
    settings.HUB_MAIL_FROM = "hub@example.com"
    put(language="zh-hans")
    put(language="zh-hans")
    assert deliver_messages(at=at).sent == 1 and deliver_messages(at=at + MINUTE).sent == 0
    assert len(mail.outbox) == 1 and mail.outbox[0].subject == "延期"
    assert mail.outbox[0].extra_headers["Message-ID"].endswith("@orderhub>")


def test_notices_are_written_with_their_mark(put, person, at):
    someone = person("a")
    put(channel="in_app", recipient=str(someone.pk))
    assert deliver_messages(at=at).sent == 1
    notice = Notice.objects.get(person=someone)
    assert (notice.text_zh, notice.key) == ("延期", "k1") and state().state == "sent"


def test_f35_a_webhook_is_signed_by_both_secrets_and_its_key_is_the_id(put, peer, at):
    from django.utils import timezone

    put(channel="webhook", recipient=peer.url)
    assert deliver_messages(at=timezone.now()).sent == 1
    headers, body = peer.said[0]
    for secret in SECRETS:
        assert Webhook(secret).verify(body, headers)["data"]["text_zh"] == "延期"
    assert {name.lower(): value for name, value in headers.items()}["webhook-id"] == "k1"
    with pytest.raises(Exception, match="signature"):
        Webhook(SECRETS[0]).verify(body.replace(b"Late", b"Fine"), headers)


def test_f35_a_peer_that_is_down_hears_later_with_the_same_key_and_others_are_not_held_up(put, peer, at):
    peer.answers[:] = [(503, b"{}"), (200, b"{}")]
    put(channel="webhook", recipient=peer.url)
    put(key="k2", channel="webhook", recipient=peer.url)
    done = deliver_messages(at=at)
    assert (done.sent, done.again) == (1, 1)
    waiting = OutboxMessage.objects.get(state="waiting")
    assert waiting.attempts == 1 and waiting.next_attempt_at > at
    assert deliver_messages(at=at).sent == 0, "no tight loop"
    assert deliver_messages(at=waiting.next_attempt_at).sent == 1
    assert [headers.get("Webhook-Id") or headers["webhook-id"] for headers, _ in peer.said] == ["k1", "k2", "k1"]


def test_f27_what_the_peer_asks_for_is_waited_for_within_bounds(put, at, monkeypatch):
    monkeypatch.setitem(delivery.SENDERS, "peer", _raising(Undelivered(RETRY, "busy", 120)))
    put(channel="peer")
    deliver_messages(at=at)
    assert timedelta(seconds=120) <= state().next_attempt_at - at <= timedelta(seconds=145)


def test_after_eight_attempts_it_is_a_dead_letter_and_a_ticket_for_the_channel(put, company, scopes, at, monkeypatch):
    monkeypatch.setitem(delivery.SENDERS, "peer", _raising(Undelivered(RETRY, "down")))
    put(channel="peer")
    put(key="k2", channel="peer")
    now = at
    for _ in range(20):
        deliver_messages(at=now)
        now += timedelta(hours=2)
    assert state().state == "dead" and state().attempts == delivery.MOST_ATTEMPTS
    ticket = Ticket.objects.get(subject_kind="channel")
    assert ticket.subject_key == "peer" and ticket.evidence["error"] == "down"
    monkeypatch.setitem(delivery.SENDERS, "peer", lambda message, at: None)
    retry_message(message=state(), by=None, at=now)
    assert deliver_messages(at=now).sent == 1


def test_a_senders_own_fault_holds_up_nobody(put, at, monkeypatch):
    monkeypatch.setitem(delivery.SENDERS, "peer", _raising(ZeroDivisionError("oops")))
    monkeypatch.setitem(delivery.SENDERS, "other", lambda message, at: None)
    put(channel="peer")
    put(key="k2", channel="other")
    done = deliver_messages(at=at)
    assert (done.sent, done.again) == (1, 1) and "ZeroDivisionError" in state().last_error


def test_an_unknown_channel_is_dead_at_once(put, at):
    put(channel="pigeon")
    assert deliver_messages(at=at).dead == 1


def test_two_deliverers_do_not_both_send(put, at):
    put(channel="peer")
    message = state()
    copy = OutboxMessage.objects.get(pk=message.pk)
    assert delivery.claim(message, at) and not delivery.claim(copy, at)


def test_a_message_whose_sender_died_comes_back_after_its_lease(put, at, monkeypatch):
    sent = []
    monkeypatch.setitem(delivery.SENDERS, "peer", lambda message, at: sent.append(message.key))
    put(channel="peer")
    delivery.claim(state(), at)  # and then the process dies
    assert deliver_messages(at=at + MINUTE).sent == 0
    assert deliver_messages(at=at + 3 * MINUTE).sent == 1 and sent == ["k1"]


def test_f19_after_a_restore_nothing_leaves_until_a_person_says_so(put, person, at, monkeypatch):
    someone, sent = person("a"), []
    monkeypatch.setitem(delivery.SENDERS, "peer", lambda message, at: sent.append(message.key))
    put(channel="peer")
    hold_outbound(reason="restored", by=None, at=at)
    put(key="k2", channel="peer")
    put(key="k3", channel="in_app", recipient=str(someone.pk))
    assert deliver_messages(at=at + MINUTE).sent == 1 and sent == []
    release_outbound(send=True, by=someone, at=at + 2 * MINUTE)
    deliver_messages(at=at + 2 * MINUTE)
    assert sorted(sent) == ["k1", "k2"]


@pytest.mark.parametrize(("answer", "kind"), [
    ({"errcode": 45009, "errmsg": "api freq out of limit"}, RETRY), ({"errcode": -1}, RETRY),
    ({"errcode": 40014}, REFRESH), ({"errcode": 42001}, REFRESH), ({"errcode": 93000}, DEAD),
    ({"errcode": 40008}, DEAD), ({"ok": True}, RETRY), (["x"], RETRY),
])
@pytest.mark.pure
def test_wecom_says_200_and_means_the_errcode(answer, kind):
    with pytest.raises(Undelivered) as raised:
        wecom.read_errcode(answer)
    assert raised.value.kind == kind


@pytest.mark.pure
def test_wecom_text_is_cut_between_characters():
    assert wecom.cut_to_bytes("延期延期", 7) == "延期"
    wecom.read_errcode({"errcode": 0})


def test_wecom_mentions_the_person_and_retries_when_told_it_was_too_much(put, peer, at):
    peer.answers[:] = [(200, b'{"errcode": 45009, "errmsg": "freq"}'), (200, b'{"errcode": 0, "errmsg": "ok"}')]
    put(channel="wecom", recipient="LiLei", language="zh-hans", text_zh="延" * 2000)
    assert deliver_messages(at=at).again == 1
    assert state().next_attempt_at - at >= timedelta(seconds=60)
    assert deliver_messages(at=state().next_attempt_at).sent == 1
    body = json.loads(peer.said[1][1])
    assert body["text"]["mentioned_list"] == ["LiLei"] and len(body["text"]["content"].encode()) <= 2048
    assert body["text"]["content"].endswith("/tickets/T-1/")


def _raising(error):
    def send(message, at):
        raise error
    return send
