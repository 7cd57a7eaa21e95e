"""The file to import: opens it, also twice, and tells what it is."""

import shutil
import tempfile

from .text import encoding_of
from .words import Obstacle, Refused

HEAD_BYTES = 1 << 16

# Bytes at the beginning, and what such a file is.
NO_TABLES = (
    (b'%PDF', 'a PDF: ask for the list as CSV, or copy its table into a '
     'spreadsheet'),
    (b'\xd0\xcf\x11\xe0', 'an Excel file of before 2007, or one with a '
     'password: save it as XLSX or CSV, without a password'),
    (b'\x1f\x8b', 'compressed with gzip: unpack it with gunzip first'),
    (b'BZh', 'compressed with bzip2: unpack it with bunzip2 first'),
    (b'\xfd7zXZ', 'compressed with xz: unpack it with unxz first'),
    (b'\x28\xb5\x2f\xfd', 'compressed with zstd: unpack it with unzstd first'),
    (b'7z\xbc\xaf', 'a 7z archive: unpack it first'),
    (b'Rar!', 'a RAR archive: unpack it first'),
    (b'SQLite format 3', 'an SQLite database, such as a GeoPackage: export '
     'its table as CSV or GeoJSON'),
    (b'PAR1', 'a Parquet file: export it as CSV'),
    (b'\x89PNG', 'a picture (PNG)'),
    (b'\xff\xd8\xff', 'a picture (JPEG)'),
    (b'GIF8', 'a picture (GIF)'),
    (b'\x00\x00\x27\x0a', 'a shapefile: export it as CSV or GeoJSON'),
    (b'\x7fELF', 'a program'),
    (b'{\\rtf', 'a document (RTF): save the table as CSV'),
    (b'PGDMP', 'a dump of PostgreSQL: load it with pg_restore'),
)
HTML = ('<!doctype html', '<html', '<head', '<body', '<script', '<table',
        '<div', '<meta', '<title', '<h1', '<p>', '<center', '<style')
IS_HTML = ('is a web page (HTML), not a table: the download may need a login '
           'or another address; save the list as CSV')


class Source:
    """A file that can be read several times; a pipe is copied first."""

    def __init__(self, path):
        self.path = path
        try:
            self.file = open(path, 'rb')
            if not self.file.seekable():
                copy = tempfile.TemporaryFile()
                shutil.copyfileobj(self.file, copy)
                self.file.close()
                self.file = copy
            self.head = self.again().read(HEAD_BYTES)
        except OSError as error:
            raise Obstacle(f'Cannot read {path}: {error.strerror}.') from None
        self.encoding, self.mark = encoding_of(self.head)

    def again(self):
        """The file, at its beginning."""
        self.file.seek(0)
        return self.file

    def text_head(self):
        if self.encoding is None:
            return ''
        return self.head[self.mark:].decode(self.encoding, 'replace')

    def close(self):
        self.file.close()


def kind_of(source):
    """'text', 'json', 'kml' or 'zip'. Raises Refused if it is no table."""
    head = source.head
    if head.startswith(b'PK\x03\x04'):
        return 'zip'
    if head.startswith(b'PK'):
        raise Refused('the file is an empty or damaged ZIP archive')
    for magic, what in NO_TABLES:
        if head.startswith(magic):
            raise Refused(f'the file is {what}')
    if source.encoding is None:
        raise Refused('line 1 is not UTF-8 text, nor UTF-16 or Windows-1252: '
                      'save the list as CSV in UTF-8')
    text = source.text_head().lstrip('\ufeff\x1e \t\r\n')
    low = text[:20000].lower()
    if low.startswith(HTML) or low.startswith('<!--') and '<html' in low:
        raise Refused('the file ' + IS_HTML)
    if low.startswith('<'):
        return kind_of_xml(low)
    if low.startswith('{') or low.startswith('['):
        return 'json'
    return 'text'


def kind_of_xml(low):
    if '<!entity' in low:
        raise Refused('the file is XML with entities of its own, which are '
                      'not read')
    if '<kml' in low or '<placemark' in low:
        return 'kml'
    if '<html' in low or '<!doctype html' in low:
        raise Refused('the file ' + IS_HTML)
    for word, what in (
            ('schemas-microsoft-com:office:spreadsheet',
             'a spreadsheet as XML: save it as XLSX or CSV'),
            ('<gpx', 'GPX: export the points as CSV or GeoJSON'),
            ('<rss', 'a news feed (RSS), not a list of cameras'),
            ('opengis.net/gml', 'GML: export it as CSV or GeoJSON'),
            ('exceptionreport', 'the error of a map server, not a list')):
        if word in low:
            raise Refused(f'the file is {what}')
    raise Refused('the file is XML that is no KML: save the list as CSV, '
                  'GeoJSON or KML')
