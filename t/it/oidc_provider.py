"""A small provider of OpenID Connect: the code flow, tokens signed with the
secret of the client (HS256)."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.parse


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Provider:
    """`url` is its issuer. `claims` are the claims about the user who logs in
    next."""

    client_secret = 'a-secret-of-the-client-with-32-characters-or-more'

    def __init__(self):
        self.claims = {'sub': 'nobody'}
        self.nonces = {}
        handler = type('Handler', (Handler,), {'provider': self})
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def log_in(self, location):
        """What the browser does at the address of the login: the user agrees,
        and the provider sends the browser back. Returns that address."""
        asked = dict(urllib.parse.parse_qsl(
            urllib.parse.urlsplit(location).query))
        code = f'code-{len(self.nonces)}'
        self.nonces[code] = (asked.get('nonce'), dict(self.claims))
        return asked['redirect_uri'] + '?' + urllib.parse.urlencode(
            {'code': code, 'state': asked['state']})

    def token(self, code):
        nonce, claims = self.nonces[code]
        now = int(time.time())
        parts = [{'alg': 'HS256', 'typ': 'JWT'},
                 {'iss': self.url, 'aud': 'cctv', 'iat': now, 'exp': now + 600,
                  'nonce': nonce, **claims}]
        text = '.'.join(encoded(json.dumps(part).encode()) for part in parts)
        return text + '.' + encoded(hmac.new(
            self.client_secret.encode(), text.encode(), hashlib.sha256).digest())

    def metadata(self):
        return {'issuer': self.url,
                'authorization_endpoint': self.url + '/login',
                'token_endpoint': self.url + '/token',
                'jwks_uri': self.url + '/keys',
                'response_types_supported': ['code'],
                'subject_types_supported': ['public'],
                'token_endpoint_auth_methods_supported': ['client_secret_basic'],
                'id_token_signing_alg_values_supported': ['HS256']}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    provider = None

    def reply(self, members):
        body = json.dumps(members).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply({'keys': []} if self.path == '/keys'
                   else self.provider.metadata())

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'])).decode()
        code = dict(urllib.parse.parse_qsl(body))['code']
        self.reply({'access_token': 'x', 'token_type': 'Bearer',
                    'expires_in': 600, 'id_token': self.provider.token(code)})

    def log_message(self, *_):
        pass
