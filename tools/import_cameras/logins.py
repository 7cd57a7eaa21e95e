"""Takes logins out of the addresses of cameras.

Where user and password stand in the path or in parameters, {user} and
{password} take their place; mod_cctv fills them in again."""

import base64
import binascii
import ipaddress
import re
from urllib.parse import unquote

from . import addresses
from .words import NOT_TEXT, Bad

HOST = (r'(?:[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+(?:%25[\w.~-]+)?\])'
        r'(?::[0-9]{1,5})?(?=[/?#]|$)')
PARTS = re.compile(r'([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)(.*)', re.DOTALL)
ENDS_IN_HOST = re.compile(rf'(.*)@({HOST})(.*)', re.DOTALL)
USERS = r'user|username|user_name|userid|user_id|usr|login|loginuse|loginname'
PASSWORDS = (r'[a-z]*passwo?rd|passwd|passwort|[a-z]*pwd|loginpass?|pass'
             r'|passcode|passphrase|psw')
BASIC = r'auth|authbasic|authorization|credentials?|secret'
PARAMETER = re.compile(
    rf'(?P<lead>[/?&;_#,])(?P<name>(?P<u>{USERS})|(?P<p>{PASSWORDS})'
    rf'|(?P<b>{BASIC}))=(?P<value>(?:(?!_[a-z]+=)[^&;#/?])*)', re.IGNORECASE)
PORTS = {'rtsp': 554, 'rtsps': 322, 'http': 80, 'https': 443, 'rtmp': 1935,
         'rtmps': 443, 'rtspu': 554, 'rtspt': 554}
CANNOT = ('holds a login that cannot be taken out of it: write the address '
          'without it, and the login into the file of logins')
UNFIT_USER = re.compile('[\\s:\x00-\x1f\x7f]')
UNFIT_PASSWORD = re.compile('[\x00-\x1f\x7f]|^ | $|^""$')
# The user of a login without one: a line of the file needs a user.
NO_USER = '-'


def needs_taking(url):
    """Also where a password has a "/" in it, so that it is no URL."""
    return addresses.has_login(url) or '@' in url and \
        not addresses.is_url(url)


def take(url):
    """(address without a login, user, password); user is None if there was no
    login. Raises Bad."""
    if not needs_taking(url):
        return url, None, None
    found = PARTS.fullmatch(url)
    if not found:
        raise Bad(CANNOT)
    scheme, authority, tail = found.groups()
    user = password = None
    if '@' in authority:
        login, _, authority = authority.rpartition('@')
        user, password = _split(login)
    elif '@' in tail:
        port = authority.rpartition(':')[2] if ':' in authority else ''
        if port and not port.isdigit() or addresses.PORT_AT_IP.search(url):
            # A password that holds a "/".
            long = ENDS_IN_HOST.fullmatch(authority + tail)
            if not long:
                raise Bad(CANNOT)
            user, password = _split(long[1])
            authority, tail = long[2], long[3]
    tail, more_user, more_password = _take_parameters(tail)
    if more_user is not None:
        if user is not None and (user, password) != (more_user,
                                                     more_password):
            raise Bad('holds two logins that differ: leave one out')
        user, password = more_user, more_password
    address = scheme + authority + tail
    if user is None or addresses.has_login(address):
        raise Bad(CANNOT if addresses.surely_has_login(address)
                  or user is not None else LOOKS)
    check(user, password)
    return address, user, password


LOOKS = ('looks as if it holds a login, which is not shown here: say '
         'ALLOW_AT=1 if no address of the file holds one')


def _split(login):
    user, _, password = login.partition(':')
    return decoded(user), decoded(password)


def decoded(text):
    """Without percent-encoding; bytes that are no UTF-8 are refused later."""
    return unquote(text, errors='surrogateescape')


def _take_parameters(tail):
    """(tail with placeholders, user, password)"""
    user = password = None
    seen = False

    def put(found):
        nonlocal user, password, seen
        value = decoded(found['value'])
        if value in ('{user}', '{password}'):
            return found[0]
        seen = True
        if found['u']:
            user = value if user is None else user
            return f'{found["lead"]}{found["name"]}={{user}}'
        if found['p']:
            password = value if password is None else password
            return f'{found["lead"]}{found["name"]}={{password}}'
        both = _basic(value)
        if both is None:
            return found[0]
        user, password = both
        return found['lead'] if found['lead'] in '/?' else ''
    is_bare = tail.endswith('?')
    tail = PARAMETER.sub(put, tail).replace('?&', '?')
    if tail.endswith('?') and not is_bare:
        tail = tail[:-1]
    if not seen or user is None and password is None:
        return tail, None, None
    return tail, user or NO_USER, password or ''


def _basic(value):
    """(user, password) of the text that HTTP calls Basic, or None."""
    value = re.sub(r'^basic[ +]*', '', value, flags=re.IGNORECASE)
    try:
        text = base64.b64decode(value + '=' * (-len(value) % 4),
                                validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(':')
    return (user, password) if colon and user else None


def check(user, password):
    """Raises Bad if the file of logins cannot hold them."""
    if NOT_TEXT.search(user + password):
        raise Bad('holds a login that is not in UTF-8, which the file of '
                  'logins cannot hold')
    if not user or UNFIT_USER.search(user):
        raise Bad('holds a login whose user is empty or has blanks or a colon '
                  'in it, which the file of logins cannot hold')
    if UNFIT_PASSWORD.search(password):
        raise Bad('holds a login whose password begins or ends with a blank, '
                  'or has control characters, which the file of logins cannot '
                  'hold')


def pattern_of(address):
    """The pattern of the file of logins for one address: host:port/path; None
    if the address is no URL, or the server would refuse the pattern and with
    it the whole file."""
    found = PARTS.fullmatch(address)
    if not found or not re.fullmatch(HOST, found[2]):
        return None
    host, colon, port = found[2].rpartition(':')
    if not colon or port.endswith(']') or not port.isdigit():
        host = found[2]
        port = PORTS.get(found[1][:-3].lower())
    host = re.sub('%25.*(?=])', '', host.lower())
    if not is_host(host) or not 0 < int(port or 1) <= 65535 or \
            not port and found[3]:
        return None
    return f'{host}:{int(port)}{found[3]}' if port else host


def is_host(host):
    """A name or an address, and no mistyped address such as 10.0.0.256."""
    if not host.startswith('[') and host.strip('0123456789.'):
        return len(host) <= 253
    try:
        if host.startswith('['):
            ipaddress.IPv6Address(host[1:-1])
        else:
            ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True
