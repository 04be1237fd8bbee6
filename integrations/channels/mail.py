"""How is a person told by mail?"""
import hashlib
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from integrations.channels.outcome import DEAD, RETRY, Undelivered, text_of


def send(message, at):
    """One mail; the Message-ID is made of the key, so that a mail sent again is recognised as the same."""
    text = text_of(message.payload)
    mark = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    mail = EmailMessage(
        subject=_one_line(text)[:150], from_email=settings.HUB_MAIL_FROM, to=[message.recipient],
        body=f"{text}\n\n{settings.HUB_PUBLIC_URL}{message.payload.get('link', '')}\n",
        headers={"Message-ID": f"<{mark}@orderhub>"},
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise Undelivered(DEAD, f"recipient refused: {error}"[:300]) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Undelivered(RETRY, f"{type(error).__name__}: {error}"[:300]) from None


def _one_line(text):
    return " ".join(text.split())
