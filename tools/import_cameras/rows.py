"""Rows of a file to lines for COPY, and their faults."""

import hashlib
import statistics

from . import addresses, headings, keys, places, sizes, values
from .cells import (NULL, Cache, Fault, clean, clean_or_empty, escaped,
                    fault_of, optional)
from .codecs_of_video import CODECS, codec_and_profile
from .streams import Streams
from .words import Bad, shown

# The order of the staging table's columns, and of the digest of a row.
STAGED = ('external_id', 'name', 'longitude', 'latitude', 'stream_url', 'role',
          'codec', 'profile', 'width', 'height', 'fps', 'audio', 'heading',
          'field_of_view', 'status', 'sub_stream_url', 'still_url')
AT = {column: at for at, column in enumerate(STAGED)}
DEFAULTS = {'role': 'public', 'audio': 'f', 'status': 'unknown'}
FAULTS_SHOWN = 100
NO_KEY = 'is empty: every camera of a file with keys needs one'
# Two places are near each other within so many degrees.
NEAR = 10


def read_codec_cell(text):
    """(codec, profile)"""
    text = clean(text)
    if text.casefold() in values.EMPTY_VALUES:
        return NULL, NULL
    codec, profile = codec_and_profile(text)
    if codec is None:
        raise Bad('is not a codec known here: ' + ', '.join(CODECS))
    return codec, profile or NULL


def read_size_cell(text):
    text = clean(text)
    if text.casefold() in values.EMPTY_VALUES:
        return NULL, NULL
    width, height = sizes.read_size(text)
    return width or NULL, height or NULL


class Rows:
    """Turns rows into lines for COPY.

    on_fault  called with (line, title, value or None, reason)
    places    called with (line, longitude, latitude) of each good row
    """

    def __init__(self, header, columns, sample, on_fault, see_place,
                 login_file=None, allow_at=False):
        self.header = header
        self.on_fault = on_fault
        self.see_place = see_place
        self.streams = Streams(columns, login_file, allow_at)
        self.row_count = self.bad_count = 0
        self.no_heading = self.no_size = self.no_codec = 0
        self.shown_titles = [shown(title) or '…' for title in header]
        index_of = columns.index_of
        self.keyed = 'external_id' in index_of
        self.key_at = index_of.get('external_id')
        self.floats = not self.keyed or not keys.has_fractions(
            row[self.key_at] for row in sample)
        self.name_at = index_of['name']
        self.place = columns.place
        second = index_of.get('sub_stream_url')
        if second is not None and \
                self.shown_titles[second] != 'sub_stream_url':
            # Messages tell the second stream from the first one.
            self.shown_titles[second] += ' (sub_stream_url)'
        self.not_shown = set(self.streams.secrets)
        if self.not_shown and not header[-1]:
            # A comma in a password moves the rest of it to the right.
            self.not_shown.update(range(min(self.not_shown), len(header)))
        self.centre = self._centre(sample)
        self._plan(columns, sample)

    def _centre(self, sample):
        """The median place of the sample, or None."""
        kind, lon_at, lat_at = self.place
        found = []
        for row in sample if kind == 'two' else ():
            try:
                found.append((places.degrees(clean(row[lon_at]), 'longitude'),
                              places.degrees(clean(row[lat_at]), 'latitude')))
            except Bad:
                pass
        if not found:
            return None
        return tuple(statistics.median(axis) for axis in zip(*found))

    def _plan(self, columns, sample):
        index_of = columns.index_of
        empty, strict = values.EMPTY_VALUES, values.EMPTY_WORDS
        self.heading_cache = None
        read_heading = headings.read_heading if columns.heading_is_strict \
            else headings.read_direction
        readers = {
            'role': (values.read_role, strict),
            'profile': (values.read_text(64), strict),
            'width': (values.read_pixels, empty),
            'height': (values.read_pixels, empty),
            'fps': (values.read_fps, empty),
            'audio': (values.read_audio, empty),
            'heading': (read_heading, empty),
            'field_of_view': (headings.read_field_of_view, empty),
            'status': (values.read_disabled if columns.status_is_turned
                       else values.read_status, empty)}
        self.cached = []
        for column, (read, no_value) in readers.items():
            if column in index_of:
                cache = Cache(optional(read, no_value,
                                       DEFAULTS.get(column, NULL)))
                self.cached.append((AT[column], index_of[column], cache))
        self.heading_at = None
        if 'heading' in index_of and not columns.heading_is_strict:
            self.heading_at = index_of['heading']
        self.codec = (index_of['codec'], Cache(read_codec_cell)) \
            if 'codec' in index_of else None
        self.size = (index_of['size'], Cache(read_size_cell)) \
            if 'size' in index_of else None
        self.loaded = [column for column in STAGED
                       if column in index_of or column in ('longitude',
                                                           'latitude')]
        # A profile may also stand in the column of the codec.
        self.profile_of_codec = False
        if self.codec and 'profile' not in index_of:
            self.profile_of_codec = any(
                codec_and_profile(clean_or_empty(row[self.codec[0]]))[1]
                for row in sample)
            if self.profile_of_codec:
                self.loaded.append('profile')
        self.has_stills = columns.still_at is not None or any(
            self._shows_still(row, columns) for row in sample)
        if self.has_stills and 'still_url' not in self.loaded:
            self.loaded.append('still_url')
        if self.size:
            self.loaded += [column for column in ('width', 'height')
                            if column not in self.loaded]

    def _shows_still(self, row, columns):
        return any(addresses.kind_of(row[index].strip()) == addresses.STILL
                   for index in columns.streams) or \
            self.codec is not None and codec_and_profile(
                clean_or_empty(row[self.codec[0]]))[0] == 'JPEG'

    # --- rows -----------------------------------------------------------------

    def copy_lines(self, rows):
        for line, fields, reason in rows:
            self.row_count += 1
            if reason:
                self.bad_count += 1
                self.on_fault(line, None, None, reason)
                yield f'{line}\tt\t\\N\tf' + '\t\\N' * len(STAGED) + '\n'
            else:
                yield self._row(line, fields)

    def _row(self, line, fields):
        row = self.defaults.copy()
        wrong = []
        for read in (self._key, self._name, self._place, self._addresses):
            try:
                read(fields, row)
            except Fault as fault:
                wrong.append(fault)
        for at, index, cache in self.cached:
            try:
                row[at] = cache[fields[index]]
            except Bad as bad:
                wrong.append(fault_of(fields, index, bad))
        try:
            self._codec_and_size(fields, row)
        except Fault as fault:
            wrong.append(fault)
        self._still(row)
        if self.heading_at is not None and row[AT['heading']] == NULL and \
                fields[self.heading_at].strip():
            self.no_heading += 1
        if row[AT['codec']] == NULL:
            self.no_codec += 1
        if wrong:
            self.bad_count += 1
            self._keep_wrong(line, fields, wrong)
        else:
            self.see_place(line, self.lon, self.lat)
        digest = NULL
        if not self.keyed:
            # Earlier versions had no second stream in the digest, and the
            # still picture is not in it.
            known = row[:AT['sub_stream_url']]
            if row[AT['sub_stream_url']] != NULL:
                known.append(row[AT['sub_stream_url']])
            digest = hashlib.md5('\t'.join(known).encode(
                errors='replace')).hexdigest()
        return '\t'.join((str(line), 't' if wrong else 'f', digest,
                          't' if self.streams.is_waived else 'f', *row)) + '\n'

    defaults = [DEFAULTS.get(column, NULL) for column in STAGED]
    lon = lat = None

    def _key(self, fields, row):
        if not self.keyed:
            return
        text = fields[self.key_at]
        try:
            text = keys.plain_key(clean(text), self.floats)
            if text.casefold() in values.EMPTY_KEYS:
                raise Bad(NO_KEY)
            if len(text) > 200:
                raise Bad('is longer than 200 characters')
            if values.CONTROL.search(text):
                raise Bad('holds a line break or another control character')
        except Bad as bad:
            raise fault_of(fields, self.key_at, bad) from None
        row[0] = escaped(text)

    def _name(self, fields, row):
        try:
            text = clean(fields[self.name_at])
            if text.casefold() in values.EMPTY_WORDS:
                raise Bad('is empty')
            if not text.isprintable() or len(text) > 200:
                text = values.read_name(text)
            if '://' in text and addresses.has_login(text):
                raise Bad('is a URL that holds a login, which is not shown '
                          'here')
        except Bad as bad:
            raise fault_of(fields, self.name_at, bad) from None
        row[1] = escaped(text)

    def _place(self, fields, row):
        kind, first, second = self.place
        if kind == 'two':
            self.lon = self._axis(fields, first, 'longitude')
            self.lat = self._axis(fields, second, 'latitude', first)
        else:
            try:
                text = clean(fields[first])
                if text.casefold() in values.EMPTY_WORDS:
                    raise Bad('is empty')
                one, two, order = places.read_pair(text)
                if (second or order) == places.LAT_LON:
                    one, two = two, one
                self.lon = places.in_range(one, 'longitude')
                self.lat = places.in_range(two, 'latitude')
            except Bad as bad:
                raise fault_of(fields, first, bad) from None
        row[2] = repr(self.lon)
        row[3] = repr(self.lat)

    def _axis(self, fields, index, axis, other=None):
        text = fields[index]
        try:
            text = clean(text)
            if not text:
                raise Bad('is empty')
            return places.degrees(text, axis)
        except Bad as bad:
            if other is not None and self._is_swapped(text, fields[other]):
                bad = Bad(f'{bad}: latitude and longitude look swapped')
            raise fault_of(fields, index, bad) from None

    def _is_swapped(self, lon, lat):
        """Whether a place would be among the others the other way round."""
        try:
            lon, lat = (places.degrees(clean(text), axis) for text, axis in (
                (lon, 'longitude'), (lat, 'latitude')))
        except Bad:
            return False
        centre = self.centre
        return centre is not None and abs(lon - centre[0]) < NEAR and \
            abs(lat - centre[1]) < NEAR

    def _addresses(self, fields, row):
        (row[AT['stream_url']], row[AT['sub_stream_url']],
         row[AT['still_url']]) = self.streams.read(fields)

    def _still(self, row):
        """A camera whose only picture is a still has it as its still, too."""
        address = row[AT['stream_url']]
        if self.has_stills and row[AT['still_url']] == NULL and (
                row[AT['codec']] == 'JPEG' and addresses.is_web(address)
                or addresses.kind_of(address) == addresses.STILL
                and addresses.may_be_jpeg(address)):
            row[AT['still_url']] = address

    def _codec_and_size(self, fields, row):
        if self.codec:
            index, cache = self.codec
            try:
                row[6], profile = cache[fields[index]]
            except Bad as bad:
                raise fault_of(fields, index, bad) from None
            if self.profile_of_codec or row[7] == NULL and \
                    'profile' in self.loaded:
                row[7] = profile
        if self.size:
            index, cache = self.size
            try:
                width, height = cache[fields[index]]
            except Bad as bad:
                raise fault_of(fields, index, bad) from None
            if width == NULL and fields[index].strip():
                self.no_size += 1
            row[8] = width if row[8] == NULL else row[8]
            row[9] = height if row[9] == NULL else row[9]

    # --- faults ----------------------------------------------------------------

    def _keep_wrong(self, line, fields, wrong):
        # If the URL is wrong, or a part of a URL is in another column, a stray
        # comma may have put a part of a login into any column.
        urls = self.streams.urls
        usual = {self.name_at, *urls}
        secret = self.streams.secrets
        hide = any(fault.index in urls for fault in wrong) or any(
            '://' in field or '@' in field
            for index, field in enumerate(fields)
            if index not in usual and index not in secret) or any(
            fault.index == self.name_at and shown(fault.text) is None
            for fault in wrong)
        for fault in wrong:
            value = None if hide or fault.index in self.not_shown \
                else shown(fault.text)
            self.on_fault(line, self.shown_titles[fault.index], value,
                          fault.reason)
