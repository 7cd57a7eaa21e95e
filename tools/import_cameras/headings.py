"""Where a camera looks, and how wide: degrees and points of the compass."""

import re

from .values import TEXT_MAX, check_length, number
from .words import Bad

COMPASS = 'n nne ne ene e ese se sse s ssw sw wsw w wnw nw nnw'.split()
# Words for the quarters; letters are joined from words.
QUARTERS = {
    'north': 'n', 'nor': 'n', 'northern': 'n', 'northerly': 'n', 'northward': 'n',
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
    r'|to|the|due|heading|travel(?:l)?ing|direction|bound)\s+)+')
QUARTER_WORDS = re.compile(rf'(?:(?:{_WORD})(?:[\s_/,.-]*))+?')
ONE_QUARTER = re.compile(_WORD)
SURVEYOR = re.compile(r'([ns])\s*([0-9]+(?:[.,][0-9]+)?)\s*°?\s*([ew])')
DEGREES_AFTER = re.compile(
    r'\s*(?:°|º|˚|deg\.?|degs|degrees?|grad|grados|degrés|d)?\s*'
    r'(?:\(?\s*(?:t|true|mag(?:netic)?|cw|from north)\s*\)?)?\s*$',
    re.IGNORECASE)


def compass_degrees(text):
    """Degrees of a point of the compass such as N, north-east or SB; None if
    the text is none."""
    if len(text) > TEXT_MAX:
        return None
    word = FACING.sub('', text.casefold().strip(' .'))
    word = re.sub(r'\s+(?:traffic|lanes?|roadway|carriageway)$', '', word)
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
    return 22.5 * COMPASS.index(letters) if letters in COMPASS else None


def read_heading(text):
    check_length(text)
    point = compass_degrees(text)
    if point is not None:
        return repr(point)
    plain = DEGREES_AFTER.sub('', text.replace('−', '-').replace('–', '-'))
    try:
        value = number(plain)
    except Bad:
        both = re.fullmatch(r'(.*?)\s*\(?\s*([+-]?[0-9]+(?:[.,][0-9]+)?)'
                            r'\s*°?\s*\)?', text)
        turned = re.fullmatch(r'([+-]?[0-9]+(?:[.,][0-9]+)?)\s*°?\s*\(?\s*'
                              r'([A-Za-z -]+?)\s*\)?', text)
        if both and is_near(both[1], both[2]):
            value = number(both[2])
        elif turned and is_near(turned[2], turned[1]):
            value = number(turned[1])
        else:
            raise Bad('is neither degrees nor a point of the compass '
                      'such as N or SSW') from None
    if not -360 <= value <= 360:
        raise Bad('is not between 0 and 360 degrees, nor between -180 and 180')
    return repr(value % 360)


def is_near(point, degrees):
    """Whether degrees are about where a point of the compass is, so that 101 N
    is a road."""
    known = compass_degrees(point)
    return known is not None and \
        abs((number(degrees) - known + 180) % 360 - 180) <= 45


def read_direction(text):
    """Columns named direction also contain words such as Median or Both
    Directions, for which there is no heading."""
    if re.match('[-+−–]?[0-9.,]+[ °]*$', text):
        return read_heading(text)
    try:
        return read_heading(text)
    except Bad:
        return None


def read_field_of_view(text):
    check_length(text)
    value = number(DEGREES_AFTER.sub('', text))
    if not 0 < value <= 360:
        raise Bad('is not above 0 and up to 360 degrees')
    return repr(value)
