"""May the hub call this URL, and may it connect to this address?"""
import ipaddress
import re
import socket
from urllib.parse import urlsplit

from kernel.peer_errors import REFUSED, peer_error

METADATA = tuple(ipaddress.ip_address(text) for text in (
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"))
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")


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
        raise peer_error(REFUSED, "url", detail=str(error)) from None
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or (policy.https_only and parts.scheme != "https"):
        raise peer_error(REFUSED, "url", detail=parts.scheme + ":")
    if not host or parts.username is not None or re.search(r"[\x00-\x20\x7f\\]", url):
        raise peer_error(REFUSED, "url", detail=host or url[:60])
    return host, port
