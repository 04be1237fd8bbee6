"""Does the one outbound client end in time, stay small, go only where it may, believe only what is whole?"""

import gzip
import random
import re
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpcore
import pytest

from kernel import outbound
from kernel.outbound import AUTH, PERMANENT, REFUSED, RETRYABLE, PageWatch, PeerError, Policy

pytestmark = pytest.mark.pure

JSON = b"Content-Type: application/json\r\n"


def read_request(connection):
    """One whole request: its head, and as much body as the head says."""
    request, wanted = b"", 0
    while b"\r\n\r\n" not in request or len(request) < wanted:
        got = connection.recv(65536)
        if not got:
            break
        request += got
        head_end = request.find(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", request[: max(head_end, 0)], re.I)
        wanted = head_end + 4 + (int(length[1]) if length else 0)
    return request


@contextmanager
def peer(*conversation, seen=None):
    """A server on 127.0.0.1 that reads one request and then sends pieces: bytes, or seconds to wait."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(10)
    stop = threading.Event()

    def serve():
        while not stop.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    request = read_request(connection)
                    if seen is not None:
                        seen.append(request)
                    for piece in conversation:
                        if isinstance(piece, bytes):
                            connection.sendall(piece)
                        elif callable(piece):
                            for part in piece():
                                connection.sendall(part)
                        else:
                            stop.wait(piece)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.getsockname()[1]}"
    finally:
        stop.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def head(status, *headers, version=b"1.1"):
    return b"HTTP/" + version + b" " + status + b"\r\n" + b"".join(headers) + b"\r\n"


def whole(body, *headers, status=b"200 OK", kind=JSON):
    return head(status, kind, b"Content-Length: %d\r\n" % len(body), b"Connection: close\r\n", *headers) + body


def ask(place, *, path="/x", method="GET", policy=None, expect=(), **options):
    settings = {"loopback": (place,), "deadline_s": 5.0, **(policy or {})}
    return outbound.send(method, f"http://{place}{path}", policy=Policy(**settings), expect=expect, **options)


def failure_of(place, **options):
    with pytest.raises(PeerError) as caught:
        ask(place, **options)
    assert str(caught.value)
    return caught.value


# --- F25: time ------------------------------------------------------------------------------------------


def drip():
    for _ in range(100):
        yield b" "
        time.sleep(0.1)


@pytest.mark.parametrize(
    "name,conversation",
    [
        ("drips a body", (head(b"200 OK", JSON, b"Content-Length: 100\r\n"), drip)),
        ("drips headers", (b"HTTP/1.1 200 OK\r\nX-Slow: ", drip)),
        ("accepts and is silent", (20.0,)),
        ("sends headers and is silent", (head(b"200 OK", JSON, b"Content-Length: 5\r\n"), 20.0)),
    ],
)
def test_f25_ended_at_the_total_deadline(name, conversation):
    with peer(*conversation) as place:
        began = time.monotonic()
        error = failure_of(place, policy={"deadline_s": 0.6})
        assert 0.5 <= time.monotonic() - began < 4, name
    assert (error.kind, error.code) == (RETRYABLE, "peer.deadline")


def test_f25_a_name_lookup_that_hangs_ends_too():
    began = time.monotonic()
    with pytest.raises(PeerError) as caught:
        outbound.send(
            "GET",
            "http://slow.example/",
            policy=Policy(deadline_s=0.3),
            resolver=lambda host, port: time.sleep(5) or [],
        )
    assert caught.value.code == "peer.deadline" and time.monotonic() - began < 2


def test_f25_another_connector_is_on_time_meanwhile():
    with peer(20.0) as silent, peer(whole(b"[]")) as quick:
        thread = threading.Thread(target=failure_of, args=(silent,), kwargs={"policy": {"deadline_s": 1.0}})
        thread.start()
        began = time.monotonic()
        assert ask(quick).json() == []
        assert time.monotonic() - began < 0.8
        thread.join()


# --- F26: wholeness -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name,conversation,code",
    [
        ("cut mid-body", (head(b"200 OK", JSON, b"Content-Length: 100\r\n"), b"[1,2"), "peer.broken"),
        (
            "cut mid-chunk",
            (head(b"200 OK", JSON, b"Transfer-Encoding: chunked\r\n"), b"64\r\n[1,2"),
            "peer.broken",
        ),
        (
            "no last chunk",
            (head(b"200 OK", JSON, b"Transfer-Encoding: chunked\r\n"), b"2\r\n[]\r\n"),
            "peer.broken",
        ),
        ("HTTP/1.0 close", (head(b"200 OK", JSON, version=b"1.0"), b"[1]"), "peer.unproven"),
        ("no length at all", (head(b"200 OK", JSON, b"Connection: close\r\n"), b"[1]"), "peer.unproven"),
        ("cut before headers", (b"HTTP/1.1 200",), "peer.broken"),
        ("closed at once", (b"",), "peer.broken"),
        ("no HTTP", (b"SSH-2.0-OpenSSH_9.2\r\n",), "peer.broken"),
        (
            "cut gzip",
            (whole(gzip.compress(b"[1]" * 50)[:-9], b"Content-Encoding: gzip\r\n"),),
            "peer.unproven",
        ),
        ("bad gzip", (whole(b"[1]", b"Content-Encoding: gzip\r\n"),), "peer.broken"),
    ],
)
def test_f26_half_an_answer_is_no_answer(name, conversation, code):
    with peer(*conversation) as place:
        error = failure_of(place)
    assert (error.kind, error.code) == (RETRYABLE, code), name


def test_f26_a_policy_may_take_what_cannot_be_proven():
    with peer(head(b"200 OK", JSON, version=b"1.0"), b"[1]") as place:
        answer = ask(place, policy={"proof": False})
    assert answer.json() == [1] and not answer.complete


def test_f26_chunked_to_the_end_is_whole():
    with peer(head(b"200 OK", JSON, b"Transfer-Encoding: chunked\r\n"), b"1\r\n[\r\n", b"1\r\n]\r\n0\r\n\r\n") as place:
        assert ask(place).complete


# --- F27: peers that ask for patience -------------------------------------------------------------------

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value,seconds",
    [
        ("120", 120),
        ("-5", 1),
        ("0", 1),
        ("abc", None),
        ("1e11", 3600),
        ("100000000000", 3600),
        ("", None),
        (None, None),
        ("9" * 40, 3600),
        ("Tue, 24 Nov 2026 02:05:00 GMT", 300),
        ("Tue, 24 Nov 2020 02:05:00 GMT", 1),
        ("Tue, 24 Nov 2036 02:05:00 GMT", 3600),
        ("Tue, 99 Nov 2026", None),
        ("١٢٠", None),
        ("NaN", None),
    ],
)
def test_f27_retry_after_is_clamped(value, seconds):
    assert outbound.retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    "status,kind,code",
    [
        (429, RETRYABLE, "peer.busy"),
        (503, RETRYABLE, "peer.busy"),
        (500, RETRYABLE, "peer.busy"),
        (408, RETRYABLE, "peer.busy"),
        (401, AUTH, "peer.auth"),
        (403, AUTH, "peer.auth"),
        (400, PERMANENT, "peer.rejected"),
        (404, PERMANENT, "peer.rejected"),
        (410, PERMANENT, "peer.rejected"),
        (501, PERMANENT, "peer.rejected"),
        (302, REFUSED, "peer.redirect"),
    ],
)
def test_f27_failures_are_told_apart(status, kind, code):
    with peer(whole(b"{}", b"Retry-After: 7\r\n", status=b"%d X" % status)) as place:
        error = failure_of(place)
    assert (error.kind, error.code, error.answer.status) == (kind, code, status)
    assert error.retry_after_s == (7 if status >= 400 else None)


def test_f27_no_tight_loop_and_no_endless_wait():
    chance = random.Random(1).random
    for attempt in range(60):
        assert 1 <= outbound.next_try_s(attempt, None, chance) <= 3600 * 1.2
    assert 120 <= outbound.next_try_s(1, 120, chance) <= 144
    waits = {outbound.next_try_s(5, None, chance) for _ in range(10)}
    assert len(waits) == 10, "all peers coming back in the same instant"


# --- F28: answers that are no data ----------------------------------------------------------------------


def test_f28_a_login_page_is_not_data():
    with peer(whole(b"<html>Please sign in</html>", kind=b"Content-Type: text/html\r\n")) as place:
        error = failure_of(place)
    assert error.code == "peer.not_data" and "text/html" in str(error)


@pytest.mark.parametrize("kind", [b"", b"Content-Type: \r\n", b"Content-Type: application/jsonx\r\n"])
def test_f28_no_type_is_no_data(kind):
    with peer(whole(b"[]", kind=kind)) as place:
        assert failure_of(place).code == "peer.not_data"


def test_f28_html_that_calls_itself_json():
    with peer(whole(b"<html>")) as place:
        answer = ask(place)
    with pytest.raises(PeerError) as caught:
        answer.json()
    assert caught.value.code == "peer.bad_json" and "1" in str(caught.value)


def test_f28_page_two_equal_to_page_one_ends():
    watch = PageWatch()
    with peer(whole(b'{"page": 1}')) as place:
        watch.take(ask(place, path="/?page=1"))
        with pytest.raises(PeerError) as caught:
            watch.take(ask(place, path="/?page=2"))
    assert caught.value.code == "peer.same_page"


def test_f28_paging_ends():
    watch = PageWatch(most=3)
    answers = [outbound.Answer(200, {}, b"%d" % n, "", 0.0) for n in range(4)]
    for answer in answers[:3]:
        watch.take(answer)
    with pytest.raises(PeerError):
        watch.take(answers[3])


# --- F29: size ------------------------------------------------------------------------------------------


def flood():
    for _ in range(200):
        yield b" " * (1 << 20)


def measured(place, **options):
    tracemalloc.start()
    error = failure_of(place, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return error, peak


@pytest.mark.parametrize("name", ["plain", "chunked"])
def test_f29_a_flood_is_cut_at_the_cap(name):
    heads = {"plain": b"Content-Length: 209715200\r\n", "chunked": b"Transfer-Encoding: chunked\r\n"}
    body = flood if name == "plain" else lambda: (b"100000\r\n" + piece + b"\r\n" for piece in flood())
    with peer(head(b"200 OK", JSON, heads[name]), body) as place:
        error, peak = measured(place, policy={"max_bytes": 4 << 20, "deadline_s": 20})
    assert (error.kind, error.code) == (PERMANENT, "peer.too_large")
    assert peak < 20 << 20


def test_f29_gzip_of_300_mb_of_spaces_is_cut_at_the_cap():
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(300)) + packer.flush()
    with peer(whole(bomb, b"Content-Encoding: gzip\r\n")) as place:
        error, peak = measured(place, policy={"max_bytes": 8 << 20})
    assert error.code == "peer.too_large" and peak < 30 << 20


def test_f29_an_unknown_packing_is_refused():
    with peer(whole(b"[]", b"Content-Encoding: br\r\n")) as place:
        assert failure_of(place).code == "peer.encoding"


def test_f29_nothing_follows_the_end_of_the_packing():
    with peer(whole(gzip.compress(b"[1]") + gzip.compress(b"[2]"), b"Content-Encoding: gzip\r\n")) as place:
        assert failure_of(place).code == "peer.broken"


@pytest.mark.parametrize("size,good", [(10, True), (11, False)])
def test_f29_the_cap_is_exact(size, good):
    for body, headers in ((b"1" * size, ()), (gzip.compress(b"1" * size), (b"Content-Encoding: gzip\r\n",))):
        with peer(whole(body, *headers)) as place:
            if good:
                assert ask(place, policy={"max_bytes": 10}).body == b"1" * size
            else:
                assert failure_of(place, policy={"max_bytes": 10}).code == "peer.too_large"


# --- F36: where it goes ---------------------------------------------------------------------------------


class NoSockets(httpcore.NetworkBackend):
    """Counts what would have been opened, and opens nothing."""

    def __init__(self):
        self.opened = []

    def connect_tcp(self, host, port, **options):
        self.opened.append((host, port))
        raise httpcore.ConnectError("not in tests")


def where(url, addresses, **policy):
    """(error, addresses that would have been connected to) of a call with a stubbed resolver."""
    backend = NoSockets()
    looked_up = []

    def resolver(host, port):
        looked_up.append(host)
        return addresses if isinstance(addresses, list) else addresses.pop(host)

    with pytest.raises(PeerError) as caught:
        outbound.send("GET", url, policy=Policy(**policy), resolver=resolver, backend=backend)
    return caught.value, [host for host, _port in backend.opened]


def system(host):
    """What the system's own resolver makes of a numeric form; looks nothing up on a network."""
    return [found[4][0] for found in socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "0", "127.0.0.1", "017700000001"])
def test_f36_odd_forms_of_loopback_are_refused(host):
    error, opened = where(f"http://{host}/", system(host))
    assert (error.kind, error.code, opened) == (REFUSED, "peer.address", [])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "0.0.0.0",
        "::",
        "10.1.2.3",
        "172.16.0.9",
        "192.168.1.1",
        "169.254.169.254",
        "169.254.1.1",
        "fe80::1%eth0",
        "fd00::5",
        "fd00:ec2::254",
        "100.64.0.1",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "192.0.0.192",
        "198.18.0.1",
        "240.0.0.1",
        "::127.0.0.1",
    ],
)
def test_f36_a_name_that_leads_inside_is_refused(address):
    error, opened = where("https://erp.example.com/api", [address])
    assert (error.kind, error.code, opened) == (REFUSED, "peer.address", [])


def test_f36_literal_mapped_address_is_refused():
    error, opened = where("http://[::ffff:127.0.0.1]/", ["::ffff:127.0.0.1"])
    assert (error.code, opened) == ("peer.address", [])


def test_f36_one_bad_address_among_good_ones_refuses_all():
    error, opened = where("http://erp.example.com/", ["8.8.8.8", "127.0.0.1"])
    assert (error.code, opened) == ("peer.address", [])


def test_f36_the_checked_address_is_the_one_connected_to():
    error, opened = where("http://erp.example.com/", ["8.8.8.8"])
    assert (error.code, opened) == ("peer.connect", ["8.8.8.8"])


def test_f36_rebinding_after_the_check_finds_nothing_to_rebind():
    answers = [["8.8.8.8"], ["127.0.0.1"]]
    backend = NoSockets()
    with pytest.raises(PeerError):
        outbound.send("GET", "http://erp.example.com/", backend=backend, resolver=lambda host, port: answers.pop(0))
    assert backend.opened == [("8.8.8.8", 80)] and len(answers) == 1, "looked up more than once"


def test_f36_private_networks_only_by_policy_and_metadata_never():
    lan = {"networks": ("10.20.0.0/16", "169.254.0.0/16", "100.64.0.0/10")}
    assert where("http://erp.lan/", ["10.20.3.4"], **lan)[1] == ["10.20.3.4"]
    assert where("http://erp.lan/", ["::ffff:10.20.3.4"], **lan)[1] == ["::ffff:10.20.3.4"]
    assert where("http://erp.lan/", ["10.21.3.4"], **lan)[1] == []
    assert where("http://erp.lan/", ["169.254.169.254"], **lan)[1] == []
    assert where("http://erp.lan/", ["100.100.100.200"], **lan)[1] == []
    assert where("http://erp.lan/", ["127.0.0.1"], networks=("127.0.0.0/8",))[1] == []


def test_f36_loopback_only_as_the_exact_host_and_port():
    allowed = {"loopback": ("localhost:8001",)}
    assert where("http://localhost:8001/", ["127.0.0.1"], **allowed)[1] == ["127.0.0.1"]
    assert where("http://localhost:8002/", ["127.0.0.1"], **allowed)[1] == []
    assert where("http://127.0.0.1:8001/", ["127.0.0.1"], **allowed)[1] == []
    assert where("http://localhost:8001/", ["10.0.0.1"], **allowed)[1] == []


def test_f36_a_policy_may_close_the_public_side():
    assert where("http://erp.example.com/", ["8.8.8.8"], public=False)[0].code == "peer.address"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://erp.example.com/",
        "file:///etc/passwd",
        "http://user:pw@erp.example.com/",
        "http:///x",
        "erp.example.com",
        "http://erp.example.com:99999/",
        "http://erp.example.com/a b",
        "http://erp.example.com/\r\nX: 1",
        "http://good.example\\@evil.example/",
        "gopher://x/",
    ],
)
def test_f36_urls_that_are_not_called(url):
    error, opened = where(url, ["8.8.8.8"])
    assert (error.kind, error.code, opened) == (REFUSED, "peer.url", [])


def test_f36_https_only():
    assert where("http://erp.example.com/", ["8.8.8.8"], https_only=True)[0].code == "peer.url"


def test_f36_a_redirect_is_not_followed_and_carries_no_key_away():
    seen = []
    with peer(whole(b"[]"), seen=seen) as inside:
        location = b"Location: http://" + inside.encode() + b"/secret\r\n"
        with peer(whole(b"{}", location, status=b"302 Found")) as place:
            error = failure_of(place, headers={"X-Api-Key": "k"})
    assert error.code == "peer.redirect" and seen == []


def test_f36_the_environment_names_no_proxy(monkeypatch):
    with peer(whole(b"[]")) as place, peer(whole(b'["proxy"]')) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy}")
        assert ask(place).json() == []


# --- the ordinary case ----------------------------------------------------------------------------------


def test_the_name_goes_into_the_host_header_and_the_body_out_whole():
    seen = []
    with peer(whole(b'{"ok": true}'), seen=seen) as place:
        answer = ask(place, path="/orders?after=1", method="POST", json={"单号": "A1"}, headers={"X-Key": "1"})
    assert answer.json() == {"ok": True} and answer.status == 200 and answer.seconds < 5
    request = seen[0].decode()
    assert request.startswith("POST /orders?after=1 HTTP/1.1\r\n")
    assert f"host: {place}\r\n" in request.lower() and '{"单号":"A1"}' in request


def test_a_status_may_be_expected():
    with peer(whole(b"{}", status=b"409 Conflict")) as place:
        assert ask(place, expect=(409,)).status == 409


def test_headers_cannot_be_broken_out_of():
    with peer(whole(b"[]")) as place:
        assert failure_of(place, headers={"X-Key": "a\r\nX-Evil: 1"}).kind == REFUSED


def test_an_unreachable_peer_is_retryable():
    with peer() as place:
        pass
    error = failure_of(place)
    assert (error.kind, error.code) == (RETRYABLE, "peer.connect")


def test_one_connection_serves_several_calls():
    body = head(b"200 OK", JSON, b"Content-Length: 2\r\n") + b"[]"
    with peer(body) as place, outbound.Peer(Policy(loopback=(place,), deadline_s=5)) as client:
        for _ in range(3):  # the peer closes each time: a new checked connection is made
            assert client.get(f"http://{place}/").json() == []


class _LooksOpen(httpcore.SyncBackend):
    """Sockets of which nobody notices in time that the peer has closed them: the race, made certain."""

    def connect_tcp(self, *args, **options):
        stream = super().connect_tcp(*args, **options)
        known = stream.get_extra_info
        stream.get_extra_info = lambda info: False if info == "is_readable" else known(info)
        return stream


def test_a_kept_connection_closed_meanwhile_is_replaced_for_what_only_reads():
    body, seen = head(b"200 OK", JSON, b"Content-Length: 2\r\n") + b"[]", []
    with peer(body, seen=seen) as place, outbound.Peer(
        Policy(loopback=(place,), deadline_s=5), backend=_LooksOpen()
    ) as client:
        client.get(f"http://{place}/1")
        time.sleep(0.1)  # the peer's end has arrived by now
        assert client.get(f"http://{place}/2").json() == []
        time.sleep(0.1)
        with pytest.raises(PeerError) as caught:
            client.post(f"http://{place}/3", json={})
    assert (caught.value.kind, caught.value.code) == (RETRYABLE, "peer.broken")
    assert [request.split(b" ")[1] for request in seen] == [b"/1", b"/2"]


def test_a_new_connection_that_breaks_is_not_asked_again():
    seen = []
    with peer(b"HTTP/1.1 2", seen=seen) as place:
        assert failure_of(place).code == "peer.broken"
    assert len(seen) == 1


def test_a_wait_of_the_caller_does_not_eat_the_next_deadline():
    with peer(whole(b"[]")) as place, outbound.Peer(Policy(loopback=(place,), deadline_s=0.5)) as client:
        client.get(f"http://{place}/")
        time.sleep(0.6)
        client.get(f"http://{place}/")


# --- TLS ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(certificate file, key file) of erp.example.com, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "erp.example.com")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("erp.example.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


@contextmanager
def tls_peer(certificate, body):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = socket.create_server(("127.0.0.1", 0))
    names = []
    context.sni_callback = lambda connection, name, _context: names.append(name)

    def serve():
        try:
            connection, _ = server.accept()
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(body)
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], names
    finally:
        server.close()
        thread.join(5)


@pytest.mark.parametrize(
    "host,trusted,code",
    [
        ("erp.example.com", True, None),
        ("erp.example.com", False, "peer.connect"),
        ("other.example.com", True, "peer.connect"),
    ],
)
def test_f36_the_name_is_proven_by_the_certificate_not_by_the_pinned_address(certificate, host, trusted, code):
    with tls_peer(certificate, whole(b"[1]")) as (port, names):
        policy = Policy(
            loopback=(f"{host}:{port}",), deadline_s=5, https_only=True, ca_file=certificate[0] if trusted else ""
        )
        resolver = lambda name, port: ["127.0.0.1"]  # noqa: E731
        if code is None:
            assert outbound.send("GET", f"https://{host}:{port}/", policy=policy, resolver=resolver).json() == [1]
            assert names == [host]
        else:
            with pytest.raises(PeerError) as caught:
                outbound.send("GET", f"https://{host}:{port}/", policy=policy, resolver=resolver)
            assert caught.value.code == code


def test_f25_a_peer_silent_in_the_handshake_is_ended_too():
    with peer(20.0) as place:
        began = time.monotonic()
        with pytest.raises(PeerError) as caught:
            outbound.send("GET", f"https://{place}/", policy=Policy(loopback=(place,), deadline_s=0.5))
        assert caught.value.code == "peer.deadline" and time.monotonic() - began < 3
