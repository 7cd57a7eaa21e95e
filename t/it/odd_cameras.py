"""Cameras with faults, served by tools/rtsp_camera, and a plain RTSP client."""

import contextlib
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request

from env import REPO, SLOWNESS, make_folder, wait_for
from lab import OPENER, free_port

# Its own modules, after those of the tests.
sys.path.append(REPO + '/tools')
from rtsp_camera.behaviours import BEHAVIOURS, BY_NAME, logins  # noqa: E402

__all__ = ['BEHAVIOURS', 'BY_NAME', 'OddCameras', 'RtspClient', 'logins']


class OddCameras:
    """All cameras of BEHAVIOURS in one process."""

    def __init__(self):
        self.folder = make_folder()
        self.port = free_port()
        with open(self.folder + '/log', 'w') as log:
            self.process = subprocess.Popen(
                ['/usr/bin/python3', REPO + '/tools/cameras.py', 'odd',
                 str(self.port)], stdout=log, stderr=log,
                env={**os.environ, 'XDG_CACHE_HOME': self.folder})
        wait_for(lambda: 'ready' in self.text(), 'the odd cameras serve',
                 60 * SLOWNESS)

    def text(self):
        with open(self.folder + '/log') as log:
            text = log.read()
        code = self.process.poll()
        assert code is None, f'the odd cameras have ended: {code} {text}'
        return text

    def url(self, name):
        return BY_NAME[name].url(self.port)

    def logins(self):
        """The text for CCTVCameraLoginsFile."""
        return logins(self.port)

    def ask(self, path, data=None):
        with OPENER.open(urllib.request.Request(
                f'http://127.0.0.1:{self.port}{path}', data=data),
                timeout=10) as reply:
            return json.load(reply)

    def counts(self, name):
        """What a camera got since the last reset: the number of connections,
        of requests by method in lower case, right_logins, wrong_logins; and
        whether it is locked."""
        found = {'connections': 0, 'describe': 0, 'setup': 0, 'play': 0,
                 'teardown': 0}
        return {**found, **self.ask('/counts')[name]}

    def reset(self):
        """Forgets all counts and unlocks the accounts."""
        self.ask('/reset', b'')

    def remove(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


class Lost(Exception):
    """The camera has closed the connection."""


class RtspClient:
    """A client of one camera that does as it is told."""

    def __init__(self, url, seconds=5 * SLOWNESS):
        self.url = url
        host, port = re.match(r'rtsp://([\d.]+):(\d+)/', url).groups()
        self.socket = socket.create_connection((host, int(port)), seconds)
        self.input = self.socket.makefile('rb')
        self.udp = []
        self.sent = 0
        self.early = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for each in (self.input, self.socket, *self.udp):
            each.close()

    def read(self, size):
        found = self.input.read(size)
        if len(found) < size:
            raise Lost
        return found

    def ask(self, method, uri=None, **headers):
        """One request; the answer. TimeoutError: there is none."""
        self.sent += 1
        lines = [f'{method} {uri or self.url} RTSP/1.0', f'CSeq: {self.sent}',
                 *(f'{name}: {value}' for name, value in headers.items())]
        self.socket.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode())
        while True:
            first = self.read(1)
            if first != b'$':
                break
            self.early.append(self.interleaved())
        return self.answer(first)

    def answer(self, first=b''):
        line = first + self.input.readline()
        if not line.endswith(b'\n'):
            raise Lost
        found = re.match(rb'RTSP/1\.0 (\d{3}) ', line)
        if not found:
            raise ValueError(line)
        headers = {}
        while True:
            line = self.input.readline()
            if not line.endswith(b'\n'):
                raise Lost
            if line == b'\r\n':
                break
            name, _, value = line.decode().partition(':')
            headers[name.lower()] = value.strip()
        body = self.read(int(headers.get('content-length', 0)))
        return Answer(int(found[1]), headers, body.decode())

    def set_up(self, way='udp', track='track1'):
        """SETUP; the answer."""
        if way == 'tcp':
            transport = 'RTP/AVP/TCP;unicast;interleaved=0-1'
        else:
            self.udp = [socket.socket(type=socket.SOCK_DGRAM)
                        for _ in range(2)]
            for each in self.udp:
                each.bind(('127.0.0.1', 0))
            ports = '-'.join(str(each.getsockname()[1]) for each in self.udp)
            transport = f'RTP/AVP;unicast;client_port={ports}'
        return self.ask('SETUP', f'{self.url}/{track}', Transport=transport)

    def play(self, way='udp'):
        """DESCRIBE, SETUP and PLAY; the status of the last answer."""
        answer = self.ask('DESCRIBE')
        if answer.status == 200:
            answer = self.set_up(way)
        if answer.status == 200:
            answer = self.ask('PLAY')
        return answer.status

    def interleaved(self):
        """The channel and the packet after a '$'."""
        channel, size = struct.unpack('!BH', self.read(3))
        return channel, self.read(size)

    def packet(self, seconds=5 * SLOWNESS):
        """The next RTP packet. TimeoutError: none comes."""
        if self.udp:
            self.udp[0].settimeout(seconds)
            return self.udp[0].recv(2000)
        self.socket.settimeout(seconds)
        while True:
            if self.early:
                channel, packet = self.early.pop(0)
            else:
                if self.read(1) != b'$':
                    raise Lost
                channel, packet = self.interleaved()
            if channel == 0:
                return packet

    def payloads(self, seconds):
        """The payloads of what comes within this time."""
        end = time.monotonic() + seconds
        found = []
        with contextlib.suppress(TimeoutError):
            while time.monotonic() < end:
                found.append(self.packet(max(0.01, end - time.monotonic()))
                             [12:])
        return found
