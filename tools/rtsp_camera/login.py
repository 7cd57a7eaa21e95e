"""Basic and Digest logins, and accounts that are locked."""

import base64
import hashlib
import re

from rtsp_camera.behaviours import PASSWORD, USER

REALM = 'camera'
NONCE = '5ccc069c403ebaf9f0171e9517f40e41'


def md5(*parts):
    return hashlib.md5(':'.join(parts).encode()).hexdigest()


def basic(password=PASSWORD):
    """The value of the header Authorization."""
    text = f'{USER}:{password}'.encode()
    return 'Basic ' + base64.b64encode(text).decode()


def digest(method, uri, password=PASSWORD):
    response = md5(md5(USER, REALM, password), NONCE, md5(method, uri))
    return (f'Digest username="{USER}", realm="{REALM}", nonce="{NONCE}", '
            f'uri="{uri}", response="{response}"')


def challenge(kind):
    """The value of the header WWW-Authenticate."""
    if kind == 'basic':
        return f'Basic realm="{REALM}"'
    return f'Digest realm="{REALM}", nonce="{NONCE}"'


def is_right(kind, method, given):
    """Whether the value of Authorization holds the right login."""
    if kind == 'basic':
        return given == basic()
    fields = dict(re.findall(r'(\w+)="([^"]*)"', given))
    expected = digest(method, fields.get('uri', ''))
    return fields == dict(re.findall(r'(\w+)="([^"]*)"', expected))


class Account:
    """The account of a camera: counts logins, and locks itself."""

    def __init__(self, behaviour):
        self.behaviour = behaviour
        self.reset()

    def reset(self):
        self.right = self.wrong = 0

    def is_locked(self):
        return 0 < self.behaviour.locks_after <= self.wrong

    def refusal(self, method, given):
        """None, or the status that refuses a request with this value of
        Authorization (None: without). Each request with a login is an
        attempt, even when the account is locked."""
        kind = self.behaviour.login
        if not kind:
            return None
        was_locked = self.is_locked()
        if given is not None:
            if is_right(kind, method, given):
                self.right += 1
                if not was_locked:
                    return None
            else:
                self.wrong += 1
        return self.behaviour.locked_status if was_locked else 401
