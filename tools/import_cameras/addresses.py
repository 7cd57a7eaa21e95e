"""Addresses of cameras: what kind they are, whether they are URLs, and whether
they hold a login. The rules are those of sql/10-schema.sql, which has the last
word; t/it/test_import.py compares the two."""

import re

from .words import Bad

# The kinds of addresses, the most useful first. Up to VIDEO it is video.
RTSP, OTHER_VIDEO, VIDEO, WEB, STILL, NOTHING = range(6)

STILL_WORDS = {'still', 'stills', 'snapshot', 'snap', 'image', 'img', 'jpeg',
               'jpg', 'picture', 'pic', 'photo', 'thumbnail', 'thumb',
               'preview', 'poster', 'screenshot', 'bild', 'foto', 'static'}
SUB_WORDS = {'sub', 'second', 'secondary', 'low', 'lowres', 'mobile', 'minor',
             'small', 'substream', 'lq', 'sd', '2'}
MAIN_WORDS = {'main', 'primary', 'first', 'high', 'hd', '1'}
PAGE_WORDS = {'web', 'website', 'site', 'page', 'html', 'homepage', 'info',
              'map', 'icon', 'logo', 'help', 'doc', 'docs', 'manual', 'license',
              'terms', 'attribution', 'agency', 'owner', 'source', 'portal',
              'admin', 'config', 'api', 'feedback', 'contact', 'layer'}

SCHEME = re.compile(r'([a-z][a-z0-9+.-]*)://', re.IGNORECASE)
STILL_END = re.compile(r'\.(?:jpe?g|png|gif|webp|bmp)(?:$|[?#;&])'
                       r'|/(?:snapshot|snap|still|jpe?g|jpg/image)\b'
                       r'|/image\.cgi|snapshot\.cgi', re.IGNORECASE)
NO_JPEG_END = re.compile(r'\.(?:png|gif|webp|bmp)(?:$|[?#])', re.IGNORECASE)
VIDEO_END = re.compile(r'\.(?:m3u8?|mpd|ts|flv|mp4|m4s|webm|mjpe?g|mjpg|ogv'
                       r'|sdp|cgi\?.*mjpe?g|asf|mov|f4m|ism)(?:$|[/?#;&])'
                       r'|/(?:mjpe?g|hls|whep|live|manifest|playlist)\b',
                       re.IGNORECASE)
# cctv_is_url()
URL = re.compile(r'[a-z][a-z0-9+.-]*://(?:[a-z0-9_][a-z0-9._-]*'
                 r'|\[[0-9a-f:.]+(?:%25[a-z0-9._~-]+)?\])'
                 r'(?::[0-9]{1,5})?(?:[/?#].*)?', re.IGNORECASE | re.DOTALL
                 | re.ASCII)
ODD = re.compile('[\\s\x00-\x20\x7f-\x9f]')
# cctv_url_has_login()
HINT = re.compile('[@=%]')
PLACEHOLDER = re.compile(r'[a-z_]+=\{(?:user|password)\}')
USER_AT = re.compile(r':[/\\]+[^/?#]*@')
PAIR_AT = re.compile(r'(?:^|[/\\?#&=;])[^/\\?#&=;@:]+:[^/?#&=;@]+@')
PORT_AT = re.compile(r'^[a-z][a-z0-9+.-]*://[^/?#.@]*:[0-9]*[/?#].*@',
                     re.DOTALL)
PORT_AT_IP = re.compile(r'^[a-z][a-z0-9+.-]*://[^/?#.@]*:[0-9]*[/?#].*@'
                        r'(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}|\[[0-9a-f:.]+\])'
                        r'(?:[:/?#]|$)', re.DOTALL | re.IGNORECASE)
PASSWORD_IS = re.compile(
    r'(?:passwo?rd|passwd|passwort|pwd|loginpass?|loginuse)=')
USER_IS = re.compile(
    r'[^a-z](?:user|username|user_name|userid|user_id|usr|login|pass|passcode'
    r'|passphrase|psw|secret|credentials?|auth|authbasic|authorization)=')
PASSWORD_FILLED = re.compile(
    r'(?:(?:passwo?rd|passwd|passwort|pwd|loginpass?)'
    r'|[^a-z](?:pass|passcode|passphrase|psw))=[^&;_#/?]')
ESCAPE = re.compile('%([2-7][0-9a-f])')


def kind_of(text):
    """RTSP … STILL of an address; NOTHING if it is none."""
    found = SCHEME.match(text)
    if not found:
        return NOTHING
    scheme = found[1].lower()
    if scheme in ('rtsp', 'rtsps', 'rtp'):
        return RTSP
    if scheme not in ('http', 'https'):
        return OTHER_VIDEO if scheme in (
            'rtmp', 'rtmps', 'srt', 'udp', 'mms', 'rtspu', 'rtspt', 'hls',
            'webrtc', 'whep', 'onvif', 'ws', 'wss') else WEB
    if STILL_END.search(text):
        return STILL
    return VIDEO if VIDEO_END.search(text) else WEB


def best_kind(texts):
    """The best kind of some addresses; None if there is no address."""
    kinds = [kind_of(text) for text in texts]
    best = min(kinds, default=NOTHING)
    return None if best == NOTHING else best


def is_web(url):
    return url[:8].lower().startswith(('http://', 'https://'))


def may_be_jpeg(url):
    """Whether a still picture may be fetched from there."""
    return is_web(url) and kind_of(url) > VIDEO and \
        not NO_JPEG_END.search(url)


def host_of(url):
    """The host of a URL in lower case, with neither login nor port."""
    authority = re.split('[/?#]', url.partition('://')[2], maxsplit=1)[0]
    return re.sub(':[0-9]*$', '', authority.rpartition('@')[2].lower())


def looks_like_address(text):
    return bool(SCHEME.match(text))


def is_url(text):
    return URL.fullmatch(text) is not None and not ODD.search(text)


def layers(url):
    """The URL in lower case as it is, and every percent-decoding of it."""
    plain = PLACEHOLDER.sub('', url.lower())
    for _ in range(10):
        yield plain
        if not ESCAPE.search(plain):
            return
        plain = ESCAPE.sub(lambda found: chr(int(found[1], 16)),
                           plain).lower()


def has_login(url):
    if not HINT.search(url):
        return False
    return any(USER_AT.search(plain) or PAIR_AT.search(plain)
               or PORT_AT.search(plain) or PASSWORD_IS.search(plain)
               or USER_IS.search(plain) for plain in layers(url))


def surely_has_login(url):
    """Without what merely looks like a login, such as rtsp://h:8554/a@b."""
    if not HINT.search(url):
        return False
    return any(USER_AT.search(plain) or PORT_AT_IP.search(plain)
               or PASSWORD_FILLED.search(plain)
               for plain in layers(url))


def read_url(text):
    """The address as it is stored. Raises Bad."""
    if not text.isprintable() or ' ' in text:
        # Real lists contain URLs with blanks, which players write as %20.
        text = text.replace(' ', '%20')
        if ODD.search(text):
            raise Bad('holds a line break, a blank or a control character')
    if len(text) > 2048:
        raise Bad('is longer than 2048 characters')
    return text
