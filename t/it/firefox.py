"""Headless Firefox, by its Marionette protocol: Debian has no geckodriver."""

import json
import os
import shutil
import signal
import socket
import subprocess

from env import SLOWNESS, make_folder, wait_for
from lab import descendants

# The protocol is "length:JSON"; the JSON of a command is [0, id, name, parameters]
# and of an answer [1, id, error, result].
SETTINGS = {'marionette.port': 0, 'browser.shell.checkDefaultBrowser': False,
            'app.normandy.enabled': False, 'app.update.enabled': False,
            'browser.startup.page': 0, 'network.proxy.type': 0,
            'datareporting.policy.dataSubmissionEnabled': False,
            'media.autoplay.default': 0,
            # Full screen, without a click of the user and without its warning.
            'full-screen-api.allow-trusted-requests-only': False,
            'full-screen-api.warning.timeout': 0,
            'full-screen-api.transition-duration.enter': '0 0',
            'full-screen-api.transition-duration.leave': '0 0',
            'network.captive-portal-service.enabled': False,
            'network.connectivity-service.enabled': False}


class Firefox:
    """Accepts any certificate."""

    def __init__(self):
        self.folder = make_folder()
        self.profile = self.folder + '/profile'
        os.mkdir(self.profile)
        with open(self.profile + '/user.js', 'w') as file:
            file.writelines(f'user_pref("{name}", {json.dumps(value)});\n'
                            for name, value in SETTINGS.items())
        with open(self.folder + '/log', 'w') as log:
            self.process = subprocess.Popen(
                ['firefox-esr', '--headless', '--marionette', '--no-remote',
                 '--profile', self.profile], stdout=log, stderr=log,
                env={**os.environ, 'HOME': self.folder})
        port = wait_for(self.port, 'Firefox listens', 60 * SLOWNESS)
        self.connection = socket.create_connection(('127.0.0.1', port), 60)
        self.received = b''
        self.number = 0
        self.read()
        self.order('WebDriver:NewSession', acceptInsecureCerts=True)

    def port(self):
        assert self.process.poll() is None, 'Firefox has ended'
        path = self.profile + '/MarionetteActivePort'
        if os.path.exists(path):
            with open(path) as file:
                return int(file.read() or 0)
        return 0

    def more(self):
        found = self.connection.recv(65536)
        assert found, 'Firefox has closed the connection'
        self.received += found

    def read(self):
        while b':' not in self.received:
            self.more()
        length, _, self.received = self.received.partition(b':')
        while len(self.received) < int(length):
            self.more()
        text = self.received[:int(length)]
        self.received = self.received[int(length):]
        return json.loads(text)

    def order(self, command, **parameters):
        self.number += 1
        text = json.dumps([0, self.number, command, parameters]).encode()
        self.connection.sendall(b'%d:%s' % (len(text), text))
        _, _, error, result = self.read()
        assert error is None, error
        return result

    def go(self, url):
        self.order('WebDriver:Navigate', url=url)
        return self

    def resize(self, width, height):
        self.order('WebDriver:SetWindowRect', width=width, height=height)

    def press(self, *keys):
        """Presses keys one after the other; a tuple is held together."""
        actions = []
        for key in keys:
            held = key if isinstance(key, tuple) else (key,)
            actions += [{'type': 'keyDown', 'value': each} for each in held]
            actions += [{'type': 'keyUp', 'value': each}
                        for each in reversed(held)]
        self.order('WebDriver:PerformActions', actions=[
            {'type': 'key', 'id': 'keys', 'actions': actions}])

    def run(self, script, *arguments):
        """As Page.run() in lab.py."""
        done = self.order('WebDriver:ExecuteAsyncScript', script=(
            'const done = arguments[arguments.length - 1];'
            'const values = Array.from(arguments).slice(0, -1);'
            'Promise.resolve((async function () {' + script
            + '}).apply(null, values)).then('
            '(value) => done([value ?? null]), (error) => done(String(error)));'),
            args=list(arguments))['value']
        assert isinstance(done, list), done
        return done[0]

    def until(self, expression, *arguments, seconds=10):
        return wait_for(lambda: self.run(f'return {expression};', *arguments),
                        expression, seconds * SLOWNESS)

    def remove(self):
        pids = [self.process.pid, *descendants(self.process.pid)]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)
