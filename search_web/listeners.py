"""The sockets from which the processes of a server accept connections: one for each, all at one address.

From one socket, the process that wakes first takes all connections that come at once, and the others idle.
Linux deals them among several sockets (`SO_REUSEPORT`), also to that of a process which has ended; so a
filter in the system says to which.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct
import sys
from collections.abc import Sequence

STALLED_SECONDS = 30  # in which a reader must have taken something of an answer
DEALS = sys.platform == "linux"  # whether the system deals connections among the sockets of one address

# See socket(7) and https://www.kernel.org/doc/html/latest/networking/filter.html; `socket` lacks the names.
_SO_ATTACH_REUSEPORT_CBPF = 51
_LOAD, _MODULO, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x94, 0x15, 0x06
_RANDOM_NUMBER = 2**32 - 0x1000 + 56  # the address that a filter reads one from


def at_one_address(listener: socket.socket, count: int) -> list[socket.socket]:
    """Return a socket for each of `count` processes, `listener` and others at its address; a connection whose
    reader takes nothing of its answer ends there. Where the system does not deal connections among sockets,
    the others are `listener` under other descriptors."""
    if not DEALS:
        found = [listener, *(listener.dup() for _ in range(count - 1))]
    else:
        # Not before it was bound: the address must be nobody else's.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        address, family = listener.getsockname(), listener.family
        others = (socket.create_server(address, family=family, reuse_port=True) for _ in range(count - 1))
        found = [listener, *others]
    for each in found:  # whose connections inherit it
        # An answer in several pieces would wait 40 ms for its reader to acknowledge the first.
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_SECONDS * 1000)
    return found


def deal(listeners: Sequence[socket.socket], to: Sequence[int]) -> None:
    """Let the connections that come from now on be dealt to those of the `listeners` that have these indexes,
    to all where there are none. Where the system cannot, nothing changes."""
    if not DEALS or len(listeners) == 1:
        return
    chosen = to or range(len(listeners))
    steps = [(_LOAD, 0, 0, _RANDOM_NUMBER), (_MODULO, 0, 0, len(chosen))]
    for number, index in enumerate(chosen):
        steps += [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, index)]
    steps.append((_RETURN, 0, 0, 0))  # a filter must end with one
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    given = struct.pack("@HP", len(steps), ctypes.addressof(code))
    with contextlib.suppress(OSError):
        listeners[0].setsockopt(socket.SOL_SOCKET, _SO_ATTACH_REUSEPORT_CBPF, given)
