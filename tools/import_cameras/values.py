"""Values as people write them, to the text that the database stores.

Each reader takes text without blanks around it, not empty. It returns the text
to store, None for "not known", or raises Bad."""

import html
import math
import re
import struct

from .codecs_of_video import CODECS, codec_and_profile
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

CONTROL = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029]')
BLANK = re.compile(r'\s')
LINE_BREAK = re.compile(r'[ \t]*[\r\n\v\f\x85\u2028\u2029]+[ \t]*')
ENTITY = re.compile(r'&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});')
NUMBER = re.compile(r'[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)'
                    r'(?:[eE][+-]?[0-9]+)?')
GROUPED = re.compile(r"[0-9]{1,3}(?:([., '’\xa0\u202f])[0-9]{3})"
                     r"(?:\1[0-9]{3})*")
WHOLE = re.compile(r'\+?([0-9]+)(?:[.,]0*)?')

COMPASS = 'n nne ne ene e ese se sse s ssw sw wsw w wnw nw nnw'.split()
# Words for the quarters; letters are joined from words.
QUARTERS = {
    'north': 'n', 'northern': 'n', 'northerly': 'n', 'northward': 'n',
    'northwards': 'n', 'nord': 'n', 'norte': 'n', 'noord': 'n',
    'south': 's', 'southern': 's', 'southerly': 's', 'southward': 's',
    'southwards': 's', 'sud': 's', 'süd': 's', 'sued': 's', 'sur': 's',
    'zuid': 's',
    'east': 'e', 'eastern': 'e', 'easterly': 'e', 'eastward': 'e',
    'eastwards': 'e', 'ost': 'e', 'est': 'e', 'este': 'e', 'oost': 'e',
    'west': 'w', 'western': 'w', 'westerly': 'w', 'westward': 'w',
    'westwards': 'w', 'ouest': 'w', 'oeste': 'w', 'ovest': 'w'}
_WORD = '|'.join(sorted((*QUARTERS, 'n', 's', 'e', 'w'), key=len, reverse=True))
FACING = re.compile(
    r'^(?:(?:looking|facing|looks|faces|view|viewing|pointing|points|towards?'
    r'|to|the|heading|travel(?:l)?ing|direction|bound)\s+)+')
QUARTER_WORDS = re.compile(rf'(?:(?:{_WORD})(?:[\s_/,-]*))+?')
ONE_QUARTER = re.compile(_WORD)
SURVEYOR = re.compile(r'([ns])\s*([0-9]+(?:[.,][0-9]+)?)\s*°?\s*([ew])')
DEGREES_AFTER = re.compile(
    r'\s*(?:°|º|˚|deg\.?|degs|degrees?|grad|grados|degrés|d)?\s*'
    r'(?:\(?\s*(?:t|true|mag(?:netic)?|cw|from north)\s*\)?)?\s*$',
    re.IGNORECASE)

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
    'open', 'current', 'green', 'idle', 'standby', 'stand by'))
OFFLINE = frozenset((
    'offline', 'inactive', 'down', '0', 'false', 'f', 'no', 'n', 'off',
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
    'inaktiv', 'inactif', 'hors service', 'inactivo', 'nein', 'non', 'red',
    'temporarily unavailable', 'not active', 'not online', 'not running',
    'connection lost', 'communication failure', 'comm failure', 'missing'))
UNKNOWN = frozenset((
    'unknown', 'pending', 'testing', 'test', 'other', 'undetermined',
    'unverified', 'not monitored', 'unmonitored', 'unbekannt', 'inconnu',
    'desconocido', 'initializing', 'connecting', 'starting', 'n/a'))

SIZES = {
    'qcif': (176, 144), 'cif': (352, 288), '2cif': (704, 288),
    '4cif': (704, 576), '16cif': (1408, 1152), 'd1': (704, 576),
    'full d1': (720, 576), '960h': (960, 576), 'qvga': (320, 240),
    'hvga': (480, 320), 'vga': (640, 480), 'wvga': (800, 480),
    'svga': (800, 600), 'xga': (1024, 768), 'wxga': (1280, 800),
    'sxga': (1280, 1024), 'uxga': (1600, 1200), 'wuxga': (1920, 1200),
    'qxga': (2048, 1536), 'sd': (640, 480), 'hd': (1280, 720),
    'hd ready': (1280, 720), 'hd720': (1280, 720), 'fhd': (1920, 1080),
    'full hd': (1920, 1080), 'fullhd': (1920, 1080), 'hd1080': (1920, 1080),
    'qhd': (2560, 1440), 'wqhd': (2560, 1440), '2k': (2048, 1080),
    'uhd': (3840, 2160), '4k': (3840, 2160), '4k uhd': (3840, 2160),
    'uhd 4k': (3840, 2160), 'ultra hd': (3840, 2160), '5k': (5120, 2880),
    '8k': (7680, 4320), '8k uhd': (7680, 4320), 'uhd 8k': (7680, 4320)}
WIDTHS = {144: 256, 240: 426, 288: 352, 360: 640, 480: 640, 540: 960,
          576: 704, 600: 800, 720: 1280, 768: 1024, 900: 1600, 960: 1280,
          1024: 1280, 1080: 1920, 1200: 1600, 1296: 2304, 1440: 2560,
          1520: 2688, 1536: 2048, 1620: 2880, 1800: 3200, 1944: 2592,
          2048: 3072, 2160: 3840, 2880: 5120, 4320: 7680}
SIZE_PAIR = re.compile(
    r'\(?\[?\s*([0-9][0-9.,]*)\s*(?:px|pixels?|w)?\s*'
    r'(?:x|×|\*|✕|✖|х|by|/|:|,|;|\s)\s*'
    r'([0-9][0-9.,]*)\s*(?:pixels?|px|p|i|h)?\s*\)?\]?', re.IGNORECASE)
SIZE_LINES = re.compile(r'([0-9]{3,4})\s*(?:p|i|lines|n)?', re.IGNORECASE)
SIZE_AFTER = re.compile(
    r'(?:\s*(?:@|\bat\b)\s*[0-9.,]+\s*(?:fps|hz|p|i|ips|f/s)?'
    r'|(?<=[0-9][pi])[0-9]{2}|\s*(?:[0-9.]+\s*fps)|\s+(?:progressive|interlaced)'
    r'|\s*\(?\s*[0-9]+\s*:\s*[0-9]+\s*\)?)\s*$', re.IGNORECASE)
MEGAPIXELS = re.compile(r'[0-9]+(?:[.,][0-9]+)?\s*(?:mp|mpx|megapixels?'
                        r'|megapixel|mpix)', re.IGNORECASE)
FPS_AROUND = re.compile(
    r'^(?:(?:max\.?|up to|approx\.?|ca\.?|about|~|≈|≤|<=)\s*)?(.*?)'
    r'\s*(?:@|fps|f\.?p\.?s\.?|f/s|frames?\s*(?:/|per|p)\s*s(?:ec(?:ond)?)?\.?'
    r'|frames?|hz|hertz|ips|i/s|im/s|b/s|bps|bilder/s|p|i'
    r'|images?\s*(?:/|par|per)\s*s(?:ec(?:ond[es]*)?)?|pics?/s|fotogramas/s'
    r'|/\s*s(?:ec)?|per second)?$', re.IGNORECASE)


def is_empty(text):
    """For values; a name or a key is empty with fewer words."""
    return text.casefold() in EMPTY_VALUES


def decoded(text):
    """Without HTML entities. &amp;amp; is decoded twice: exports of exports
    contain it."""
    for _ in range(2):
        if not ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


def number(text):
    if not NUMBER.fullmatch(text):
        raise Bad('is not a number')
    value = float(text.replace(',', '.'))
    if math.isinf(value):
        raise Bad('is too large')
    return value


def read_pixels(text):
    text = re.sub(r'\s*(?:px|pixels?)$', '', text, flags=re.IGNORECASE)
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


def read_size(text):
    """(width, height) as text; (None, None) for megapixels, which do not
    tell them."""
    plain = SIZE_AFTER.sub('', text).strip()
    found = SIZE_PAIR.fullmatch(plain)
    if found:
        return read_pixels(found[1]), read_pixels(found[2])
    word = ' '.join(re.split(r'[\s_-]+', plain.casefold()))
    lines = SIZE_LINES.fullmatch(plain)
    if lines and int(lines[1]) in WIDTHS:
        return str(WIDTHS[int(lines[1])]), str(int(lines[1]))
    if word in SIZES:
        width, height = SIZES[word]
        return str(width), str(height)
    inner = re.search(r'([0-9]{2,5})\s*[x×*]\s*([0-9]{2,5})', plain)
    if inner:
        return read_pixels(inner[1]), read_pixels(inner[2])
    inner = re.search(r'\b([0-9]{3,4})[pi]\b', plain, re.IGNORECASE)
    if inner and int(inner[1]) in WIDTHS:
        return str(WIDTHS[int(inner[1])]), inner[1]
    if MEGAPIXELS.search(plain):
        return None, None
    raise Bad('is not a size such as 1920x1080 or 1080p')


def read_fps(text):
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


def compass_degrees(text):
    """Degrees of a point of the compass such as N, north-east or SB; None if
    the text is none."""
    word = FACING.sub('', text.casefold().strip(' .'))
    word = re.sub(r"[\s_/.-]*(?:bound|\(.*\)|facing|direction|side)$", '',
                  word).strip()
    if re.fullmatch(r'[nsew]{1,2}[/ -]?b', word):
        word = word[:-1].rstrip('/ -')
    surveyor = SURVEYOR.fullmatch(word)
    if surveyor:
        angle = number(surveyor[2])
        if angle > 90:
            return None
        base = 0 if surveyor[1] == 'n' else 180
        right = (surveyor[1] == 'n') == (surveyor[3] == 'e')
        return (base + angle if right else base - angle) % 360
    if len(word) > 40 or not QUARTER_WORDS.fullmatch(word):
        return None
    letters = ''.join(QUARTERS.get(part, part)
                      for part in ONE_QUARTER.findall(word))
    # "north/south" is a road, not where a camera looks.
    if '/' in word or ',' in word:
        return None
    return 22.5 * COMPASS.index(letters) if letters in COMPASS else None


def read_heading(text):
    point = compass_degrees(text)
    if point is not None:
        return repr(point)
    plain = DEGREES_AFTER.sub('', text.replace('−', '-').replace('–', '-'))
    try:
        value = number(plain)
    except Bad:
        both = re.fullmatch(r'(.*?)\s*\(?\s*([+-]?[0-9]+(?:[.,][0-9]+)?)'
                            r'\s*°?\s*\)?', text)
        if both and compass_degrees(both[1]) is not None:
            value = number(both[2])
        else:
            raise Bad('is neither degrees nor a point of the compass '
                      'such as N or SSW') from None
    if not -360 <= value <= 360:
        raise Bad('is not between 0 and 360 degrees, nor between -180 and 180')
    return repr(value % 360)


def read_direction(text):
    """Columns named direction also contain words such as Median or Both
    Directions, for which there is no heading."""
    if any(c.isdigit() for c in text) and not re.search('[a-z]{4}', text,
                                                        re.IGNORECASE):
        return read_heading(text)
    try:
        return read_heading(text)
    except Bad:
        return None


def read_field_of_view(text):
    value = number(DEGREES_AFTER.sub('', text))
    if not 0 < value <= 360:
        raise Bad('is not above 0 and up to 360 degrees')
    return repr(value)


def read_codec(text):
    codec, _ = codec_and_profile(text)
    if codec is None:
        raise Bad('is not a codec known here: ' + ', '.join(CODECS))
    return codec


def read_audio(text):
    word = text.casefold()
    if word in TRUE or AUDIO_CODECS.match(word):
        return 't'
    if word in FALSE or word in ('no audio', 'no sound', 'mute', 'muted'):
        return 'f'
    raise Bad('is not true or false')


def status_word(text):
    word = ' '.join(re.split(r'[\s_-]+', text.casefold().strip(' .!')))
    word = re.sub(r'^(?:is|currently|camera|device|status:?) ', '', word)
    return word if word else text.casefold()


def read_status(text):
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
