"""COLUMNS=: which column is what, as the user says it."""

import re

from . import titles
from .words import Obstacle, Refused, quoted, shown

# What COLUMNS= may name.
SETTABLE = ('name', 'longitude', 'latitude', 'position', 'lat_lon', 'lon_lat',
            'stream_url', 'sub_stream_url', 'still_url', 'external_id', 'role',
            'status', 'codec', 'profile', 'size', 'width', 'height', 'fps',
            'audio', 'heading', 'field_of_view', 'user', 'password')


def parse_overrides(text, header):
    """{column: index, or None for none} of "name=LABEL,stream_url=VIDEO"."""
    chosen = {}
    if not text or not text.strip() or text.strip().isdigit():
        # Some shells export COLUMNS as the width of the terminal.
        return chosen
    words = '|'.join(sorted(titles.TITLES, key=len, reverse=True))
    for part in re.split(rf',(?=\s*(?:{words}|[a-z_]+)\s*=)', text,
                         flags=re.IGNORECASE):
        column, equals, title = part.partition('=')
        column = settable(column.strip().casefold())
        if not equals or column is None:
            raise Obstacle(
                f'COLUMNS is a list such as "name=LABEL,stream_url=VIDEO"; '
                f'{quoted(part.strip())} is none of: {", ".join(SETTABLE)}.')
        chosen[column] = index_of_title(title.strip(), header)
    return chosen


def settable(word):
    if word in SETTABLE:
        return word
    for column in SETTABLE:
        if titles.rank_of(word, column) is not None:
            return column
    return None


def index_of_title(title, header):
    if not title:
        return None
    for same in (lambda a, b: a == b,
                 lambda a, b: a.casefold() == b.casefold(),
                 lambda a, b: titles.squash(a) == titles.squash(b) != ''):
        found = [index for index, each in enumerate(header)
                 if same(each, title)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(
                f'several columns have the title {quoted(title)}: say which '
                f'with its number, such as COLUMNS=\'name=#{found[0] + 1}\'')
    number = re.fullmatch('#([0-9]{1,4})', title)
    if number and 0 < int(number[1]) <= len(header):
        return int(number[1]) - 1
    raise Refused(f'COLUMNS names the column {quoted(title)}, which is not in '
                  'the header: ' + ', '.join(
                      shown(each) or '…' for each in header[:40]))
