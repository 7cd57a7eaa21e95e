"""Asks each TURN server for an address with a login that mod_cctv would make
(RFC 8489, RFC 8656; coturn's use-auth-secret)."""

import base64
import hashlib
import hmac
import os
import re
import socket
import ssl
import struct
import time

COOKIE = 0x2112A442
BINDING, ALLOCATE = 0x001, 0x003
SUCCESS, ERROR = 0x100, 0x110
USERNAME, INTEGRITY, ERROR_CODE = 0x0006, 0x0008, 0x0009
REALM, NONCE, TRANSPORT, LIFETIME = 0x0014, 0x0015, 0x0019, 0x000D
UDP = b'\x11\0\0\0'
PORTS = {'stun': 3478, 'turn': 3478, 'turns': 5349}


class Silent(Exception):
    """The server does not answer, or not in STUN."""


def attribute(kind, value):
    return struct.pack('!HH', kind, len(value)) + value + b'\0' * (
        -len(value) % 4)


def message(kind, attributes=b'', key=None):
    size = len(attributes) + (24 if key else 0)
    text = struct.pack('!HHI', kind, size, COOKIE) + os.urandom(12) + attributes
    if key:
        text += attribute(INTEGRITY, hmac.digest(key, text, 'sha1'))
    return text


def parse(text):
    """(kind, attributes)"""
    if len(text) < 20 or struct.unpack('!I', text[4:8])[0] != COOKIE:
        raise Silent('what answers there is no STUN server')
    found, place = {}, 20
    while place + 4 <= len(text):
        kind, size = struct.unpack('!HH', text[place:place + 4])
        found.setdefault(kind, text[place + 4:place + 4 + size])
        place += 4 + size + -size % 4
    return struct.unpack('!H', text[:2])[0], found


class Server:
    def __init__(self, uri):
        found = re.fullmatch(r'(stun|turns?):(\[[^]]*\]|[^:?]*)(?::(\d+))?'
                             r'(?:\?transport=(udp|tcp))?', uri)
        if not found:
            raise Silent('it is no address of a STUN or TURN server')
        self.scheme, host, port, transport = found.groups()
        self.is_stream = self.scheme == 'turns' or transport == 'tcp'
        address = (host.strip('[]'), int(port or PORTS[self.scheme]))
        try:
            self.socket = self._connect(address)
        except OSError as error:
            raise Silent(error.strerror or str(error)) from None

    def _connect(self, address):
        if self.is_stream:
            client = socket.create_connection(address, 3)
            if self.scheme == 'turns':
                context = ssl.create_default_context()
                client = context.wrap_socket(client,
                                             server_hostname=address[0])
            return client
        family, kind, _, _, target = socket.getaddrinfo(
            *address, type=socket.SOCK_DGRAM)[0]
        client = socket.socket(family, kind)
        client.connect(target)
        return client

    def ask(self, request):
        try:
            for wait in (0.5, 1, 2):
                self.socket.settimeout(3 if self.is_stream else wait)
                self.socket.send(request)
                try:
                    return parse(self.socket.recv(2000))
                except socket.timeout:
                    if self.is_stream:
                        break
        except OSError as error:
            raise Silent(error.strerror or str(error)) from None
        raise Silent('no answer')

    def close(self):
        self.socket.close()


def allocate(server, secret):
    """The number of the error; 0: it works."""
    wanted = attribute(TRANSPORT, UDP)
    kind, found = server.ask(message(ALLOCATE, wanted))
    if kind == ALLOCATE + SUCCESS:
        return -1
    name = f'{int(time.time()) + 60}:check'.encode()
    password = base64.b64encode(hmac.digest(secret, name, 'sha1'))
    realm, nonce = found.get(REALM, b''), found.get(NONCE, b'')
    key = hashlib.md5(name + b':' + realm + b':' + password).digest()
    login = (attribute(USERNAME, name) + attribute(REALM, realm)
             + attribute(NONCE, nonce))
    kind, found = server.ask(message(ALLOCATE, wanted + login, key))
    if kind == ALLOCATE + SUCCESS:
        # Gives the address back.
        server.ask(message(0x004, attribute(LIFETIME, b'\0' * 4) + login, key))
        return 0
    code = found.get(ERROR_CODE, b'\0\0\0\0')
    return code[2] * 100 + code[3]


def check_one(report, uri, secret):
    try:
        server = Server(uri)
        try:
            if server.scheme == 'stun':
                server.ask(message(BINDING))
                report.fine(f'{uri} answers')
                return
            error = allocate(server, secret)
        finally:
            server.close()
    except Silent as why:
        report.wrong(f'{uri}: {why}', 'start coturn there, open its port in '
                     'the firewall, or correct CCTVTurnServer')
        return
    if error == 0:
        report.fine(f'{uri} takes the logins of viewers')
    elif error == -1:
        report.wrong(f'{uri} asks nobody for a login: everybody may use it',
                     'lt-cred-mech and use-auth-secret in turnserver.conf')
    elif error in (401, 441):
        report.wrong(f'{uri} refuses the logins of viewers: its secret is '
                     'another one', 'use-auth-secret and static-auth-secret='
                     '<the text of CCTVTurnSecretFile> in turnserver.conf')
    else:
        report.wrong(f'{uri} gives no address (error {error})',
                     'see the log of coturn')


def check(report, apache):
    path = apache.first('CCTVTurnSecretFile')
    secret = b''
    try:
        if path:
            with open(path, 'rb') as file:
                secret = file.read().strip()
    except OSError:
        return  # Apache has said so
    for uri in apache.every('CCTVTurnServer'):
        check_one(report, uri, secret)
