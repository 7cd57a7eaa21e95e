"""One RTSP connection."""

import asyncio
import contextlib
import http
import json
import re
import urllib.parse

from rtsp_camera import login, sdp
from rtsp_camera.behaviours import METHODS
from rtsp_camera.media import Interleaved, Sender, open_udp

REASONS = {454: 'Session Not Found', 461: 'Unsupported Transport'}
MAX_BODY = 1 << 16
GARBAGE = b'\x00\xff\x16\x03\x01 this is no RTSP \r\n\r\n' * 20
SESSION = '47112815'


class Request:
    def __init__(self, head):
        lines = head.decode('latin-1').rstrip().split('\r\n')
        self.method, self.uri = (lines[0].split(' ') + ['', ''])[:2]
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(':')
            self.headers[name.strip().lower()] = value.strip()
        path = urllib.parse.urlsplit(self.uri).path
        # A track follows the name.
        self.name = path.strip('/').split('/')[0]

    def is_path_only(self):
        return '://' not in self.uri


class Connection:
    def __init__(self, server, reader, writer):
        self.server = server
        self.reader = reader
        self.writer = writer
        self.camera = None
        self.ways = {}
        self.tasks = []

    async def run(self):
        try:
            while True:
                request = await self.read()
                if request.method in ('GET', 'POST'):
                    return self.control(request)
                await self.handle(request)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError,
                ConnectionError, UnicodeError):
            pass
        finally:
            for task in self.tasks:
                task.cancel()
            for way in self.ways.values():
                way.close()
            self.writer.close()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()

    async def read(self):
        """The next request, without the RTCP between requests."""
        while True:
            first = await self.reader.readexactly(1)
            if first != b'$':
                break
            head = await self.reader.readexactly(3)
            await self.reader.readexactly(int.from_bytes(head[1:], 'big'))
        request = Request(first + await self.reader.readuntil(b'\r\n\r\n'))
        length = request.headers.get('content-length', '0')
        if length.isdecimal():
            await self.reader.readexactly(min(int(length), MAX_BODY))
        return request

    # --- the tests ask the server -------------------------------------------

    def control(self, request):
        """GET /counts, and POST /reset."""
        if request.method == 'POST':
            for camera in self.server.cameras.values():
                camera.reset()
        found = {name: camera.told()
                 for name, camera in self.server.cameras.items()}
        self.writer.write(b'HTTP/1.0 200 OK\r\n'
                          b'Content-Type: application/json\r\n\r\n'
                          + json.dumps(found).encode())

    # --- RTSP ---------------------------------------------------------------

    def reply(self, request, status=200, *headers, body=''):
        reason = REASONS.get(status) or http.HTTPStatus(status).phrase
        if status == 302:
            headers += ('Location: ' + self.base(request, 'plain'),)
        lines = [f'RTSP/1.0 {status} {reason}',
                 'CSeq: ' + request.headers.get('cseq', '0'), *headers]
        if body:
            lines.append(f'Content-Length: {len(body)}')
        self.writer.write(''.join(line + '\r\n' for line in [*lines, ''])
                          .encode() + body.encode())

    def base(self, request, name=None):
        host, port = self.writer.get_extra_info('sockname')
        return f'rtsp://{host}:{port}/{name or request.name}/'

    async def handle(self, request):
        camera = self.server.cameras.get(request.name)
        if camera is None:
            return self.reply(request, 404)
        if camera is not self.camera:
            self.camera = camera
            camera.counts['CONNECTIONS'] += 1
        method, behaviour = request.method, camera.behaviour
        if method in METHODS:
            camera.counts[method] += 1
        if behaviour.raw:
            return await self.answer_raw(request, behaviour.raw)
        await asyncio.sleep(behaviour.delay.get(method, 0))
        status = self.refusal(request)
        if status == 401:
            self.reply(request, 401, 'WWW-Authenticate: '
                       + login.challenge(behaviour.login))
        elif status:
            self.reply(request, status)
        elif method not in behaviour.hangs_on:
            await getattr(self, 'do_' + method.lower())(request)

    def refusal(self, request):
        """The status that refuses a request; None: none."""
        behaviour, method = self.camera.behaviour, request.method
        if method not in METHODS:
            return 501
        # Cameras tell their methods to everybody.
        status = method != 'OPTIONS' and self.camera.account.refusal(
            method, request.headers.get('authorization'))
        if status:
            return status
        if method in behaviour.path_only and not request.is_path_only():
            return 404
        if self.camera.counts[method] == 1 and method in behaviour.first_status:
            return behaviour.first_status[method]
        return behaviour.status.get(method)

    async def answer_raw(self, request, kind):
        if kind == 'garbage':
            self.writer.write(GARBAGE)
        elif kind == 'half_headers':
            self.writer.write(b'RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Le')
            await self.writer.drain()
            raise ConnectionError
        else:
            self.reply(request, 200, 'X-Camera: ' + 'x' * (1 << 20))
            await self.writer.drain()

    async def do_options(self, request):
        self.reply(request, 200, 'Public: ' + ', '.join(METHODS))

    async def do_describe(self, request):
        self.reply(request, 200, 'Content-Base: ' + self.base(request),
                   'Content-Type: application/sdp',
                   body=sdp.describe(self.camera.behaviour,
                                     self.camera.clip))

    async def do_setup(self, request):
        for offered in request.headers.get('transport', '').split(','):
            if 'tcp' in offered.lower():
                way, taken = 'tcp', self.set_up_tcp
            else:
                way, taken = 'udp', self.set_up_udp
            if way not in self.camera.behaviour.transports:
                continue
            answer = await taken(request, offered.strip())
            if answer:
                return self.reply(request, 200, 'Transport: ' + answer,
                                  f'Session: {SESSION};timeout=60')
        return self.reply(request, 461)

    def add_way(self, request, way):
        """Keeps the way of a track; of the only one if no track is named."""
        track = request.uri.rstrip('/').rpartition('/')[2]
        if track not in sdp.TRACKS.values():
            track = sdp.TRACKS['video']
        if track in self.ways:
            self.ways[track].close()
        self.ways[track] = way

    async def set_up_tcp(self, request, offered):
        found = re.search(r'interleaved=(\d+)-(\d+)', offered)
        channels = [int(each) for each in found.groups()] if found else [0, 1]
        if max(channels) > 255:
            return None
        self.add_way(request, Interleaved(self.writer, channels))
        return ('RTP/AVP/TCP;unicast;interleaved='
                + '-'.join(map(str, channels)))

    async def set_up_udp(self, request, offered):
        found = re.search(r'client_port=(\d+)-(\d+)', offered)
        if not found or 'multicast' in offered:
            return None
        ports = [int(each) for each in found.groups()]
        address = self.writer.get_extra_info('sockname')[0]
        client = self.writer.get_extra_info('peername')[0]
        way = await open_udp(address, client, ports)
        self.add_way(request, way)
        return (f'RTP/AVP;unicast;client_port={ports[0]}-{ports[1]};'
                'server_port={}-{};source={}'.format(*way.ports(), address))

    async def do_play(self, request):
        self.reply(request, 200, f'Session: {SESSION}', 'Range: npt=now-')
        behaviour = self.camera.behaviour
        way = self.ways.get(sdp.TRACKS['video'])
        if self.tasks:
            return
        limit = behaviour.plays
        if way and (limit is None or self.camera.counts['PLAY'] <= limit):
            sender = Sender(behaviour, self.camera.clip, way)
            self.tasks.append(asyncio.create_task(sender.run()))
        if behaviour.closes_after is not None:
            self.tasks.append(asyncio.create_task(self.close_later(request)))

    async def close_later(self, request):
        await asyncio.sleep(self.camera.behaviour.closes_after)
        if self.camera.behaviour.says_teardown:
            self.writer.write(
                f'TEARDOWN {self.base(request)} RTSP/1.0\r\nCSeq: 1\r\n'
                f'Session: {SESSION}\r\n\r\n'.encode())
        # Ends run(), which then ends all tasks.
        self.writer.close()

    async def do_pause(self, request):
        self.stop()
        self.reply(request, 200, f'Session: {SESSION}')

    async def do_get_parameter(self, request):
        self.reply(request, 200, f'Session: {SESSION}')

    async def do_teardown(self, request):
        self.stop()
        self.reply(request, 200)

    def stop(self):
        for task in self.tasks:
            task.cancel()
        self.tasks = []
