"""Sends one e-mail through the SMTP server of an Airflow Connection."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate

from include import settings


class NotSent(RuntimeError):
    """The message did not go out; the text says why, without any secret."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A mail server; `upgrade` is whether a connection that begins in plain text is encrypted (STARTTLS)."""

    host: str
    port: int
    encrypted: bool
    upgrade: bool
    login: str | None
    password: str | None = field(repr=False)
    sender: str
    timeout: float


def server() -> Server:
    """Return the server of the Connection that `notices.smtp_connection` names, usually `smtp_default`.

    Its extras are those of Airflow's smtp provider: `disable_ssl`, `disable_tls`, `from_email`, `timeout`. Raises
    `SettingsError` when it is not set.
    """
    notices = settings.distribution().notices
    name = notices.smtp_connection
    found = settings.connection(name)
    if found is None or not found["host"]:
        raise settings.SettingsError(
            f"E-mail has no server: set the Airflow Connection '{name}' (AIRFLOW_CONN_{name.upper()})."
        )
    extra = found["extra"]
    encrypted = not _is_on(extra.get("disable_ssl"))
    sender = notices.email_from or extra.get("from_email")
    if not sender:
        raise settings.SettingsError(
            f"E-mail has no sender: set `notices.email_from` or the extra `from_email` of the Connection '{name}'."
        )
    return Server(
        host=str(found["host"]),
        port=int(found["port"] or (smtplib.SMTP_SSL_PORT if encrypted else 587)),  # 587: submission, RFC 6409
        encrypted=encrypted,
        upgrade=not encrypted and not _is_on(extra.get("disable_tls")),
        login=found["login"] or None,
        password=found["password"] or None,
        sender=str(sender),
        timeout=float(extra.get("timeout") or 30),
    )


def send(to: Sequence[str], subject: str, text: str, *, message_id: str, html: str | None = None) -> None:
    """Send one message to all of `to`, as text and, when there is `html`, as a page beside it.

    The same `message_id` again is the same message to their mail programs.

    Raises `NotSent` when the server cannot be reached or refuses.
    """
    through = server()
    message = EmailMessage()
    message["From"] = through.sender
    message["To"] = ", ".join(to)
    message["Subject"] = " ".join(subject.split())  # a line break would begin another header
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{message_id}@release-desk>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    try:
        with _connected(through) as client:
            client.send_message(message)
    except smtplib.SMTPResponseException as refused:
        raise NotSent(f"{through.host} refused the message ({refused.smtp_code}).") from refused
    except (smtplib.SMTPException, OSError, UnicodeError) as error:  # UnicodeError: an address no server takes
        raise NotSent(f"{through.host}:{through.port} did not take the message ({type(error).__name__}).") from error


def _connected(through: Server) -> smtplib.SMTP:
    if through.encrypted:
        safe = ssl.create_default_context()
        client: smtplib.SMTP = smtplib.SMTP_SSL(through.host, through.port, timeout=through.timeout, context=safe)
    else:
        client = smtplib.SMTP(through.host, through.port, timeout=through.timeout)
    try:
        if through.upgrade:
            client.starttls(context=ssl.create_default_context())
        if through.login and through.password:
            client.login(through.login, through.password)
    except BaseException:
        client.close()
        raise
    return client


def _is_on(value: object) -> bool:
    return str(value).lower() in {"true", "1", "yes", "on"}
