"""The real parts of video: Janus, test cameras, coturn, a browser.

They need a network with more than loopback: `make it` runs the tests in one of
their own, see namespace.sh. Tests that use them are marked `real`.
"""

import base64
import contextlib
import glob
import hashlib
import hmac
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

from env import (HERE, REPO, children, make_folder, process_halted,
                 wait_for)

ADDRESS = os.environ.get('CCTV_NETWORK')
real = pytest.mark.skipif(
    not ADDRESS, reason='WebRTC needs a network of its own: see namespace.sh')
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SCRIPTS = ('/usr/share/javascript/janus-gateway/janus.js',
           '/usr/share/javascript/webrtc-adapter/adapter.js')
PLUGIN = 'janus.plugin.streaming'
FMTP = 'profile-level-id=4d401f;packetization-mode=1'


def free_port(kind=socket.SOCK_STREAM):
    """A port below the range that the system gives to clients, so that it is
    still free when a killed server is started again on it."""
    while True:
        port = random.randrange(10000, 20000)
        with socket.socket(type=kind) as probe, \
                contextlib.suppress(OSError):
            probe.bind(('', port))
            return port


def descendants(pid):
    """All descendants of this process."""
    for child in children(pid):
        yield child
        yield from descendants(child)


def is_gone(pid):
    """Whether a process has ended, even if its parent has not waited for it."""
    with contextlib.suppress(OSError), open(f'/proc/{pid}/stat') as stat:
        return stat.read().rpartition(')')[2].split()[0] in 'ZX'
    return True


class JanusError(Exception):
    """Janus refused a request: .code and the reason."""

    def __init__(self, code, reason):
        super().__init__(f'{code} {reason}')
        self.code = code


class Janus:
    """A private Janus, started by tools/janus.sh: `url`, `admin_url`, `ws_url`
    (with ws=True), and `secret`, which is also in `secret_file`. `ports`: where
    it sends media from."""

    def __init__(self, ws=False, events=None, ports=''):
        self.folder = make_folder()
        self.settings = {'JANUS_WS': '1' if ws else '',
                         'JANUS_EVENTS': events or '',
                         'JANUS_MEDIA_PORTS': ports}
        self.transactions = itertools.count()
        self.start()

    def tool(self, command):
        done = subprocess.run(
            [REPO + '/tools/janus.sh', command, self.folder + '/janus'],
            env={**os.environ, **self.settings}, stdout=subprocess.PIPE,
            encoding='utf-8', timeout=60, check=command != 'status')
        return done.stdout

    def start(self):
        self.tool('start')
        found = dict(line.split('=', 1)
                     for line in self.tool('env').splitlines())
        self.url = found['JANUS_URL']
        self.admin_url = found['JANUS_ADMIN_URL']
        self.ws_url = found.get('JANUS_WS_URL')
        self.secret_file = found['JANUS_SECRET_FILE']
        with open(self.secret_file) as file:
            self.secret = file.read()
        return self

    def stop(self):
        self.tool('stop')

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)

    def pid(self):
        return int(self.tool('status').split()[1])

    def kill(self):
        """Ends Janus as a crash does."""
        pid = self.pid()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: is_gone(pid), 'Janus is gone')

    @contextlib.contextmanager
    def halted(self):
        """Stops Janus; its ports still accept connections."""
        with process_halted(self.pid()):
            yield

    def text(self):
        with open(self.folder + '/janus/log') as log:
            return log.read()

    def send(self, url, members, timeout=20):
        members = {'transaction': f't{next(self.transactions)}', **members}
        request = urllib.request.Request(
            url, json.dumps(members).encode(),
            {'Content-Type': 'application/json'})
        with OPENER.open(request, timeout=timeout) as reply:
            found = json.load(reply)
        if found['janus'] == 'error':
            raise JanusError(found['error']['code'], found['error']['reason'])
        return found

    def ask(self, path='', **members):
        """One request to the Janus API."""
        return self.send(self.url + path,
                         {'apisecret': self.secret, **members})

    def admin(self, janus, path='', **members):
        """One request to the admin API."""
        return self.send(self.admin_url + path, {
            'janus': janus, 'admin_secret': self.secret, **members})

    def streaming(self, request, **members):
        """One plugin request by the admin API, without a Janus session."""
        found = self.admin('message_plugin', plugin=PLUGIN, request={
            'request': request, 'admin_key': self.secret,
            'secret': self.secret, **members})['response']
        if 'error' in found:
            raise JanusError(found['error_code'], found['error'])
        return found

    def sessions(self):
        """The ids of its Janus sessions."""
        return self.admin('list_sessions')['sessions']

    def handles(self):
        """The handle_info of each handle of each Janus session."""
        found = []
        for session in self.sessions():
            # A Janus session or a handle may end meanwhile.
            with contextlib.suppress(JanusError):
                for handle in self.admin('list_handles',
                                         f'/{session}')['handles']:
                    with contextlib.suppress(JanusError):
                        found.append(self.admin(
                            'handle_info', f'/{session}/{handle}')['info'])
        return found

    def mountpoints(self):
        """{id: the answer of `info`} of all mountpoints, including private ones."""
        found = {}
        for each in self.streaming('list')['list']:
            with contextlib.suppress(JanusError):
                found[each['id']] = self.streaming(
                    'info', id=each['id'])['info']
        return found

    def create_rtp(self, number, port, **more):
        """Makes a mountpoint for a camera that sends RTP to this port."""
        return self.streaming('create', id=number, type='rtp', media=[{
            'type': 'video', 'mid': 'v', 'iface': '127.0.0.1', 'port': port,
            'pt': 96, 'codec': 'h264', 'fmtp': FMTP, 'bufferkf': True}],
            **more)

    def create_rtsp(self, number, url, **more):
        return self.streaming(
            'create', id=number, type='rtsp', url=url, video=True,
            audio=False, videobufferkf=True, rtsp_reconnect_delay=2,
            **{'rtsp_failcheck': False, **more})

    def token(self, seconds=60, extra=(), secret=None, plugin=PLUGIN):
        """A signed token, as Janus verifies it."""
        data = ','.join([str(int(time.time()) + seconds), 'janus', plugin,
                         *extra])
        signed = hmac.digest((secret or self.secret).encode(), data.encode(),
                             hashlib.sha1)
        return data + ':' + base64.b64encode(signed).decode()


class Viewing:
    """A Janus session that watches a mountpoint: `offer` is its SDP."""

    def __init__(self, janus, number, seconds=10, **more):
        self.janus = janus
        # A `watch` of a mountpoint that was never connected makes the handle
        # useless: Janus never sends an offer or an error.
        wait_for(lambda: janus.streaming('info', id=number)['info']['media'],
                 'the camera is connected', seconds)
        self.session = janus.ask(janus='create')['data']['id']
        self.path = f'/{self.session}'
        self.handle = janus.ask(self.path, janus='attach',
                                plugin=PLUGIN)['data']['id']
        self.send({'request': 'watch', 'id': number, **more})
        event = self.event()
        assert 'jsep' in event, event
        self.offer = event['jsep']['sdp']

    def send(self, body, **more):
        return self.janus.ask(f'{self.path}/{self.handle}', janus='message',
                              body=body, **more)

    def event(self):
        with OPENER.open(f'{self.janus.url}{self.path}?maxev=1&apisecret='
                         + self.janus.secret, timeout=35) as reply:
            return json.load(reply)

    def answer(self, sdp):
        """Sends the browser's answer without its candidates."""
        lines = [line for line in sdp.splitlines()
                 if not line.startswith('a=candidate')]
        self.send({'request': 'start'}, jsep={
            'type': 'answer', 'sdp': '\r\n'.join(lines) + '\r\n',
            'trickle': False})

    def keep(self):
        self.janus.ask(self.path, janus='keepalive')

    def end(self):
        with contextlib.suppress(JanusError):
            self.janus.ask(self.path, janus='destroy')


class Cameras:
    """Test cameras in one process. way: 'rtsp', or 'rtp' with one name. Each
    start uses the same port. `login` is "user password", for RTSP."""

    def __init__(self, way, *names, fps=12, keyframes=2, login='',
                 codec='h264', kbits=None):
        self.login = login
        self.folder = make_folder()
        self.way = way
        self.port = free_port(socket.SOCK_DGRAM if way == 'rtp'
                              else socket.SOCK_STREAM)
        self.command = [
            '/usr/bin/python3', REPO + '/tools/cameras.py', way,
            str(self.port), *names, '--fps', str(fps), '--keyframes',
            str(keyframes), '--codec', codec,
            *(['--kbits', str(kbits)] if kbits else [])]
        self.start()

    def start(self):
        with open(self.folder + '/log', 'w') as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log,
                env={**os.environ, 'XDG_CACHE_HOME': self.folder,
                     'CAMERA_LOGIN': self.login})
        wait_for(lambda: 'ready' in self.text(), 'the cameras serve', 30)

    def text(self):
        assert self.process.poll() is None, 'the cameras have ended'
        with open(self.folder + '/log') as log:
            return log.read()

    def url(self, name=None):
        return f'{self.way}://127.0.0.1:{self.port}' + (
            '/' + name if name else '')

    def kill(self):
        self.process.kill()
        self.process.wait()

    def halt(self):
        """Stays connected, but sends no frames."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder)


class Coturn:
    """A private TURN server: `url`, and `secret`, which is also in
    `secret_file`."""

    def __init__(self):
        self.folder = make_folder()
        self.secret = os.urandom(16).hex()
        self.secret_file = self.folder + '/secret'
        self.port = free_port()
        self.url = f'turn:{ADDRESS}:{self.port}?transport=udp'
        for name, text in (('secret', self.secret),
                           ('turnserver.conf', self.config())):
            with open(os.open(f'{self.folder}/{name}',
                              os.O_WRONLY | os.O_CREAT, 0o600), 'w') as file:
                file.write(text)
        with open(self.folder + '/log', 'w') as log:
            self.process = subprocess.Popen(
                ['turnserver', '-c', self.folder + '/turnserver.conf'],
                stdout=log, stderr=log, cwd=self.folder)
        wait_for(self.answers, 'coturn listens', 30)

    def config(self):
        return '\n'.join([
            f'listening-ip={ADDRESS}', f'listening-port={self.port}',
            f'relay-ip={ADDRESS}', 'min-port=40000', 'max-port=49999',
            'use-auth-secret', f'static-auth-secret={self.secret}',
            'realm=cctv.test', 'no-tls', 'no-dtls', 'no-cli', 'fingerprint',
            f'userdb={self.folder}/users', f'pidfile={self.folder}/pid',
            'log-file=stdout', 'simple-log', 'verbose', ''])

    def answers(self):
        """Whether the server answers a STUN binding request."""
        assert self.process.poll() is None, self.text()
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            client.settimeout(0.2)
            with contextlib.suppress(OSError):
                client.sendto(bytes.fromhex('000100002112a442')
                              + os.urandom(12), (ADDRESS, self.port))
                return client.recv(1500)

    def text(self):
        with open(self.folder + '/log', errors='backslashreplace') as log:
            return log.read()

    def server(self, seconds=60, secret=None):
        """An ICE server with credentials, in the format of browsers."""
        name = f'{int(time.time()) + seconds}:test'
        signed = hmac.digest((secret or self.secret).encode(), name.encode(),
                             hashlib.sha1)
        return {'urls': [self.url], 'username': name,
                'credential': base64.b64encode(signed).decode()}

    def remove(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)


class Page:
    """A window of the browser."""

    def __init__(self, browser, handle):
        self.driver = browser.driver
        self.handle = handle

    def run(self, script, *arguments):
        """The result of a function body, or of the promise that it returns."""
        self.driver.switch_to.window(self.handle)
        done = self.driver.execute_async_script(
            'const done = arguments[arguments.length - 1];'
            'const values = Array.from(arguments).slice(0, -1);'
            'Promise.resolve((async function () {' + script
            + '}).apply(null, values)).then('
            '(value) => done([value]), (error) => done(String(error)));',
            *arguments)
        assert isinstance(done, list), done
        return done[0]

    def stats(self):
        """See stats() in page/viewer.js."""
        return self.run('return stats();')

    def plays(self, frames=5):
        """The stats, if at least this many frames are new since the last call;
        at the first call: if there are any frames."""
        found = self.stats()
        grown = found['frames'] - getattr(self, 'seen', 0)
        if grown < 0:
            # Another connection starts at zero.
            self.seen, grown = 0, found['frames']
        if grown < frames or not found['width']:
            return None
        self.seen = found['frames']
        return found

    def wait_until_plays(self, seconds=15, frames=5):
        """Waits until this many further frames were decoded; the stats."""
        self.seen = self.stats()['frames']
        try:
            return wait_for(lambda: self.plays(frames), 'a picture moves',
                            seconds)
        except AssertionError as error:
            raise AssertionError(f'{error}: {self.stats()}') from None

    def wait_until_stands(self, seconds=10):
        """Waits until no frame was decoded for a second."""
        def stands():
            before = self.stats()['frames']
            time.sleep(1)
            return self.stats()['frames'] == before
        wait_for(stands, 'the picture stands', seconds)

    def close(self):
        """Closes the window as a user does: the page's unload handlers run."""
        with contextlib.suppress(WebDriverException):
            self.driver.switch_to.window(self.handle)
            self.driver.get('about:blank')
            self.driver.close()


class Browser:
    """Headless Chromium. It is started when a test first needs a page, and
    again after it was killed."""

    FLAGS = ('--headless=new', '--no-sandbox', '--disable-gpu',
             '--no-first-run', '--disable-background-networking',
             '--disable-component-update', '--disable-sync',
             '--disable-dev-shm-usage', '--no-proxy-server',
             '--autoplay-policy=no-user-gesture-required',
             '--disable-background-timer-throttling',
             '--disable-backgrounding-occluded-windows',
             '--disable-renderer-backgrounding',
             # Without that cache, a page that is left is over at once.
             '--disable-features=WebRtcHideLocalIpsWithMdns,BackForwardCache')
    # How many empty windows are kept.
    SPARE = 4

    def __init__(self):
        self.folder = None
        self.driver = None
        self.opened = set()
        self.spare = []

    def start(self):
        self.folder = make_folder()
        options = webdriver.ChromeOptions()
        options.binary_location = '/usr/bin/chromium'
        for flag in (*self.FLAGS, f'--user-data-dir={self.folder}'):
            options.add_argument(flag)
        options.set_capability('goog:loggingPrefs',
                               {'browser': 'ALL', 'performance': 'ALL'})
        # Only the network requests of that log are needed.
        options.add_experimental_option('perfLoggingPrefs',
                                        {'enablePage': False})
        # Chromium needs a home directory that it can write to.
        self.service = Service(
            '/usr/bin/chromedriver', log_path=self.folder + '/log',
            env={**os.environ, 'HOME': self.folder})
        self.driver = webdriver.Chrome(service=self.service, options=options)
        self.driver.set_script_timeout(30)
        # Chromium ends when it has no window.
        self.first = self.driver.current_window_handle

    def open(self, url):
        """A page in a window of its own."""
        if self.driver is None:
            self.start()
        if self.spare:
            self.driver.switch_to.window(self.spare.pop())
        else:
            self.driver.switch_to.window(self.first)
            self.driver.switch_to.new_window('window')
            self.opened.add(self.driver.current_window_handle)
        self.driver.get(url)
        return Page(self, self.driver.current_window_handle)

    def close_pages(self):
        """Leaves all pages. A new window costs a second of processor time, so
        some windows are kept for the next pages."""
        if self.driver is None:
            return
        for handle in self.driver.window_handles:
            if handle == self.first or handle in self.spare:
                continue
            if handle in self.opened and len(self.spare) < self.SPARE:
                self.leave(handle)
                self.spare.append(handle)
            else:
                Page(self, handle).close()

    def leave(self, handle):
        """Makes a window empty, as a new one is; unload handlers run."""
        self.driver.switch_to.window(handle)
        self.driver.get('about:blank')
        for command, values in (
                ('Emulation.clearDeviceMetricsOverride', {}),
                ('Emulation.setTouchEmulationEnabled', {'enabled': False}),
                ('Emulation.setEmulatedMedia', {'features': []}),
                ('Page.resetNavigationHistory', {})):
            self.driver.execute_cdp_cmd(command, values)

    def kill(self):
        """Kills all processes of the browser, so that no page sends /view-end."""
        if self.driver is None:
            return
        for pid in [self.service.process.pid,
                    *descendants(self.service.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.service.process.wait()
        self.driver = None
        self.opened = set()
        self.spare = []
        shutil.rmtree(self.folder, ignore_errors=True)

    remove = kill


# Modules and directives of an Apache that serves the test pages.
PAGE_MODULES = ('mime', 'dir')
PAGE_CONFIG = ('TypesConfig /dev/null\nAddType text/html;charset=utf-8 .html\n'
               'AddType text/javascript;charset=utf-8 .js\n')


def add_pages(httpd):
    """Puts the test pages into an Apache's document root; its address."""
    for path in [*glob.glob(HERE + '/page/*'), *SCRIPTS,
                 REPO + '/htdocs/cctv-client.js']:
        shutil.copy(path, httpd.folder + '/htdocs')
    return f'http://127.0.0.1:{httpd.port}/'
