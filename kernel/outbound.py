"""How does the hub speak to a peer without hanging, swelling, being led astray or believing half an answer?

The only place that imports httpx. One deadline for the whole exchange, a cap on decoded bytes, no redirects,
no proxies from the environment, and a connection only to an address that was checked and then used as is.
"""
import email.utils
import hashlib
import ipaddress
import logging
import random
import re
import socket
import ssl
import threading
import time
import zlib
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpcore
import httpx
from django.utils.translation import gettext_lazy as _

from kernel import strict_json
from kernel.errors import Refusal

log = logging.getLogger(__name__)

RETRYABLE, AUTH, REFUSED, PERMANENT = "retryable", "auth", "refused", "permanent"
JSON_TYPES = ("application/json", "application/problem+json", "text/json")
RETRY_LEAST_S, RETRY_MOST_S = 1, 3600
METADATA = tuple(ipaddress.ip_address(text) for text in (
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"))
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")


@dataclass(frozen=True)
class Policy:
    """What one peer may cost and where it may live.

    `networks` are private networks (CIDR) this peer may be in; `loopback` lists "host:port" exactly as the
    URL writes them. Public addresses are always allowed, link-local and metadata addresses never.
    `content_types` () accepts any. `proof` refuses bodies of which nobody can say whether they are whole.
    """

    deadline_s: float = 30.0
    max_bytes: int = 64 * 1024 * 1024
    networks: tuple[str, ...] = ()
    loopback: tuple[str, ...] = ()
    content_types: tuple[str, ...] = JSON_TYPES
    proof: bool = True
    https_only: bool = False
    ca_file: str = ""
    public: bool = True


@dataclass(frozen=True)
class Answer:
    """A whole answer: decoded body, status, headers with lower-case names, seconds it took."""

    status: int
    headers: dict
    body: bytes
    url: str
    seconds: float
    content_type: str = ""
    complete: bool = True

    def json(self, *, exact=False, allow_bom=True):
        """The body through the strict reader. Raises PeerError (not_data) when it is no JSON."""
        try:
            return strict_json.loads(self.body, max_bytes=len(self.body), exact=exact, allow_bom=allow_bom)
        except strict_json.NotStrictJson as error:
            raise _error(PERMANENT, "bad_json", answer=self, detail=str(error)) from None


class PeerError(Refusal):
    """The exchange failed. `kind` is retryable, auth, refused (by us) or permanent; `code` says what exactly.

    `retry_after_s` is what the peer asked for, clamped, or None; `answer` what it said, if it spoke at all.
    """

    def __init__(self, kind, code, sentence, *, answer=None, retry_after_s=None, **params):
        super().__init__(sentence, code="peer." + code, **params)
        self.kind, self.answer, self.retry_after_s = kind, answer, retry_after_s


SENTENCES = {
    "address": _("The address %(host)s leads to %(address)s, where this connection may not go."),
    "no_address": _("The name %(host)s is not known."),
    "url": _("This is not an address the hub may call: %(detail)s."),
    "deadline": _("The peer did not finish within %(seconds)s seconds."),
    "connect": _("No connection to %(host)s (%(detail)s)."),
    "broken": _("The connection broke before the answer was whole (%(detail)s)."),
    "unproven": _("The answer ended without a sign that it is whole."),
    "too_large": _("The answer is larger than %(limit)s bytes."),
    "encoding": _("The answer is packed in a way the hub does not unpack: %(detail)s."),
    "not_data": _("The peer did not answer data but %(detail)s."),
    "bad_json": _("The peer's answer is not clean JSON: %(detail)s"),
    "redirect": _("The peer sends the call elsewhere (%(status)s), and the hub does not follow."),
    "auth": _("The peer does not accept the hub's key (%(status)s)."),
    "busy": _("The peer is busy or down (%(status)s)."),
    "rejected": _("The peer rejects the call (%(status)s)."),
    "same_page": _("The peer gives the same page again and again."),
    "too_many_pages": _("The peer gives more than %(limit)s pages."),
}


def _error(kind, code, **params):
    return PeerError(kind, code, SENTENCES[code], **params)


# --- where a connection may go --------------------------------------------------------------------------


def system_resolver(host, port):
    """[address text, …] for a host name, as the system knows it."""
    return [found[4][0] for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_allowed(address, host, port, policy):
    """May this peer, written as `host`:`port`, be spoken to at `address`?"""
    plain = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if plain in METADATA or plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return False
    if plain.is_loopback:
        return f"{host}:{port}" in policy.loopback
    if any(plain in ipaddress.ip_network(network, strict=False) for network in policy.networks):
        return True
    return policy.public and plain.is_global and not plain.is_reserved


def _unwrapped(address):
    """The IPv4 address inside an IPv6 one, where there is one: that is where the packets go."""
    if address.version == 4:
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in SIX_TO_FOUR:
        return address.sixtofour
    return address


def check_url(url, policy):
    """(host, port) of a URL the hub may call, or PeerError. Looks nothing up."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError as error:
        raise _error(REFUSED, "url", detail=str(error)) from None
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or (policy.https_only and parts.scheme != "https"):
        raise _error(REFUSED, "url", detail=parts.scheme + ":")
    if not host or parts.username is not None or re.search(r"[\x00-\x20\x7f\\]", url):
        raise _error(REFUSED, "url", detail=host or url[:60])
    return host, port


class _Deadline:
    """The one clock of an exchange, shared by every read, write and lookup in it."""

    def __init__(self):
        self.seconds, self.ends = 0.0, 0.0

    def start(self, seconds):
        self.seconds, self.ends = seconds, time.monotonic() + seconds

    def left(self):
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left


class _Backend(httpcore.NetworkBackend):
    """Opens sockets to checked addresses only: a name is looked up once, and what was checked is used."""

    def __init__(self, policy, resolver, deadline, inner):
        self.policy, self.resolver, self.deadline, self.inner = policy, resolver, deadline, inner

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        addresses = self._checked(host, port)
        for place, address in enumerate(addresses):
            try:
                stream = self.inner.connect_tcp(address, port, timeout=self.deadline.left())
                return _Stream(stream, self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if place == len(addresses) - 1:
                    raise

    def _checked(self, host, port):
        try:
            addresses = list(dict.fromkeys(_in_time(self.resolver, self.deadline.left(), host, port)))
        except (OSError, UnicodeError) as error:
            raise _error(RETRYABLE, "no_address", host=host, detail=str(error)) from None
        if not addresses:
            raise _error(RETRYABLE, "no_address", host=host)
        for address in addresses:
            if not is_allowed(address, host, port, self.policy):
                log.warning("outbound call refused: %s:%s leads to %s", host, port, address)
                raise _error(REFUSED, "address", host=host, address=address)
        return addresses

    def connect_unix_socket(self, *args, **kwargs):
        raise _error(REFUSED, "url", detail="unix socket")

    def sleep(self, seconds):
        time.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    """A socket on which every wait ends with the deadline of the whole exchange."""

    def __init__(self, inner, deadline):
        self.inner, self.deadline = inner, deadline

    def read(self, max_bytes, timeout=None):
        return self.inner.read(max_bytes, timeout=self.deadline.left())

    def write(self, buffer, timeout=None):
        self.inner.write(buffer, timeout=self.deadline.left())

    def close(self):
        self.inner.close()

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        inner = self.inner.start_tls(ssl_context, server_hostname, timeout=self.deadline.left())
        return _Stream(inner, self.deadline)

    def get_extra_info(self, info):
        return self.inner.get_extra_info(info)


def _in_time(call, seconds, *args):
    """The result of a call that cannot be given a timeout, or httpcore.ConnectTimeout after `seconds`."""
    result = []

    def work():
        try:
            result.append((True, call(*args)))
        except Exception as error:
            result.append((False, error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if not result:
        raise httpcore.ConnectTimeout("name lookup")
    good, value = result[0]
    if not good:
        raise value
    return value


class _Transport(httpx.BaseTransport):
    """httpx over our own connection pool, so that no socket is opened except by _Backend."""

    def __init__(self, backend, context):
        self.pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=4, max_keepalive_connections=1, keepalive_expiry=20,
            http1=True, http2=False, retries=0, network_backend=backend)

    def handle_request(self, request):
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                           target=request.url.raw_path)
        answer = self.pool.handle_request(httpcore.Request(
            method=request.method, url=url, headers=request.headers.raw, content=request.stream,
            extensions=request.extensions))
        return httpx.Response(status_code=answer.status, headers=answer.headers, stream=_Body(answer.stream),
                              extensions=answer.extensions)

    def close(self):
        self.pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, inner):
        self.inner = inner

    def __iter__(self):
        yield from self.inner

    def close(self):
        if hasattr(self.inner, "close"):
            self.inner.close()


# --- speaking -------------------------------------------------------------------------------------------


class Peer:
    """One peer under one policy; keeps its connection between calls. For one thread; a context manager."""

    def __init__(self, policy=Policy(), *, headers=None, auth=None, resolver=system_resolver, backend=None):
        self.policy, self.deadline = policy, _Deadline()
        own = _Backend(policy, resolver, self.deadline, backend or httpcore.SyncBackend())
        self.client = httpx.Client(
            transport=_Transport(own, ssl.create_default_context(cafile=policy.ca_file or None)),
            follow_redirects=False, trust_env=False, timeout=None, auth=auth,
            headers={"accept-encoding": "gzip", "user-agent": "order-hub", **(headers or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.client.close()

    def get(self, url, **options):
        return self.send("GET", url, **options)

    def post(self, url, **options):
        return self.send("POST", url, **options)

    def send(self, method, url, *, expect=(), deadline_s=None, **options):
        """Speak once and return the whole Answer.

        `options` are httpx's request ones: params, headers, json, data, content, files, cookies. Statuses
        outside 2xx raise PeerError unless they stand in `expect`. Never retries.
        """
        host, _port = check_url(url, self.policy)
        began = time.monotonic()
        self.deadline.start(deadline_s or self.policy.deadline_s)
        try:
            request = self.client.build_request(method, url, **options)
            with closing(self.client.send(request, stream=True)) as response:
                answer = self._read(response, method, began)
        except (httpcore.TimeoutException, httpx.TimeoutException):
            raise _error(RETRYABLE, "deadline", seconds=f"{self.deadline.seconds:g}") from None
        except (httpcore.ConnectError, httpx.ConnectError, ssl.SSLError) as error:
            raise _error(RETRYABLE, "connect", host=host, detail=str(error)[:200]) from None
        except (httpcore.LocalProtocolError, httpx.LocalProtocolError, httpx.InvalidURL) as error:
            raise _error(REFUSED, "url", detail=str(error)[:200]) from None
        except (httpcore.ProtocolError, httpcore.NetworkError, httpx.TransportError, OSError) as error:
            raise _error(RETRYABLE, "broken", detail=str(error)[:200]) from None
        _judge(answer, expect, self.policy)
        return answer

    def _read(self, response, method, began):
        headers = {name.lower(): value for name, value in response.headers.items()}
        body, unpacked = _unpack(response.iter_raw(), headers, self.policy.max_bytes, self.deadline)
        has_end = method == "HEAD" or response.status_code in (204, 304) or "content-length" in headers \
            or "chunked" in headers.get("transfer-encoding", "").lower()
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, headers, body, str(response.url), time.monotonic() - began,
                      content_type, has_end and unpacked)


def send(method, url, *, policy=Policy(), **options):
    """One exchange on a connection of its own; see Peer.send."""
    peer_options = {name: options.pop(name) for name in ("auth", "resolver", "backend") if name in options}
    with Peer(policy, **peer_options) as peer:
        return peer.send(method, url, **options)


def _unpack(chunks, headers, limit, deadline):
    """(decoded body, whether the packing itself was whole). Never holds more than `limit` + one chunk."""
    packing = headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip", ""):
        raise _error(PERMANENT, "encoding", detail=packing)
    unpacker = zlib.decompressobj(31) if "gzip" in packing else None
    parts, size = [], 0
    for chunk in chunks:
        deadline.left()
        for piece in _pieces(chunk, unpacker, limit - size):
            size += len(piece)
            if size > limit:
                raise _error(PERMANENT, "too_large", limit=limit)
            parts.append(piece)
    return b"".join(parts), unpacker is None or unpacker.eof or not parts


def _pieces(chunk, unpacker, room):
    if unpacker is None:
        yield chunk
        return
    try:
        while chunk and room >= 0:
            piece = unpacker.decompress(chunk, min(room + 1, 1 << 20))
            room -= len(piece)
            yield piece
            chunk = unpacker.unconsumed_tail
        if unpacker.unused_data:
            raise zlib.error("data after the end")
    except zlib.error as error:
        raise _error(RETRYABLE, "broken", detail=str(error)) from None


# --- judging --------------------------------------------------------------------------------------------


def _judge(answer, expect, policy):
    """Raise unless this is the answer that was asked for, and whole."""
    status = answer.status
    if status in expect:
        return
    if 300 <= status < 400 and status != 304:
        raise _error(REFUSED, "redirect", answer=answer, status=status)
    if status >= 400:
        kind = classify(status)
        code = {AUTH: "auth", RETRYABLE: "busy"}.get(kind, "rejected")
        wait = retry_after(answer.headers.get("retry-after"))
        raise _error(kind, code, answer=answer, retry_after_s=wait, status=status)
    if policy.proof and not answer.complete:
        raise _error(RETRYABLE, "unproven", answer=answer)
    if answer.body and policy.content_types and answer.content_type not in policy.content_types:
        raise _error(RETRYABLE, "not_data", answer=answer, detail=answer.content_type or "?")


def classify(status):
    """retryable, auth or permanent, for a status of 400 and above."""
    if status in (401, 403, 407):
        return AUTH
    if status in (408, 423, 425, 429) or status >= 500 and status not in (501, 505):
        return RETRYABLE
    return PERMANENT


def retry_after(value, now=None):
    """Seconds a Retry-After header asks for, clamped to 1 s … 1 h; None when it says nothing readable."""
    if not value:
        return None
    text = value.strip()
    if re.fullmatch(r"[+-]?[0-9]{1,40}(\.[0-9]*)?([eE]\+?[0-9]{1,3})?", text):
        return int(min(max(float(text), RETRY_LEAST_S), RETRY_MOST_S))
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return int(min(max(seconds, RETRY_LEAST_S), RETRY_MOST_S))


def next_try_s(attempt, asked_s=None, chance=random.random):
    """Seconds until attempt number `attempt` + 1: what the peer asked for, else doubling, plus up to 20 %."""
    base = asked_s if asked_s is not None else min(2 ** min(attempt, 20), RETRY_MOST_S)
    return min(max(base, RETRY_LEAST_S) * (1 + 0.2 * chance()), RETRY_MOST_S * 1.2)


@dataclass
class PageWatch:
    """Ends paging that leads nowhere: the same page twice, or more pages than anybody has."""

    most: int = 10_000
    pages: int = 0
    seen: set = field(default_factory=set)

    def take(self, answer):
        """Count this page; PeerError when its body was seen before or the pages are too many."""
        mark = hashlib.sha256(answer.body).digest()
        self.pages += 1
        if mark in self.seen:
            raise _error(PERMANENT, "same_page", answer=answer)
        if self.pages > self.most:
            raise _error(PERMANENT, "too_many_pages", answer=answer, limit=self.most)
        self.seen.add(mark)
        return answer
