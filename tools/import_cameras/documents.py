"""Cameras in JSON: GeoJSON as a FeatureCollection or a Feature per line, what
ArcGIS writes, lists of objects, and objects by name. Read piece by piece."""

import io
import json
import re

from . import places
from .words import Bad, Refused, count

CHUNK = 1 << 17
ITEM_CHARACTERS_MAX = 1 << 20
COLUMNS_MAX = 1000
DEPTH_MAX = 6
BLANKS = ' \t\r\n\ufeff\x1e'
# Members of an object that may be its list of cameras.
LISTS = ('features', 'data', 'cameras', 'items', 'results', 'records', 'rows',
         'cctv', 'cctvs', 'elements', 'list', 'devices', 'value', 'values',
         'content', 'entities', 'response', 'result')
# Members that may hold the cameras as an object, by their names.
OBJECTS = ('cameras', 'cctv', 'cctvs', 'devices')
GEOMETRY = 'geometry'
DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


class Broken(Exception):
    """From here on the text is not JSON."""


class Pieces:
    """A text that is read as far as it is needed."""

    def __init__(self, file):
        self.file = file
        self.buffer = ''
        self.at = 0
        self.is_end = False
        self.lines = 1

    def more(self):
        """False if there is no more text."""
        if self.is_end:
            return False
        piece = self.file.read(CHUNK)
        self.is_end = not piece
        self.lines += self.buffer.count('\n', 0, self.at)
        self.buffer = self.buffer[self.at:] + piece
        self.at = 0
        return bool(piece)

    def line(self):
        return self.lines + self.buffer.count('\n', 0, self.at)

    def next_sign(self):
        """The next character that is no blank, without taking it; '' at the
        end."""
        while True:
            while self.at < len(self.buffer):
                if self.buffer[self.at] not in BLANKS:
                    return self.buffer[self.at]
                self.at += 1
            if not self.more():
                return ''

    def take(self, sign):
        if self.next_sign() != sign:
            raise Broken
        self.at += 1

    def value(self):
        """The next value, whole."""
        self.next_sign()
        while True:
            try:
                found, end = DECODER.raw_decode(self.buffer, self.at)
                # A number may go on in the next piece.
                if end < len(self.buffer) or self.is_end or \
                        not isinstance(found, str) or \
                        self.buffer[end - 1] == '"':
                    self.at = end
                    return found
            except (ValueError, RecursionError):
                if len(self.buffer) - self.at > 64 * ITEM_CHARACTERS_MAX:
                    raise Broken from None
            if not self.more():
                try:
                    found, self.at = DECODER.raw_decode(self.buffer, self.at)
                    return found
                except (ValueError, RecursionError):
                    raise Broken from None


class Json:
    """A list of cameras in JSON as a header and rows.

    open_text() gives the text from its beginning: it is read twice, because
    objects may have different members."""

    what = 'feature'

    def __init__(self, open_text):
        self.open_text = open_text
        self.notes = []
        titles = {}
        self.is_geojson = False
        number = 0
        for number, item in enumerate(self._items(), 1):
            for title in self._flat(item):
                titles.setdefault(title)
            if len(titles) > COLUMNS_MAX:
                raise Refused(f'the objects have more than {COLUMNS_MAX:,} '
                              'different members')
        if not number:
            raise Refused('the file is JSON without a list of cameras: a '
                          'GeoJSON FeatureCollection, or a list of objects')
        self.header = list(titles)
        self.format = 'GeoJSON' if self.is_geojson else 'JSON'
        self.what = 'feature' if self.is_geojson else 'object'

    def rows(self):
        for number, item in enumerate(self._items(), 1):
            flat = self._flat(item)
            fields = [flat.get(title, '') for title in self.header]
            if any(fields):
                yield number, fields, None

    @staticmethod
    def finish():
        return []

    # --- the objects of the text --------------------------------------------

    def _items(self):
        pieces = Pieces(self.open_text())
        number = 0
        try:
            while pieces.next_sign():
                for item in self._top(pieces):
                    number += 1
                    if isinstance(item, dict):
                        yield item
                    else:
                        raise Refused(f'{self.what} {number} of the list is '
                                      'no object with members')
                if pieces.next_sign() == ',':
                    pieces.take(',')
        except Broken:
            raise Refused(
                f'the JSON is broken near line {pieces.line()}, after '
                f'{count(number, "object")}: export it again') from None

    def _top(self, pieces):
        sign = pieces.next_sign()
        if sign == '[':
            yield from self._array(pieces)
        elif sign == '{':
            yield from self._object(pieces)
        else:
            raise Broken

    @staticmethod
    def _array(pieces):
        pieces.take('[')
        if pieces.next_sign() == ']':
            pieces.take(']')
            return
        while True:
            yield pieces.value()
            if pieces.next_sign() == ',':
                pieces.take(',')
            else:
                pieces.take(']')
                return

    def _object(self, pieces):
        """The cameras in an object: those of its list; without a list, the
        object itself."""
        pieces.take('{')
        members = {}
        has_list = False
        while pieces.next_sign() != '}':
            name = pieces.value()
            pieces.take(':')
            if not isinstance(name, str):
                raise Broken
            if name.lower() in LISTS and pieces.next_sign() == '[' and \
                    members.get('type') != 'Feature':
                has_list = True
                for item in self._array(pieces):
                    if name == 'features':
                        yield item
                    elif isinstance(item, dict):
                        yield from inner_list(item) or (item,)
            else:
                members[name] = pieces.value()
                self._check_reference(members, name)
                if name.lower() in OBJECTS and are_objects(members[name]):
                    has_list = True
                    yield from by_name(members[name])
            if pieces.next_sign() == ',':
                pieces.take(',')
            elif pieces.next_sign() != '}':
                raise Broken
        pieces.take('}')
        if has_list:
            return
        inner = longest_list(members)
        if inner is not None and members.get('type') != 'Feature' \
                and 'attributes' not in members:
            yield from inner
        elif len(members) > 1 and are_objects(members):
            yield from by_name(members)
        elif members and 'error' not in members:
            yield members

    @staticmethod
    def _check_reference(members, name):
        """Coordinates in a projection are refused."""
        number = None
        if name == 'spatialReference' and isinstance(members[name], dict):
            number = members[name].get('latestWkid',
                                       members[name].get('wkid'))
        if name == 'crs':
            named = re.search(r'EPSG\W+(?:[0-9.]*:)?([0-9]+)',
                              json.dumps(members[name]))
            number = named and named[1]
        if number and str(number).isdigit():
            try:
                places.check_reference(int(number))
            except Bad as bad:
                raise Refused(f'the file {bad}') from None

    # --- one object ------------------------------------------------------------

    def _flat(self, item):
        """{title: text} of an object."""
        flat = {}
        if item.get('type') == 'Feature' or 'properties' in item \
                and 'geometry' in item:
            self.is_geojson = True
            inner = item.get('properties')
            flatten(inner if isinstance(inner, dict) else {}, '', flat)
            if item.get('id') is not None:
                flat.setdefault('id', text_of(item['id']))
            flat[GEOMETRY] = place_text(item.get('geometry'))
        elif isinstance(item.get('attributes'), dict):
            self.is_geojson = True
            flatten(item['attributes'], '', flat)
            flat[GEOMETRY] = place_text(item.get('geometry'))
        else:
            flatten(item, '', flat)
        return flat


def inner_list(item):
    """The cameras of an item that is a list of them itself, or None."""
    for name, each in item.items():
        if name.lower() in LISTS and isinstance(each, list) and each and all(
                isinstance(one, dict) for one in each):
            return each
    return None


def are_objects(value):
    """Whether the members of an object are objects of one kind: all have some
    member in common."""
    return isinstance(value, dict) and all(
        isinstance(each, dict) for each in value.values()) and \
        bool(value) and bool(set.intersection(*map(set, value.values())))


def by_name(cameras):
    """The cameras of an object whose members are cameras."""
    for name, camera in cameras.items():
        yield {'key': name, 'name': name, **camera}


def longest_list(value, depth=0):
    """The longest list of objects inside of a value, or None."""
    best = None
    if depth < DEPTH_MAX:
        inside = value.values() if isinstance(value, dict) else ()
        for each in inside:
            if isinstance(each, list) and each and all(
                    isinstance(item, dict) for item in each):
                found = each
            else:
                found = longest_list(each, depth + 1)
            if found and (best is None or len(found) > len(best)):
                best = found
    return best


def flatten(value, prefix, flat, depth=0):
    for name, each in value.items():
        title = prefix + name
        if isinstance(each, dict) and each and depth < DEPTH_MAX:
            if 'coordinates' in each:
                flat[title] = place_text(each)
            else:
                flatten(each, title + '.', flat, depth + 1)
        elif isinstance(each, list) and each and depth < DEPTH_MAX and all(
                isinstance(one, dict) for one in each):
            flatten_list(each, title, flat, depth + 1)
        else:
            flat[title] = text_of(each)


def flatten_list(items, title, flat, depth):
    """Objects with a key and a value each; of other objects the first."""
    for key, value in (('key', 'value'), ('name', 'value')):
        if all(isinstance(item.get(key), str) and value in item
               for item in items):
            for item in items:
                flat.setdefault(f'{title}.{item[key]}', text_of(item[value]))
            return
    flatten(items[0], title + '.', flat, depth)


def text_of(value):
    if value is None:
        return ''
    if value is True or value is False:
        return 'true' if value else 'false'
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(
            isinstance(each, (list, dict)) for each in value):
        return ', '.join(text_of(each) for each in value)
    return json.dumps(value, ensure_ascii=False)


def place_text(geometry):
    """The text of a point as WKT; of another geometry what it is."""
    if not geometry:
        return ''
    if not isinstance(geometry, dict):
        return text_of(geometry)
    kind = geometry.get('type')
    inner = geometry.get('coordinates')
    if kind == 'MultiPoint' and isinstance(inner, list) and len(inner) == 1:
        kind, inner = 'Point', inner[0]
    if kind in (None, 'Point') and isinstance(inner, list) and \
            len(inner) >= 2:
        return f'POINT({text_of(inner[0])} {text_of(inner[1])})'
    if 'x' in geometry and 'y' in geometry:
        return f'POINT({text_of(geometry["x"])} {text_of(geometry["y"])})'
    if kind:
        return f'{kind} (…)'.upper()
    return json.dumps(geometry)


def open_json(source):
    def open_text():
        # The wrapper must not close the file when it is dropped.
        file = source.again()
        file.seek(source.mark)
        return io.TextIOWrapper(io.BufferedReader(Unclosed(file)),
                                encoding=source.encoding, errors='replace',
                                newline='')
    return Json(open_text)


class Unclosed(io.RawIOBase):
    """A file that stays open when what reads it is closed."""

    def __init__(self, file):
        super().__init__()
        self.inner = file

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.inner.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)
