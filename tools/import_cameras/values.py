"""Values as people write them, to the text that the database stores.

Each reader takes text without blanks around it, not empty. It returns the text
to store, None for "not known", or raises Bad."""

import html
import math
import re
import struct

from .words import Bad

# What programs and people write into a cell that has no value.
EMPTY_WORDS = frozenset((
    '', 'null', '(null)', '[null]', '<null>', 'none', '(none)', '<none>',
    'n/a', '(n/a)', 'n.a.', 'n.a', 'n\\a', 'n / a', '#n/a', '#n/a n/a', '<na>',
    'nan', '-nan', '#null!', '#value!', '#ref!', '#name?', '#div/0!', '#num!',
    'not reported', 'not available', 'not applicable', 'not specified',
    'not set', 'not known', 'not provided', 'not defined', 'not assigned',
    'not recorded', 'not stated', 'unspecified', 'undefined', 'unassigned',
    '(blank)', '(empty)', '-', '--', '---', '–', '—', '−', '?', '??', '???',
    '.', '...', '…', '\\n', 'keine angabe', 'k.a.', 'k. a.', 'sans objet'))
# Also empty, but not as a text of its own: a camera may have the name "Other",
# and a role "unknown" must not become public.
EMPTY_VALUES = EMPTY_WORDS | {
    'unknown', '<unknown>', 'unk', 'other', 'na', 'nil', 'missing', 'blank',
    'empty', 'nd', 'tbd', 't.b.d.', 'tba', 'n.d.', 'no data', 'nodata',
    'no value'}

# Signs alone may be a key.
EMPTY_KEYS = frozenset(word for word in EMPTY_WORDS
                       if not word or any(map(str.isalpha, word)))

# The longest text that may tell a number, a size or a direction.
TEXT_MAX = 200

CONTROL = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029]')
LINE_BREAK = re.compile(r'[ \t]*[\r\n\v\f\x85\u2028\u2029]+[ \t]*')
ENTITY = re.compile(r'&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});')
NUMBER = re.compile(r'[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)'
                    r'(?:[eE][+-]?[0-9]+)?')
GROUPED = re.compile(r"[0-9]{1,3}(?:([., '’\xa0\u202f])[0-9]{3})"
                     r"(?:\1[0-9]{3})*")
WHOLE = re.compile(r'\+?([0-9]+)(?:[.,]0*)?')

TRUE = frozenset('t true yes y 1 on ja oui si sí wahr vrai x ✓ ✔ enabled '
                 'enable active available present with installed'.split())
FALSE = frozenset('f false no n 0 off nein non falsch faux ✗ ✘ disabled '
                  'disable inactive unavailable absent without '
                  'unsupported'.split())
AUDIO_CODECS = re.compile(
    r'(?:mpeg-?4 ?)?(?:aac|g\.?7[12][0-9]|pcm|opus|mp[23]|mp4a|amr|speex'
    r'|vorbis|ac-?3|l16|adpcm|lpcm)', re.IGNORECASE)

ONLINE = frozenset((
    'online', 'active', 'up', '1', 'true', 't', 'yes', 'y', 'on', 'enabled',
    'ok', 'okay', 'working', 'works', 'operational', 'operating', 'running',
    'live', 'connected', 'available', 'in service', 'good', 'normal', 'alive',
    'streaming', 'recording', 'reachable', 'healthy', 'responding', 'ready',
    'in use', 'in operation', 'functional', 'functioning', 'started',
    'activated', 'degraded', 'warning', 'partial', 'installed', 'aktiv',
    'in betrieb', 'verfügbar', 'actif', 'en service', 'activo', 'ja', 'oui',
    'si', 'sí', 'wahr', 'vrai', 'verdadero', 'open', 'current', 'green', 'idle',
    'standby', 'stand by'))
OFFLINE = frozenset((
    'offline', 'inactive', 'down', 'bad', '0', 'false', 'f', 'no', 'n', 'off',
    'disabled', 'not working', 'not operational', 'non operational',
    'nonoperational', 'inoperative', 'stopped', 'dead', 'disconnected',
    'not connected', 'unavailable', 'not available', 'out of service',
    'not in service', 'out of order', 'fault', 'faulty', 'failed', 'failure',
    'error', 'alarm', 'critical', 'lost', 'no signal', 'signal lost',
    'video loss', 'video lost', 'no video', 'unreachable', 'not reachable',
    'unresponsive', 'not responding', 'no response', 'timeout', 'timed out',
    'maintenance', 'under maintenance', 'in maintenance', 'under repair',
    'under construction', 'construction', 'planned', 'proposed', 'removed',
    'decommissioned', 'retired', 'closed', 'deactivated', 'suspended',
    'deleted', 'defective', 'defekt', 'außer betrieb', 'ausser betrieb',
    'inaktiv', 'inactif', 'hors service', 'inactivo', 'nein', 'non', 'falsch',
    'faux', 'falso', 'red',
    'temporarily unavailable', 'not active', 'not online', 'not running',
    'connection lost', 'communication failure', 'comm failure', 'missing'))
UNKNOWN = frozenset((
    'unknown', 'pending', 'testing', 'test', 'other', 'undetermined',
    'unverified', 'not monitored', 'unmonitored', 'unbekannt', 'inconnu',
    'desconocido', 'initializing', 'connecting', 'starting', 'n/a'))

FPS_AROUND = re.compile(
    r'^(?:(?:fps\s*[:=]|max\.?|up to|approx\.?|ca\.?|about|~|≈|≤|<=)\s*)?(.*?)'
    r'\s*(?:@|fps|f\.?p\.?s\.?|f/s|frames?\s*(?:/|per|p)\s*s(?:ec(?:ond)?)?\.?'
    r'|frames?|hz|hertz|ips|i/s|im/s|b/s|bps|bilder/s|p|i'
    r'|(?:images?|im[aá]genes|imgs?|pictures?|pics?|fotogramas)\s*'
    r'(?:/|par|por|per)\s*s(?:ec(?:ond[es]*)?)?'
    r'|pps|/\s*s(?:ec)?|per second)?\s*(?:\(?max(?:imum)?\.?\)?)?$',
    re.IGNORECASE | re.DOTALL)


def decoded(text):
    """Without HTML entities. &amp;amp; is decoded twice: exports of exports
    contain it."""
    for _ in range(2):
        if not ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


def check_length(text, limit=TEXT_MAX):
    """A long text would take the patterns here minutes."""
    if len(text) > limit:
        raise Bad(f'is longer than {limit} characters')


def number(text):
    if not NUMBER.fullmatch(text):
        raise Bad('is not a number')
    value = float(text.replace(',', '.'))
    if math.isinf(value):
        raise Bad('is too large')
    return value


def read_pixels(text):
    text = re.sub('(?:px|pixels?)$', '', text, flags=re.IGNORECASE).rstrip()
    if GROUPED.fullmatch(text):
        text = re.sub('[^0-9]', '', text)
    found = WHOLE.fullmatch(text)
    if not found:
        raise Bad('is not a whole number')
    digits = found[1].lstrip('0')
    if not digits:
        raise Bad('is not above 0')
    if len(digits) > 10 or int(digits) > 2147483647:
        raise Bad('is too large')
    return digits


def read_fps(text):
    check_length(text)
    inner = FPS_AROUND.fullmatch(text)[1]
    ratio = re.fullmatch(r'([0-9]+(?:\.[0-9]+)?)\s*[/:]\s*([0-9]+)', inner)
    if ratio:
        if float(ratio[2]) == 0:
            return None
        value = float(ratio[1]) / float(ratio[2])
    else:
        value = number(inner)
    if value <= 0:
        raise Bad('is not above 0')
    try:
        if struct.unpack('<f', struct.pack('<f', value))[0] == 0:
            raise Bad('is too small')
    except OverflowError:
        raise Bad('is too large') from None
    return repr(value)


def read_audio(text):
    check_length(text)
    word = text.casefold()
    if word in TRUE or AUDIO_CODECS.match(word) or re.fullmatch(
            r'mono|stereo|mic(?:rophone)?|(?:with|has) (?:audio|sound)', word):
        return 't'
    if word in FALSE or word in ('no audio', 'no sound', 'mute', 'muted'):
        return 'f'
    raise Bad('is not true or false')


def status_word(text):
    text = re.sub('(?<=[a-z])(?=[A-Z])', ' ', text)
    text = re.sub(r'\s*\(.*\)$', '', text)
    word = ' '.join(re.split(r'[\s_-]+', text.casefold().strip(' .!')))
    word = word.replace('on line', 'online').replace('off line', 'offline')
    word = re.sub('^temporarily ', '', word)
    begins = re.match('(online|offline)\\b', word)
    if begins:
        return begins[1]
    word = re.sub(r'^(?:is|currently|camera|device|status:?) ', '', word)
    return word if word else text.casefold()


def read_status(text):
    check_length(text)
    word = status_word(text)
    for name, words in (('online', ONLINE), ('offline', OFFLINE),
                        ('unknown', UNKNOWN)):
        if word in words:
            return name
    if re.fullmatch('[01][.,]0', word):
        return 'online' if word[0] == '1' else 'offline'
    raise Bad('is not online, offline or unknown')


def read_disabled(text):
    """Columns such as disabled or out_of_service say the opposite."""
    turned = {'online': 'offline', 'offline': 'online', 'unknown': 'unknown'}
    return turned[read_status(text)]


def read_text(limit):
    def read(text):
        if len(text) > limit:
            raise Bad(f'is longer than {limit} characters')
        if CONTROL.search(text):
            raise Bad('holds a line break or another control character')
        return text
    return read


def read_name(text):
    """A line break in a cell of a spreadsheet is a blank of the name."""
    if not text.isprintable():
        text = LINE_BREAK.sub(' ', text) if not _ODD.search(text) else text
        if CONTROL.search(text):
            raise Bad('holds a line break or another control character')
    if len(text) > 200:
        raise Bad('is longer than 200 characters')
    return text


_ODD = re.compile('[\x00-\x09\x0e-\x1f\x7f-\x9f]')


def read_role(text):
    if ',' in text:
        raise Bad('holds a comma: a camera has one role')
    return read_text(64)(text)
