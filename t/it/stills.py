"""Cameras that serve still pictures, with the faults that real ones have."""

import base64
import collections
import hashlib
import http.server
import os
import threading
import urllib.request

# A JPEG of 4 × 4 pixels.
JPEG = base64.b64decode(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////'
    '////////////////////////////////////////////////wAALCAAEAAQBAREA/8QAFAAB'
    'AAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z')
USER, PASSWORD = 'viewer', 'pass word %7'
REALM, NONCE = 'camera', '8f2b'


def picture(number, size=0):
    """A JPEG that differs from those of other numbers: with a comment."""
    comment = str(number).encode().ljust(size, b'.')
    pieces = [comment[at:at + 60000] for at in range(0, len(comment), 60000)]
    return JPEG[:2] + b''.join(
        b'\xff\xfe' + (len(each) + 2).to_bytes(2, 'big') + each
        for each in pieces) + JPEG[2:]


def md5(*parts):
    return hashlib.md5(':'.join(parts).encode()).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """The first part of the path names the behaviour, the rest the camera."""
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def do_GET(self):
        cameras = self.server.cameras
        behaviour = self.path.split('/')[1].partition('?')[0]
        number = cameras.note(self.path)
        getattr(self, 'do_' + behaviour, self.do_missing)(cameras, number)

    def answer(self, status, body=b'', kind='image/jpeg', **fields):
        self.send_response(status)
        if kind:
            self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        self.wfile.write(body)

    def do_ok(self, cameras, number):
        self.answer(200, picture(number, cameras.size))

    def do_same(self, *_):
        self.answer(200, JPEG)

    def do_untyped(self, *_):
        self.answer(200, JPEG, None)

    def do_missing(self, *_):
        self.answer(404, b'no such picture', 'text/plain')

    def do_error(self, *_):
        self.answer(500, JPEG)

    def do_empty(self, *_):
        self.answer(200)

    def do_html(self, *_):
        self.answer(200, b'<script>alert(1)</script>', 'image/jpeg')

    def do_typed(self, *_):
        self.answer(200, JPEG, 'text/html')

    def do_mjpeg(self, *_):
        self.answer(200, b'--x\r\nContent-Type: image/jpeg\r\n\r\n' + JPEG,
                    'multipart/x-mixed-replace; boundary=x')

    def do_huge(self, *_):
        self.send_response(200)
        self.send_header('Content-Type', 'image/jpeg')
        self.send_header('Content-Length', str(1 << 30))
        self.end_headers()

    def do_short(self, *_):
        self.close_connection = True
        self.send_response(200)
        self.send_header('Content-Type', 'image/jpeg')
        self.send_header('Content-Length', '5000')
        self.end_headers()
        self.wfile.write(JPEG)

    def do_endless(self, cameras, _):
        self.close_connection = True
        self.send_response(200)
        self.send_header('Content-Type', 'image/jpeg')
        self.end_headers()
        self.wfile.write(JPEG)
        while not cameras.is_over.is_set():
            try:
                self.wfile.write(bytes(65536))
            except OSError:
                return

    def do_silent(self, cameras, _):
        """Accepts the connection, and never says anything."""
        cameras.is_over.wait()
        self.close_connection = True

    def do_dripping(self, cameras, _):
        self.close_connection = True
        self.send_response(200)
        self.send_header('Content-Type', 'image/jpeg')
        self.end_headers()
        for byte in picture(0, 5000):
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return
            if cameras.is_over.wait(0.05):
                return

    def do_held(self, cameras, number):
        """Answers once the test says so."""
        cameras.go_on.wait()
        self.do_ok(cameras, number)

    def do_redirect(self, cameras, _):
        self.answer(302, Location=cameras.target)

    def do_basic(self, *_):
        wanted = base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()
        if self.headers['Authorization'] == 'Basic ' + wanted:
            self.answer(200, JPEG)
        else:
            self.answer(401, b'Log in', 'text/plain',
                        WWW_Authenticate=f'Basic realm="{REALM}"')

    def do_plain(self, *_):
        """Asks for a login, and sends the picture without a type."""
        if self.headers['Authorization']:
            self.answer(200, JPEG, None)
        else:
            self.answer(401, b'Log in', 'text/html',
                        WWW_Authenticate=f'Basic realm="{REALM}"')

    def do_digest(self, *_):
        fields = self.headers['Authorization'] or ''
        said = urllib.request.parse_keqv_list(urllib.request.parse_http_list(
            fields.removeprefix('Digest '))) if fields[:7] == 'Digest ' else {}
        right = said and said.get('response') == md5(
            md5(USER, REALM, PASSWORD), NONCE, said['nc'], said['cnonce'],
            'auth', md5('GET', self.path))
        if right:
            self.answer(200, JPEG)
        else:
            self.answer(401, b'Log in', 'text/plain', WWW_Authenticate=(
                f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", '
                'algorithm=MD5'))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, *_):
        """The module may close a connection at any time."""


class StillCameras:
    """Cameras at http://{host}/{behaviour}/{camera}.

    asked  how often each path was requested
    size   of the comment in the pictures of /ok, in bytes"""

    def __init__(self, host='127.0.0.1', port=0):
        self.asked = collections.Counter()
        self.lock = threading.Lock()
        self.is_over = threading.Event()
        self.go_on = threading.Event()
        self.target = '/ok/0'
        self.size = 0
        self.server = Server((host, port), Handler)
        self.server.cameras = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       kwargs={'poll_interval': 0.05},
                                       daemon=True)
        self.thread.start()

    def note(self, path):
        with self.lock:
            self.asked[path] += 1
            return self.asked[path]

    def url(self, path, host='127.0.0.1'):
        return f'http://{host}:{self.port}/{path}'

    def remove(self):
        self.is_over.set()
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()


def write_logins(path, port):
    """A file for CCTVCameraLoginsFile."""
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'127.0.0.1:{port} {USER} {PASSWORD}\n')
    os.chmod(path, 0o600)
    return path
