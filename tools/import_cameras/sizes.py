"""The size of the picture: 1920x1080, 1080p, Full HD, D1."""

import re

from .values import check_length, read_pixels
from .words import Bad

SIZES = {
    'qcif': (176, 144), 'cif': (352, 288), '2cif': (704, 288),
    '4cif': (704, 576), '16cif': (1408, 1152), 'd1': (704, 576),
    'full d1': (720, 576), '960h': (960, 576), 'pal': (720, 576), 'ntsc': (720, 480), 'qvga': (320, 240),
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
    r'\(?\[?\s*(?:w(?:idth)?\s*[:=]?\s*)?([0-9][0-9.,]*)\s*(?:px|pixels?|w)?\s*'
    r'(?:x|×|\*|✕|✖|х|by|/|:|,|;|-|\s)\s*(?:h(?:eight)?\s*[:=]?\s*)?'
    r'([0-9][0-9.,]*)\s*(?:pixels?|px|p|i|h)?\s*\)?\]?', re.IGNORECASE)
SIZE_LINES = re.compile(r'([0-9]{3,4})\s*(?:p|i|lines|n)?', re.IGNORECASE)
SIZE_AFTER = re.compile(
    r'(?:\s*(?:@|\bat\b)\s*[0-9.,]+\s*(?:fps|hz|p|i|ips|f/s)?'
    r'|(?<=[0-9][pi])[0-9]{2}|\s*(?:[0-9.]+\s*fps)|\s+(?:progressive|interlaced)'
    r'|\s*\(?\s*[0-9]+\s*:\s*[0-9]+\s*\)?)\s*$', re.IGNORECASE)
MEGAPIXELS = re.compile(r'[0-9]+(?:[.,][0-9]+)?\s*(?:mp|mpx|megapixels?'
                        r'|megapixel|mpix)', re.IGNORECASE)


def read_size(text):
    """(width, height) as text; (None, None) for megapixels, which do not
    tell them."""
    check_length(text)
    found = SIZE_PAIR.fullmatch(text)
    plain = SIZE_AFTER.sub('', text).strip()
    found = found if found and len(found[1]) > 2 else \
        SIZE_PAIR.fullmatch(plain)
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
