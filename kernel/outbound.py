"""How does the hub speak to a peer without hanging, swelling, being led astray or believing half an answer?

The only place that imports httpx. One deadline for the whole exchange, a cap on decoded bytes, no redirects,
no proxies from the environment, and a connection only to an address that was checked and then used as is.
"""
import hashlib
import ssl
import time
import zlib
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

from kernel import strict_json
from kernel.addresses import check_url, system_resolver
from kernel.checked_sockets import CheckedBackend, Deadline
from kernel.peer_errors import (
    AUTH,
    PERMANENT,
    REFUSED,
    RETRYABLE,
    PeerError,
    classify,
    next_try_s,
    peer_error,
    retry_after,
)

__all__ = ["AUTH", "PERMANENT", "REFUSED", "RETRYABLE", "Answer", "PageWatch", "Peer", "PeerError", "Policy",
           "loopback_of", "next_try_s", "retry_after", "send"]

SAFE_TWICE = (b"GET", b"HEAD")
JSON_TYPES = ("application/json", "application/problem+json", "text/json")


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


def loopback_of(url, *, wanted):
    """Policy.loopback of a connection's peer: its own "host:port" where it is wanted and the operator opened it."""
    return (urlsplit(url).netloc,) if wanted and settings.HUB_PEER_LOOPBACK else ()


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
            raise peer_error(PERMANENT, "bad_json", answer=self, detail=str(error)) from None




class _Transport(httpx.BaseTransport):
    """httpx over our own connection pool, so that no socket is opened except by CheckedBackend."""

    def __init__(self, backend, context):
        self.backend = backend
        self.pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=4, max_keepalive_connections=1, keepalive_expiry=20,
            http1=True, http2=False, retries=0, network_backend=backend)

    def handle_request(self, request):
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                           target=request.url.raw_path)
        asked = httpcore.Request(method=request.method, url=url, headers=request.headers.raw,
                                 content=request.stream, extensions=request.extensions)
        answer = self._ask(asked)
        return httpx.Response(status_code=answer.status, headers=answer.headers, stream=_Body(answer.stream),
                              extensions=answer.extensions)

    def _ask(self, asked):
        """The answer, asked for once more where a kept connection turns out closed by the peer meanwhile.

        A peer may close a connection at any time, also between our look at it and our question (RFC 9112,
        9.3.1): what only reads is then asked again on a new one, what changes something never is.
        """
        opened = self.backend.opened
        try:
            return self.pool.handle_request(asked)
        except (httpcore.NetworkError, httpcore.RemoteProtocolError):
            if asked.method not in SAFE_TWICE or self.backend.opened > opened:
                raise
        return self.pool.handle_request(asked)

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
        self.policy, self.deadline = policy, Deadline()
        own = CheckedBackend(policy, resolver, self.deadline, backend or httpcore.SyncBackend())
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
        outside 2xx raise PeerError unless they stand in `expect`. Never retries an answer; a read that meets
        a kept connection closed by the peer is sent once more on a new one.
        """
        host, _port = check_url(url, self.policy)
        began = time.monotonic()
        self.deadline.start(deadline_s or self.policy.deadline_s)
        try:
            request = self.client.build_request(method, url, **options)
            with closing(self.client.send(request, stream=True)) as response:
                answer = self._read(response, method, began)
        except (httpcore.TimeoutException, httpx.TimeoutException):
            raise peer_error(RETRYABLE, "deadline", seconds=f"{self.deadline.seconds:g}") from None
        except (httpcore.ConnectError, httpx.ConnectError, ssl.SSLError) as error:
            raise peer_error(RETRYABLE, "connect", host=host, detail=str(error)[:200]) from None
        except (httpcore.LocalProtocolError, httpx.LocalProtocolError, httpx.InvalidURL) as error:
            raise peer_error(REFUSED, "url", detail=str(error)[:200]) from None
        except (httpcore.ProtocolError, httpcore.NetworkError, httpx.TransportError, OSError) as error:
            raise peer_error(RETRYABLE, "broken", detail=str(error)[:200]) from None
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
        raise peer_error(PERMANENT, "encoding", detail=packing)
    unpacker = zlib.decompressobj(31) if "gzip" in packing else None
    parts, size = [], 0
    for chunk in chunks:
        deadline.left()
        for piece in _pieces(chunk, unpacker, limit - size):
            size += len(piece)
            if size > limit:
                raise peer_error(PERMANENT, "too_large", limit=limit)
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
        raise peer_error(RETRYABLE, "broken", detail=str(error)) from None


# --- judging --------------------------------------------------------------------------------------------


def _judge(answer, expect, policy):
    """Raise unless this is the answer that was asked for, and whole."""
    status = answer.status
    if status in expect:
        return
    if 300 <= status < 400 and status != 304:
        raise peer_error(REFUSED, "redirect", answer=answer, status=status)
    if status >= 400:
        kind = classify(status)
        code = {AUTH: "auth", RETRYABLE: "busy"}.get(kind, "rejected")
        wait = retry_after(answer.headers.get("retry-after"))
        raise peer_error(kind, code, answer=answer, retry_after_s=wait, status=status)
    if policy.proof and not answer.complete:
        raise peer_error(RETRYABLE, "unproven", answer=answer)
    if answer.body and policy.content_types and answer.content_type not in policy.content_types:
        raise peer_error(RETRYABLE, "not_data", answer=answer, detail=answer.content_type or "?")


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
            raise peer_error(PERMANENT, "same_page", answer=answer)
        if self.pages > self.most:
            raise peer_error(PERMANENT, "too_many_pages", answer=answer, limit=self.most)
        self.seen.add(mark)
        return answer
