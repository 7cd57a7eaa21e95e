"""Runs a command behind a wire with a given round trip: wire.py MILLISECONDS COMMAND…

The command gets a network namespace of its own. All that it sends to the network of
the caller, and all that comes back, goes through two TUN devices, and through this
program, which holds each packet for half the round trip. (Linux has netem for this,
but not in every kernel.) Needs root.
"""

import collections
import contextlib
import ctypes
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

NEAR, FAR = "10.98.0.1", "10.98.0.2"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
PACKET = 65536


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def device(address, peer):
    """The descriptor of a new TUN device in the current namespace. It stays in this
    namespace when the process leaves it."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    request = fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"wire%d", IFF_TUN | IFF_NO_PI))
    name = request[:16].rstrip(b"\0").decode()
    ip("address", "add", address, "peer", peer, "dev", name)
    ip("link", "set", name, "up")
    return fd


def enter_new_namespace():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "no network namespace")
    ip("link", "set", "lo", "up")


def packets(fd):
    """All packets that have come."""
    with contextlib.suppress(BlockingIOError):
        while True:
            yield os.read(fd, PACKET)


def carry(near, far, delay, process):
    """Carries packets until the process ends. The delay is the same for all, so they
    stay in order."""
    waiting = {near: collections.deque(), far: collections.deque()}
    other = {near: far, far: near}
    end = os.pidfd_open(process.pid)
    ready = []
    while end not in ready:
        due = [queue[0][0] for queue in waiting.values() if queue]
        patience = max(0, min(due) - time.monotonic()) if due else None
        ready, _, _ = select.select([near, far, end], [], [], patience)
        now = time.monotonic()
        for fd in ready:
            if fd != end:
                waiting[other[fd]].extend((now + delay, packet) for packet in packets(fd))
        for fd, queue in waiting.items():
            while queue and queue[0][0] <= now:
                # A full device loses packets, as a wire does.
                with contextlib.suppress(BlockingIOError):
                    os.write(fd, queue.popleft()[1])
    os.close(end)


def main():
    delay = float(sys.argv[1]) / 2000
    near = device(NEAR, FAR)
    enter_new_namespace()
    far = device(FAR, NEAR)
    ip("route", "add", "default", "via", NEAR)
    with subprocess.Popen(sys.argv[2:]) as process:
        # The delay must not grow when the processors are busy.
        os.setpriority(os.PRIO_PROCESS, 0, -10)
        carry(near, far, delay, process)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
