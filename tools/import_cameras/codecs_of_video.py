"""Codecs of video, as cameras, ONVIF, players and exports of a VMS spell
them."""

import re

CODECS = ('H.264', 'H.265', 'MPEG-4', 'MJPEG', 'JPEG', 'VP8', 'VP9', 'AV1')

# Tried in this order on the text in lower case. What stands in front of a name
# (a vendor's word, video/) and after it (profile, level) does not matter, but
# a name is a word of its own.
_PATTERNS = (
    ('H.265', r'hevc|hvc1|hev1|dvh1|dvhe|mpeg-?h(?: part ?2)?|23008[ -]*2'),
    ('H.264', r'svc|avc[1-4]?|davc|avchd|avc1x'
              r'|mpeg[ -]?4[ ,/_-]*(?:part[ -]?10|avc)'
              r'|iso[/ ]*(?:iec)?[ ]*14496[ -]*10'),
    ('AV1', r'av[ -]?1|av01|libaom-av1|svt-?av1|aomedia video 1'),
    ('VP9', r'vp[ -]?0?9|vp09|libvpx-vp9'),
    ('VP8', r'vp[ -]?0?8|vp08|libvpx'),
    ('MJPEG', r'm[ _.-]?jpe?g|mjpa|mjpb|motion[ _-]?jpe?g|x-motion-jpeg'
              r'|multipart(?:/x-mixed-replace)?|mjpeg[ab]'),
    ('MPEG-4', r'mpeg[ -]?4(?:[ -]?(?:visual|video|part[ -]?2|sp|asp|es))?'
               r'|mp4v(?:-es)?|m4v|xvid|divx|dx50|fmp4|mp4v\.20'
               r'|iso[/ ]*(?:iec)?[ ]*14496[ -]*2'),
    ('JPEG', r'jpe?g(?![ -]?(?:2000|xs|xl|ls))|jfif|snapshot jpe?g'
             r'|still jpe?g'),
)
PATTERNS = tuple((codec, re.compile(rf'(?<![a-z0-9.])(?:{pattern})(?![a-z0-9])'))
                 for codec, pattern in _PATTERNS)
# The number alone tells these two, whatever stands before and after it.
NUMBERS = re.compile(r'(?<![0-9])(?<![0-9][.,])26([45])(?![0-9])')
RFC_6381 = re.compile(
    r'\b(avc[1-4]|hvc1|hev1|dvh1|dvhe|av01|vp08|vp09|mp4v)((?:\.[0-9a-z]+)+)')

AVC_PROFILES = {66: 'Baseline', 77: 'Main', 88: 'Extended', 100: 'High',
                110: 'High 10', 122: 'High 4:2:2', 244: 'High 4:4:4 Predictive',
                44: 'CAVLC 4:4:4 Intra'}
HEVC_PROFILES = {'1': 'Main', '2': 'Main 10', '3': 'Main Still Picture'}
# The words of profiles, the longer ones first.
PROFILE_WORDS = (
    ('Constrained Baseline', r'(?:constrained|constraint)[ _-]*base(?:line)?'
                             r'|\bcbp\b'),
    ('Constrained High', r'constrained[ _-]*high|\bchp\b'),
    ('Baseline', r'base(?:line)?\b|\bbp\b'),
    ('Extended', r'extended\b|\bxp\b'),
    ('Main Still Picture', r'main[ _-]*still'),
    ('Main 10', r'main[ _-]*10\b'),
    ('Main', r'main\b|\bmp\b'),
    ('High 10', r'(?:high|hi)[ _-]*10p?\b'),
    ('High 4:2:2', r'(?:high|hi)[ _-]*4:?2:?2p?\b'),
    ('High 4:4:4 Predictive', r'(?:high|hi)[ _-]*4:?4:?4'),
    ('High', r'high\b|\bhip?\b|\bhp\b'),
    ('Simple', r'simple\b|\bsp\b'),
    ('Advanced Simple', r'advanced[ _-]*simple|\basp\b'),
)
PROFILES = tuple((name, re.compile(pattern)) for name, pattern in PROFILE_WORDS)


def codec_and_profile(text):
    """(codec, profile); each is None if the text does not tell it."""
    low = ' '.join(text.replace('_', ' ').casefold().split())
    found = RFC_6381.search(low)
    profile = _profile_of_string(found) if found else None
    squashed = re.sub(r'[\s._/-]', '', low)
    number = NUMBERS.search(low)
    if number and profile is None:
        codec = 'H.26' + number[1]
        return codec, _profile_of_words(codec, low[:number.start()] + ' '
                                        + low[number.end():])
    if number:
        return 'H.26' + number[1], profile
    for codec, pattern in PATTERNS:
        match = pattern.search(low)
        if match or pattern.fullmatch(squashed):
            if profile is None and match:
                profile = _profile_of_words(codec, low[:match.start()] + ' '
                                            + low[match.end():])
            return codec, profile
    return None, None


def _profile_of_string(found):
    """The profile of a string of RFC 6381, such as avc1.64001f."""
    kind, fields = found[1], found[2][1:].split('.')
    if kind.startswith('avc'):
        if re.fullmatch('[0-9a-f]{6}', fields[0]):
            number, flags = int(fields[0][:2], 16), int(fields[0][2:4], 16)
        elif fields[0].isdigit():
            number, flags = int(fields[0]), 0
        else:
            return None
        name = AVC_PROFILES.get(number)
        if number == 66 and flags & 0x40:
            return 'Constrained Baseline'
        return name
    if kind in ('hvc1', 'hev1'):
        return HEVC_PROFILES.get(fields[0].lstrip('abc'))
    if kind == 'vp09':
        return f'Profile {int(fields[0])}' if fields[0].isdigit() else None
    if kind == 'av01':
        return {'0': 'Main', '1': 'High', '2': 'Professional'}.get(fields[0])
    return None


def _profile_of_words(codec, rest):
    if codec not in ('H.264', 'H.265', 'MPEG-4', 'AV1'):
        return None
    number = re.search(r'profile-level-id=([0-9a-f]{6})', rest)
    if number:
        return _profile_of_string(re.match(r'(avc1)(\.[0-9a-f]{6})',
                                           'avc1.' + number[1]))
    if re.search(r'main ?stream|main-stream', rest):
        rest = re.sub(r'main[ -]?stream', ' ', rest)
    for name, pattern in PROFILES:
        if pattern.search(rest):
            return name
    return None
