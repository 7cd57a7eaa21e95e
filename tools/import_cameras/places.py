"""Coordinates as people and programs write them: degrees, minutes and seconds,
pairs in one cell, WKT, EWKB, GeoJSON, ISO 6709."""

import ast
import re
import struct

from .values import check_length
from .words import Bad

# References in which a degree is where WGS 84 has it, within some metres.
DEGREES = {0, 4326, 4979, 4258, 4269, 4283, 4167, 4674, 7844}
FAR_FROM_DEGREES = 400

PLAIN = re.compile(r'[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)'
                   r'(?:[eE][+-]?[0-9]+)?')
_N = r'[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?'
_NC = r'[+-]?[0-9]+,[0-9]+'
_UN = r'[0-9]+(?:[.,][0-9]+)?'
DMS = re.compile(
    r'(?P<before>[NSEW])?\s*(?P<sign>[+-])?\s*(?P<deg>' + _UN + r')'
    r"(?:\s*(?:°|degrees|degree|deg|d)\s*|\s*:\s*|\s+|-|(?=[NSEW])|$)"
    r'(?:(?P<min>' + _UN + r")"
    r"(?:\s*(?:'|minutes|minute|min|m)\s*|\s*:\s*|\s+|-|(?=[NSEW])|$)"
    r'(?:(?P<sec>' + _UN + r')\s*(?:"|seconds|second|sec|s)?\s*)?)?'
    r'(?P<after>[NSEW])?', re.ASCII)
# 513026 or, as receivers of GPS write it, 5130.4333.
PACKED = re.compile(r'([0-9]{2,3})([0-9]{2})([0-9]{2}(?:\.[0-9]+)?)?')
NMEA = re.compile(r'([0-9]{2,3})([0-9]{2}\.[0-9]+)()')
PAIR = re.compile(rf'({_N})\s*[,;/|\s]\s*({_N})'
                  rf'(?:\s*[,;/|\s]\s*{_N})?')
COMMA_PAIR = re.compile(rf'({_NC})(?:\s*[;/|]\s*|\s*,\s+|,|\s+)({_NC})')
MIXED_PAIR = re.compile(rf'({_N}|{_NC})\s*[;/|]\s*({_N}|{_NC})')
WKT = re.compile(
    r'(?:SRID\s*=\s*([0-9]+)\s*;\s*)?(?:MULTI)?POINT\s*(?:ZM|Z|M)?\s*'
    rf'\(\s*\(?\s*({_N})\s+({_N})(?:\s+{_N}){{0,2}}\s*\)?\s*\)',
    re.IGNORECASE)
OTHER_WKT = re.compile(
    r'(?:SRID\s*=\s*[0-9]+\s*;\s*)?(?:MULTI)?'
    r'(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE|GEOMETRYCOLLECTION)\b',
    re.IGNORECASE)
EWKB = re.compile(r'(?:\\+x|0x)?(0[01](?:[0-9a-f]{2}){20,})', re.IGNORECASE)
ISO_6709 = re.compile(r'([+-][0-9]{2,6}(?:\.[0-9]+)?)'
                      r'([+-][0-9]{3,7}(?:\.[0-9]+)?)'
                      r'(?:[+-][0-9]+(?:\.[0-9]+)?)?(?:CRS[^/]*)?/?')
GEO_URI = re.compile(rf'geo:\s*({_N}),({_N})(?:[,;?].*)?', re.IGNORECASE)
MAP_LINK = re.compile(rf'https?://.*?(?:[@=/]|%40)({_N})(?:,|%2C)\+?({_N}).*',
                      re.IGNORECASE)
LABELLED = re.compile(
    r'(lat|lon|lng|long|latitude|longitude|x|y)\b\W*?'
    rf'({_NC}|{_N})\W+(lat|lon|lng|long|latitude|longitude|x|y)\b\W*?'
    rf'({_NC}|{_N})\W*', re.IGNORECASE)
# What may stand before degrees: lat: 51.5, or the apostrophe of Excel.
LABEL = re.compile(r"^(?:(?:latitude|longitude|lat|long|lon|lng|[xy])\b\W*?"
                   r"(?=[-+0-9NSEW])|'(?=[-+0-9]))", re.IGNORECASE)
IN_BRACKETS = re.compile(rf'.*\(\s*({_N})\s*,\s*({_N})\s*\)\s*', re.DOTALL)
LETTER = re.compile(r'(?<![A-Za-z])[NSEW](?![A-Za-z])')
WORDS = {'north': 'N', 'south': 'S', 'east': 'E', 'west': 'W'}
MARKS = str.maketrans({
    '−': '-', '–': '-', '‒': '-', '\xa0': ' ', '\u202f': ' ', '\u2009': ' ',
    '′': "'", '’': "'", '‘': "'", 'ʹ': "'", '`': "'", '´': "'",
    '″': '"', '”': '"', '“': '"', 'ʺ': '"', '„': '"',
    'º': '°', '˚': '°', '⁰': '°', '，': ',', '；': ';'})
PAIR_MAX = 1000
LIMIT = {'longitude': 180, 'latitude': 90}
NOT_A_NUMBER = 'is not a number such as 51.5072 or 51°30\'26"N'


# Decimal commas are told from separators before this is called.
def number(text):
    value = float(text.replace(',', '.'))
    if value in (float('inf'), float('-inf')):
        raise Bad('is too large')
    return value


def plain_marks(text):
    text = text.translate(MARKS).replace("''", '"').strip(' ;,')
    for word, letter in WORDS.items():
        text = re.sub(word, letter, text, flags=re.IGNORECASE)
    return text


def in_range(value, axis):
    limit = LIMIT[axis]
    if -limit <= value <= limit:
        return value
    reason = f'is not between -{limit} and {limit} degrees'
    if abs(value) > FAR_FROM_DEGREES:
        reason += (': if the file has projected coordinates, give longitude '
                   'and latitude in degrees (WGS 84)')
    raise Bad(reason)


def degrees(text, axis):
    """Degrees of one axis, or of any if axis is None. Raises Bad."""
    check_length(text)
    if PLAIN.fullmatch(text):
        value = number(text)
    else:
        value, letter = with_letter(LABEL.sub('', plain_marks(text)))
        if letter and axis and (letter in 'EW') != (axis == 'longitude'):
            raise Bad(f'says {letter}, which is no {axis}: latitude and '
                      'longitude look swapped')
    return in_range(value, axis) if axis else value


def with_letter(text):
    """(degrees, N, S, E, W or None)"""
    found = DMS.fullmatch(text[:1].upper() + text[1:-1] + text[-1:].upper()
                          if text[-1:] in 'nsew' and text[-2:-1] in ' °"\''
                          or text[:1] in 'nsew' else text)
    if not found and text[-1:] in 'nsew' and text[:-1] and \
            PLAIN.fullmatch(text[:-1]):
        found = DMS.fullmatch(text.upper())
    if not found:
        raise Bad(NOT_A_NUMBER if re.search('[0-9].*[^0-9a-z]', text)
                  else 'is not a number')
    deg, minutes, seconds = found['deg'], found['min'], found['sec']
    letter = found['before'] or found['after']
    if found['before'] and found['after']:
        raise Bad(NOT_A_NUMBER)
    if letter and not minutes:
        packed = PACKED.fullmatch(deg) or NMEA.fullmatch(deg)
        if packed:
            deg, minutes, seconds = packed.groups()
    if minutes and re.search('[.,]', deg) or \
            seconds and re.search('[.,]', minutes):
        raise Bad(NOT_A_NUMBER)
    parts = [number(part) if part else 0 for part in (deg, minutes, seconds)]
    if parts[1] >= 60 or parts[2] >= 60:
        raise Bad('has minutes or seconds of 60 or more')
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    if found['sign'] == '-' and letter in ('N', 'E'):
        raise Bad(f'has a minus and {letter}, which contradict each other')
    if found['sign'] == '-' or letter in ('S', 'W'):
        value = -value
    return value, letter


# --- two numbers in one cell ------------------------------------------------

def check_reference(srid):
    if srid not in DEGREES:
        raise Bad(f'is in the projection EPSG:{srid}: give longitude and '
                  'latitude in degrees (EPSG:4326)')


def read_ewkb(digits):
    data = bytes.fromhex(digits)
    order = '<' if data[0] else '>'
    kind, = struct.unpack_from(order + 'I', data, 1)
    offset = 5
    if kind & 0x20000000:
        srid, = struct.unpack_from(order + 'I', data, offset)
        check_reference(srid)
        offset += 4
    if (kind & 0xffff) % 1000 != 1:
        raise Bad('is no point')
    if len(data) < offset + 16:
        raise Bad('is not whole: a point has 16 bytes of coordinates')
    x, y = struct.unpack_from(order + 'dd', data, offset)
    if x != x or y != y:
        raise Bad('is an empty point')
    return x, y


def read_object(text):
    """A point as JSON, or as Python prints it: GeoJSON or named members."""
    try:
        value = ast.literal_eval(re.sub(r'\bnull\b', 'None', text))
        return of_object(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError,
            TypeError, AttributeError, LookupError):
        raise Bad('is no point') from None


def of_object(value):
    """(lon, lat) of an object that JSON has described."""
    if 'geometry' in value:
        value = value['geometry']
    if 'coordinates' in value:
        inner = value['coordinates']
        if value.get('type') == 'MultiPoint' and len(inner) == 1:
            inner = inner[0]
        elif value.get('type', 'Point') != 'Point':
            raise Bad('is no point')
        return float(inner[0]), float(inner[1])
    names = {str(key).lower(): item for key, item in value.items()}
    for x, y in (('longitude', 'latitude'), ('lng', 'lat'), ('lon', 'lat'),
                 ('long', 'lat'), ('x', 'y')):
        if x in names and y in names:
            return (degrees(str(names[x]).strip(), None),
                    degrees(str(names[y]).strip(), None))
    raise Bad('is no point')


def iso_degrees(text, whole):
    """The number of ISO 6709: degrees, or degrees with minutes and seconds."""
    sign = -1 if text[0] == '-' else 1
    digits, _, rest = text[1:].partition('.')
    rest = '.' + rest if rest else ''
    extra = len(digits) - whole
    if extra == 0:
        return sign * float(digits + rest)
    if extra == 2:
        return sign * (int(digits[:whole]) + float(digits[whole:] + rest) / 60)
    if extra == 4:
        return sign * (int(digits[:whole]) + int(digits[whole:whole + 2]) / 60
                       + float(digits[whole + 2:] + rest) / 3600)
    raise Bad(NOT_A_PLACE)


NOT_A_PLACE = ('is no place such as "51.5072, -0.1276" or '
               '"POINT(-0.1276 51.5072)"')
LON_LAT, LAT_LON = 'lon_lat', 'lat_lon'


def read_pair(text):
    """(first, second, order) of a cell with both coordinates; order is
    LON_LAT, LAT_LON, or None if the text does not tell. Raises Bad."""
    check_length(text, PAIR_MAX)
    found = PAIR.fullmatch(text)
    if found:
        if ISO_6709.fullmatch(text) and not re.search(r'[,;\s]', text):
            pass
        else:
            return number(found[1]), number(found[2]), None
    first = text[:1]
    if first in '0\\':
        found = EWKB.fullmatch(text)
        if found:
            return (*read_ewkb(found[1]), LON_LAT)
    found = WKT.fullmatch(text)
    if found:
        check_reference(int(found[1] or 0))
        return number(found[2]), number(found[3]), LON_LAT
    if OTHER_WKT.match(text):
        raise Bad('is an empty point' if 'EMPTY' in text.upper()
                  else 'is no point')
    if first == '{':
        return (*read_object(text), LON_LAT)
    found = GEO_URI.fullmatch(text) or MAP_LINK.fullmatch(text)
    if found:
        return number(found[1]), number(found[2]), LAT_LON
    text = plain_marks(text)
    found = ISO_6709.fullmatch(text)
    if found:
        return iso_degrees(found[1], 2), iso_degrees(found[2], 3), LAT_LON
    found = IN_BRACKETS.fullmatch(text)
    if found:
        return number(found[1]), number(found[2]), None
    found = LABELLED.search(text)
    if found and found[1][:2].lower() != found[3][:2].lower():
        order = LAT_LON if found[1][:2].lower() in ('la', 'y') else LON_LAT
        return number(found[2]), number(found[4]), order
    letters = [each.start() for each in LETTER.finditer(text)]
    if len(letters) == 2:
        return with_letters(text, letters)
    inner = text.strip('()[]{} ')
    for pattern in (PAIR, COMMA_PAIR, MIXED_PAIR):
        found = pattern.fullmatch(inner)
        if found:
            return number(found[1]), number(found[2]), None
    parts = re.split(r'\s*[,;/|]\s*', inner)
    if len(parts) == 2:
        return degrees(parts[0], None), degrees(parts[1], None), None
    raise Bad(NOT_A_PLACE)


def with_letters(text, letters):
    """Two coordinates that each have the letter of a hemisphere."""
    cut = letters[1] if not text[:letters[0]].strip('([{ ') \
        else letters[0] + 1
    values = [with_letter(part.strip(' ,;/|()[]{}'))
              for part in (text[:cut], text[cut:])]
    axes = ''.join('x' if letter in ('E', 'W') else 'y'
                   for _, letter in values)
    if axes not in ('xy', 'yx'):
        raise Bad(NOT_A_PLACE)
    return (values[0][0], values[1][0], LON_LAT if axes == 'xy' else LAT_LON)


def order_told_by(first, second):
    """The order of a pair if one number cannot be a latitude."""
    if abs(first) > 90 >= abs(second):
        return LON_LAT
    if abs(second) > 90 >= abs(first):
        return LAT_LON
    return None


def projection_of(x, y):
    """What coordinates that are no degrees may be."""
    x, y = abs(x), abs(y)
    if 1e5 < x < 834_000 and 0 < y < 10_000_000:
        return 'UTM or another projection in metres'
    if 20_037_509 < max(x, y) and x <= 180_000_000 and y <= 90_000_000:
        return 'millionths of a degree or a projection'
    if 1e6 < max(x, y) and x <= 20_037_509 and y <= 20_048_967:
        return 'Web Mercator (EPSG:3857), a state plane or another projection'
    return 'a projection in metres or feet'
