"""How is a socket opened only to a checked address, and never waited on beyond the deadline?"""
import logging
import threading
import time

import httpcore

from kernel.addresses import is_allowed
from kernel.peer_errors import REFUSED, RETRYABLE, peer_error

log = logging.getLogger(__name__)


class Deadline:
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


class CheckedBackend(httpcore.NetworkBackend):
    """Opens sockets to checked addresses only: a name is looked up once, and what was checked is used."""

    def __init__(self, policy, resolver, deadline, inner):
        self.policy, self.resolver, self.deadline, self.inner = policy, resolver, deadline, inner
        self.opened = 0  # times a socket was asked for: an exchange that adds none began on a kept one

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.opened += 1
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
            raise peer_error(RETRYABLE, "no_address", host=host, detail=str(error)) from None
        if not addresses:
            raise peer_error(RETRYABLE, "no_address", host=host)
        for address in addresses:
            if not is_allowed(address, host, port, self.policy):
                log.warning("outbound call refused: %s:%s leads to %s", host, port, address)
                raise peer_error(REFUSED, "address", host=host, address=address)
        return addresses

    def connect_unix_socket(self, *args, **kwargs):
        raise peer_error(REFUSED, "url", detail="unix socket")

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
