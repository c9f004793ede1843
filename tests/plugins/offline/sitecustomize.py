"""A guard that lets a process connect to its own machine only.

Python runs a file of this name at start when its folder is on PYTHONPATH, so that the guard
also covers the processes that tests start. An audit hook cannot be taken off again.
"""

import ipaddress
import sys


class OutsideConnection(RuntimeError):
    """Something tried to leave the machine."""


def is_own_machine(host: object) -> bool:
    """Whether a host names this machine, without asking any name server."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse_outside(event: str, args: tuple) -> None:
    """Refuse what would leave the machine: connecting, sending, and asking for a name."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(args[1], tuple):
        host = args[1][0]
    elif event in {"socket.gethostbyname", "socket.gethostbyaddr"}:
        host = args[0]
    else:
        return
    if not is_own_machine(host):
        message = f"{event} to {host!r}: nothing may leave this machine in a test."
        raise OutsideConnection(message)


sys.addaudithook(refuse_outside)
