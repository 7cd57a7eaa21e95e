"""Thousands of views at once, with a stand-in for Janus that is fast enough
for them: fast_janus.c."""

import concurrent.futures
import json
import os
import socket
import subprocess
import time
import urllib.request

from crowd import PATIENCE, Connection
from env import HERE
from janus_double import FINGERPRINT

ANSWER = '\r\n'.join([
    'v=0', 'o=- 1 1 IN IP4 192.0.2.7', 's=-', 't=0 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 192.0.2.7', 'a=recvonly',
    'a=mid:v', 'a=ice-ufrag:abcd', 'a=ice-pwd:b2RqfDINyDlSlecynyiJE2',
    'a=fingerprint:sha-256 ' + FINGERPRINT, 'a=setup:active', 'a=rtpmap:96 H264/90000',
    ''])


class FastJanus:
    """Runs fast_janus.c, which answers each call after this many seconds."""

    def __init__(self, folder, seconds):
        program = f'{folder}/fast_janus'
        subprocess.run(['cc', '-O2', '-o', program, HERE + '/fast_janus.c'],
                       check=True)
        self.process = subprocess.Popen(
            [program, '0', str(int(seconds * 1e6))], stdout=subprocess.PIPE,
            encoding='ascii')
        self.secret_file = f'{folder}/secret'
        with open(os.open(self.secret_file, os.O_WRONLY | os.O_CREAT, 0o600),
                  'w') as file:
            file.write('secret-of-fast-janus\n')
        port = int(self.process.stdout.readline())
        self.address = f'http://127.0.0.1:{port}'

    def directives(self):
        return (f'CCTVJanusURL {self.address}/janus\n'
                f'CCTVJanusAdminURL {self.address}/admin\n'
                f'CCTVJanusSecretFile {self.secret_file}\n'
                'CCTVJanusIdleTimeout 60min\n')

    def ask(self, path):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.address + path, timeout=30) as reply:
            return json.load(reply)

    def stats(self):
        """The statistics of fast_janus.c; see stats() there."""
        return self.ask('/stats')

    def reset(self):
        self.ask('/reset')

    def remove(self):
        self.process.kill()
        self.process.wait()


class Client(Connection):
    """Starts and ends views over one connection."""

    def __init__(self, port, turn=0):
        super().__init__(port)
        self.turn = turn

    def request(self, method, path, body, kind):
        if self.socket is None:
            self.socket = socket.create_connection(('127.0.0.1', self.port),
                                                   PATIENCE)
        text = body.encode()
        self.socket.sendall((
            f'{method} {path} HTTP/1.1\r\nHost: localhost\r\n'
            f'Content-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n'
        ).encode() + text)
        return self.read()

    def start_server(self):
        status, body = self.post('/view-start', {'camera_id': 1})
        assert status == 201, (status, body)
        view = json.loads(body)['session_id']
        status, body = self.post('/view-answer',
                                 {'session_id': view, 'sdp': ANSWER})
        assert status == 204, (status, body)
        return view

    def end_server(self, view):
        assert self.post('/view-end', {'session_id': view})[0] == 204

    def start_whep(self):
        status, _ = self.request('POST', '/whep/1', '', 'application/sdp')
        assert status == 406, status
        status, body = self.request('PATCH', self.where, ANSWER,
                                    'application/sdp')
        assert status == 204, (status, body)
        return self.where

    def end_whep(self, view):
        assert self.request('DELETE', view, '', 'application/sdp')[0] == 200

    def start_both(self):
        """The transports take turns."""
        transport = ('server', 'whep')[self.turn % 2]
        self.turn += 1
        return transport, getattr(self, 'start_' + transport)()

    def end_both(self, started):
        transport, view = started
        getattr(self, 'end_' + transport)(view)

    def read(self):
        while b'\r\n\r\n' not in self.data:
            self.receive()
        head = self.data.partition(b'\r\n\r\n')[0].decode()
        for line in head.split('\r\n'):
            if line.lower().startswith('location: '):
                # Relative to the path of the POST.
                self.where = '/whep/' + line[10:]
        return super().read()


class Views:
    """Views of one transport, 'server' or 'whep', or half of them each:
    'both'."""

    def __init__(self, httpd, transport, clients=16):
        self.transport = transport
        self.clients = [Client(httpd.port, turn) for turn in range(clients)]
        self.views = []

    def each(self, name, work):
        """Distributes the work among the clients."""
        def do(number):
            client = self.clients[number]
            act = getattr(client, f'{name}_{self.transport}')
            return [act(*arguments)
                    for arguments in work[number::len(self.clients)]]
        with concurrent.futures.ThreadPoolExecutor(len(self.clients)) as pool:
            return [one for some in pool.map(do, range(len(self.clients)))
                    for one in some]

    def start(self, count):
        self.views += self.each('start', [()] * count)

    def end_all(self):
        self.each('end', [(view,) for view in self.views])
        self.views = []

    def come_and_go(self, seconds, rate):
        """Starts this many views a second and ends each at once. @return how
        many"""
        began = time.monotonic()
        done = 0
        client = self.clients[0]
        start = getattr(client, 'start_' + self.transport)
        end = getattr(client, 'end_' + self.transport)
        while time.monotonic() - began < seconds:
            if done < (time.monotonic() - began) * rate:
                end(start())
                done += 1
            else:
                time.sleep(0.002)
        return done

    def close(self):
        for client in self.clients:
            client.close()
