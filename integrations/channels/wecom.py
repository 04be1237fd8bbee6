"""How is a person told in WeCom, and what does its answer mean?

WeCom answers 200 whatever happened; only `errcode` says whether the message arrived.
"""
from django.conf import settings

from integrations.channels.outcome import DEAD, REFRESH, RETRY, Undelivered, text_of
from kernel import outbound

# Busy and too many calls pass; a key that has run out is fetched anew; everything else stays wrong.
MEANING = {-1: RETRY, 45009: RETRY, 45033: RETRY, 40014: REFRESH, 42001: REFRESH}
MOST_BYTES = 2048
TOO_MANY_WAIT_S = 60


def send(message, at):
    """One text of the group robot that mentions the person."""
    link = f"{settings.HUB_PUBLIC_URL}{message.payload.get('link', '')}"
    content = cut_to_bytes(text_of(message.payload), MOST_BYTES - len(link.encode()) - 1) + "\n" + link
    body = {"msgtype": "text", "text": {"content": content, "mentioned_list": [message.recipient]}}
    try:
        answer = outbound.send("POST", settings.HUB_WECOM_ROBOT, policy=_policy(), json=body).json()
    except outbound.PeerError as error:
        raise Undelivered(
            RETRY if error.kind == outbound.RETRYABLE else DEAD, str(error)[:300], error.retry_after_s
        ) from None
    read_errcode(answer)


def read_errcode(answer):
    """Raise Undelivered unless WeCom says that the message arrived."""
    code = answer.get("errcode") if isinstance(answer, dict) else None
    if code == 0:
        return
    if not isinstance(code, int):
        raise Undelivered(RETRY, "the answer has no errcode")
    reason = f"errcode {code}: {answer.get('errmsg', '')}"[:300]
    raise Undelivered(MEANING.get(code, DEAD), reason, TOO_MANY_WAIT_S if code in (45009, 45033) else None)


def cut_to_bytes(text, most):
    """The longest beginning of `text` of at most `most` bytes in UTF-8, without half a character."""
    return text.encode()[:most].decode(errors="ignore")


def _policy():
    return outbound.Policy(
        deadline_s=15, max_bytes=65_536, content_types=(), loopback=tuple(settings.HUB_CHANNEL_LOOPBACK)
    )
