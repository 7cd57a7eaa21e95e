"""Serves all cameras of BEHAVIOURS on one port.

The names are the paths: rtsp://127.0.0.1:PORT/NAME. The server also answers
two requests of HTTP on this port: GET /counts tells, per camera, how many
requests and logins it got; POST /reset sets these to 0 and unlocks accounts.
"""

import asyncio
import collections
import socket
import sys

from rtsp_camera import clips
from rtsp_camera.behaviours import (BEHAVIOURS, BLACK_HOLE, NO_LOGIN,
                                    RIGHT_LOGIN, WRONG_LOGIN)
from rtsp_camera.connection import Connection
from rtsp_camera.login import Account

MAX_HEAD = 1 << 16


class Camera:
    def __init__(self, behaviour, clip):
        self.behaviour = behaviour
        self.clip = clip
        self.account = Account(behaviour)
        self.counts = collections.Counter()

    def reset(self):
        self.account.reset()
        self.counts.clear()

    def told(self):
        return {**{name.lower(): count for name, count in self.counts.items()},
                'right_logins': self.account.right,
                'wrong_logins': self.account.wrong,
                'locked': self.account.is_locked()}


class Server:
    def __init__(self, port):
        self.port = port
        encoded = clips.encode_all({each.clip for each in BEHAVIOURS})
        self.cameras = {each.name: Camera(each, encoded[each.clip])
                        for each in BEHAVIOURS}

    def open_black_hole(self):
        """A port whose queue is full, so that the system drops all further
        attempts to connect. Returns the sockets to keep."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((BLACK_HOLE, self.port))
        listener.listen(0)
        kept = [listener]
        for _ in range(2):
            kept.append(socket.socket())
            kept[-1].setblocking(False)
            kept[-1].connect_ex((BLACK_HOLE, self.port))
        return kept

    async def connected(self, reader, writer):
        await Connection(self, reader, writer).run()

    async def run(self):
        kept = self.open_black_hole()
        servers = [await asyncio.start_server(
            self.connected, address, self.port, limit=MAX_HEAD)
            for address in (NO_LOGIN, RIGHT_LOGIN, WRONG_LOGIN)]
        print('ready', flush=True)
        await asyncio.Event().wait()
        del kept, servers


def serve(port):
    """Prints "ready" once it serves, and runs until it is killed."""
    try:
        asyncio.run(Server(port).run())
    except OSError as error:
        sys.exit(f'rtsp_camera: port {port}: {error.strerror}')
