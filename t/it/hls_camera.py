"""A camera of HLS: an https server with a live playlist and its segments."""

import functools
import http.server
import ssl
import struct
import subprocess
import threading
import time

import gi

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

SEGMENTS, WINDOW, FPS = 90, 6, 5
PIPELINE = (
    f'videotestsrc num-buffers={SEGMENTS * FPS} pattern=ball '
    f'! video/x-raw,width=160,height=120,framerate={FPS}/1 ! x264enc '
    f'speed-preset=ultrafast threads=1 key-int-max={FPS} bframes=0 bitrate=64 '
    '! video/x-h264,profile=baseline ! mp4mux fragment-duration=1000 '
    'streamable=true ! appsink name=sink sync=false')


def boxes(data):
    """(type, bytes) of each box of an MP4."""
    at = 0
    while at < len(data):
        size = struct.unpack('>I', data[at:at + 4])[0]
        yield data[at + 4:at + 8], data[at:at + size]
        at += size


@functools.cache
def clip():
    """(what initialises a player, the segments of a second each)"""
    Gst.init(None)
    pipeline = Gst.parse_launch(PIPELINE)
    sink = pipeline.get_by_name('sink')
    pipeline.set_state(Gst.State.PLAYING)
    data = b''
    while sample := sink.emit('try-pull-sample', 20 * Gst.SECOND):
        buffer = sample.get_buffer()
        data += buffer.extract_dup(0, buffer.get_size())
    pipeline.set_state(Gst.State.NULL)
    start, segments = b'', []
    for kind, box in boxes(data):
        if kind in (b'ftyp', b'moov'):
            start += box
        elif kind == b'moof':
            segments.append(box)
        elif kind == b'mdat':
            segments[-1] += box
    return start, segments


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def do_GET(self):
        camera = self.server.camera
        camera.asked.append(self.path)
        name = self.path.partition('?')[0].rpartition('/')[2]
        start, segments = clip()
        if camera.fails:
            self.answer(404, b'', 'text/plain')
        elif name == 'index.m3u8':
            self.answer(200, camera.playlist(len(segments)).encode(),
                        'application/vnd.apple.mpegurl')
        elif name == 'start.mp4':
            self.answer(200, start, 'video/mp4')
        else:
            self.answer(200, segments[int(name.partition('.')[0])],
                        'video/mp4')

    def answer(self, status, body, kind):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Access-Control-Allow-Origin', '*')
        self.send_header('Cache-Control', 'no-store')
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A browser may close a connection at any time."""


class HlsCamera:
    """A camera at `url`. The playlist begins with the first request.

    asked  the paths of all requests
    fails  True: every request is answered with 404"""

    def __init__(self, folder):
        self.asked = []
        self.fails = False
        self.began = None
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
             'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
             '/CN=camera', '-keyout', folder + '/key', '-out',
             folder + '/certificate'], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + '/certificate', folder + '/key')
        self.server = Server(('127.0.0.1', 0), Handler)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True,
            do_handshake_on_connect=False)
        self.server.camera = self
        self.origin = f'https://127.0.0.1:{self.server.server_address[1]}'
        self.url = self.origin + '/live/index.m3u8?token=x'
        threading.Thread(target=self.server.serve_forever, daemon=True,
                         kwargs={'poll_interval': 0.05}).start()

    def playlist(self, count):
        """The newest segments. It stands still when there is no further one."""
        self.began = self.began or time.monotonic()
        first = min(int(time.monotonic() - self.began), count - WINDOW)
        return '\n'.join([
            '#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:1',
            f'#EXT-X-MEDIA-SEQUENCE:{first}', '#EXT-X-MAP:URI="start.mp4"',
            *(f'#EXTINF:1.0,\n{number}.m4s'
              for number in range(first, first + WINDOW)), ''])

    def remove(self):
        self.server.shutdown()
        self.server.server_close()
