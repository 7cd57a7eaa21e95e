"""Cameras in KML: a placemark with a point each."""

import re
from xml.etree import ElementTree

from .words import Refused, count

COLUMNS_MAX = 1000
ADDRESS = re.compile(r'(?:rtsps?|rtmps?|https?|rtp|srt)://[^\s"\'<>]+')
SHAPES = {'LineString', 'Polygon', 'LinearRing', 'Model', 'Track',
          'MultiTrack'}


def local(tag):
    return tag.rpartition('}')[2]


class Kml:
    """open_file() gives the file from its beginning; it is read twice."""

    what = 'placemark'
    format = 'KML'

    def __init__(self, open_file):
        self.open_file = open_file
        self.skipped = 0
        titles = {}
        found = 0
        for placemark in self._placemarks():
            found += 1
            for title in placemark:
                titles.setdefault(title)
            if len(titles) > COLUMNS_MAX:
                raise Refused('the placemarks have more than '
                              f'{COLUMNS_MAX:,} kinds of data')
        if not found:
            raise Refused('the KML has no placemark with a point')
        self.header = list(titles)
        self.notes = [f'{count(self.skipped, "placemark")} without a point '
                      'skipped'] if self.skipped else []

    def rows(self):
        for number, placemark in enumerate(self._placemarks(), 1):
            yield number, [placemark.get(title, '')
                           for title in self.header], None

    @staticmethod
    def finish():
        return []

    def _placemarks(self):
        self.skipped = 0
        stack = []
        try:
            for event, element in ElementTree.iterparse(
                    self.open_file(), events=('start', 'end')):
                if event == 'start':
                    stack.append(element)
                    continue
                stack.pop()
                if local(element.tag) != 'Placemark':
                    continue
                placemark = read_placemark(element)
                if placemark is None:
                    self.skipped += 1
                else:
                    yield placemark
                # Memory does not grow with the number of placemarks.
                if stack:
                    stack[-1].remove(element)
        except ElementTree.ParseError as error:
            line, _ = error.position
            raise Refused(f'the KML is broken on line {line}') from None
        except (LookupError, ValueError):
            raise Refused('the KML names an encoding that is not known'
                          ) from None


def read_placemark(element):
    """{title: text} of a placemark with one point; None if it has none."""
    found = {}
    points = []
    for each in element.iter():
        tag = local(each.tag)
        text = (each.text or '').strip()
        if tag == 'Point':
            points += [(child.text or '').strip() for child in each.iter()
                       if local(child.tag) == 'coordinates']
        elif tag in SHAPES:
            return None
        elif tag == 'Data':
            value = next((child for child in each
                          if local(child.tag) == 'value'), None)
            found[each.get('name', '')] = (
                '' if value is None else ''.join(value.itertext()).strip())
        elif tag == 'SimpleData':
            found[each.get('name', '')] = text
        elif tag in ('name', 'description', 'address') and text:
            found.setdefault(tag, text)
        elif tag == 'heading' and text:
            found.setdefault('heading', text)
    if len(points) != 1:
        return None
    parts = points[0].split()
    pair = parts[0].split(',') if parts else []
    found['geometry'] = f'POINT({" ".join(pair[:2])})' if len(pair) >= 2 \
        else ''
    if element.get('id'):
        found.setdefault('id', element.get('id'))
    links = sorted(ADDRESS.findall(found.get('description', '')),
                   key=lambda link: not link.startswith('rtsp'))
    if links:
        found.setdefault('link', links[0].replace('&amp;', '&'))
    found.pop('', None)
    return found
