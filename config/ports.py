"""On which port can the hub listen?"""
import socket


def is_free(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def next_free_port(host, wanted, tries=50):
    """The wanted port, or the next free one after it. Raises OSError when none of `tries` is free."""
    for port in range(wanted, wanted + tries):
        if is_free(host, port):
            return port
    raise OSError(f"no free port between {wanted} and {wanted + tries - 1}")
