"""Finds out what each column of a file is: by its title, by rank where several
would do, and by its values where the title does not tell."""

import re

from . import addresses, headings, places, sizes, titles, values
from .codecs_of_video import codec_and_profile
from .overrides import parse_overrides
from .words import Bad, Refused, quoted, shown

PLAIN_COLUMNS = ('external_id', 'name', 'role', 'codec', 'profile', 'width',
                 'height', 'size', 'fps', 'audio', 'heading', 'field_of_view',
                 'status', 'disabled', 'user', 'password')
URL_COLUMNS = ('stream_url', 'sub_stream_url', 'still_url')
# Titles whose words need not be directions.
STRICT_HEADINGS = {'heading', 'bearing', 'azimuth', 'compassheading',
                   'cameraheading', 'headingdegrees', 'headingdeg',
                   'azimuthdegrees', 'compassbearing'}
FITTING = 0.5
# So many titles of names mean nothing else.
SURE_NAMES = 15
EXAMPLES = 3


class Columns:
    """What the columns of a file are.

    index_of    {column of the table: index in the file}
    place       ('two', longitude, latitude) or ('one', index, order), where
                the order is None if it is not known
    streams     the columns with addresses of video, the best first
    still_at    the column with addresses of still pictures, which may also be
                the one of `streams`, or None
    """

    def __init__(self):
        self.index_of = {}
        self.place = None
        self.streams = []
        self.still_at = None
        self.heading_is_strict = True
        self.status_is_turned = False

    def used(self):
        used = set(self.index_of.values()) | set(self.streams)
        if self.place:
            used.update(i for i in self.place[1:] if isinstance(i, int))
        return used


class Finder:
    """header: titles; sample: rows; chosen: of parse_overrides()."""

    def __init__(self, header, sample, chosen):
        self.header = header
        self.sample = sample
        self.chosen = chosen
        self.columns = Columns()
        self.taken = {index for index in chosen.values() if index is not None}
        self.filled = {}

    def find(self):
        self._take_place()
        self._take_addresses()
        for column in PLAIN_COLUMNS:
            if column != 'name':
                self._take(column)
        self._take('name')
        if 'name' not in self.columns.index_of and \
                'name' not in self.chosen and \
                'external_id' in self.columns.index_of:
            # A list without names: people see the keys.
            self.columns.index_of['name'] = \
                self.columns.index_of['external_id']
        self._refine()
        self._check_needed()
        return self.columns

    # --- values of the sample -----------------------------------------------

    def values(self, index):
        """The values of a column in the sample that are not empty."""
        if index not in self.filled:
            column = (row[index].strip() for row in self.sample)
            self.filled[index] = [text for text in column
                                  if text.casefold() not in values.EMPTY_WORDS]
        return self.filled[index]

    def share(self, index, test):
        """How many of the values pass a test, 0 to 1."""
        column = self.values(index)[:200]
        if not column:
            return 0
        return sum(map(test, column)) / len(column)

    def fits(self, index, column):
        reader = {
            'codec': lambda text: codec_and_profile(text)[0],
            'size': sizes.read_size, 'fps': values.read_fps,
            'status': values.read_status, 'disabled': values.read_status,
            'heading': headings.read_heading, 'audio': values.read_audio,
            'profile': lambda text: not re.search('[0-9]{3}', text),
            'position': places.read_pair, 'x': values.number,
            'y': values.number}[column]

        def test(text):
            try:
                return reader(text) is not None
            except Bad:
                return False
        return self.share(index, test) >= FITTING

    # --- one column -----------------------------------------------------------

    def candidates(self, column):
        """(rank, index) of the columns that may be it, the best first."""
        ranked = []
        for index, title in enumerate(self.header):
            if index in self.taken:
                continue
            rank = titles.rank_of(title, column)
            if rank is None or not self._is_plausible(index, title, column):
                continue
            # A column without values gives way to one with some.
            empty = bool(self.sample) and not self.values(index)
            ranked.append((empty, rank, index))
        return [(rank + 10_000 * empty, index)
                for empty, rank, index in sorted(ranked)]

    def _is_plausible(self, index, title, column):
        weak = titles.ONLY_IF_THEY_FIT.get(column, ())
        forms = titles.forms_of(title)
        if any(form in weak for form in forms):
            return self.fits(index, column)
        if column == 'name':
            return self.share(index, lambda text: '://' in text) < FITTING \
                or forms[0] in ('name', 'description', 'title', 'label')
        return True

    def _take(self, column):
        if column in self.chosen:
            index = self.chosen[column]
        else:
            ranked = self.candidates(column)
            index = self._best(column, ranked)
        if index is not None:
            self.columns.index_of[column] = index
            self.taken.add(index)

    def _best(self, column, ranked):
        if not ranked:
            return None
        if len(ranked) > 1 and ranked[0][0] == ranked[1][0] < 500:
            first, second = (index for _, index in ranked[:2])
            if [row[first] for row in self.sample] != \
                    [row[second] for row in self.sample] or not self.sample:
                raise Refused(
                    f'the columns {quoted(self.header[first])} and '
                    f'{quoted(self.header[second])} both mean the {column}: '
                    f'leave one out, or say COLUMNS=\'{column}='
                    f'#{first + 1}\'')
        return ranked[0][1]

    # --- where the cameras are --------------------------------------------------

    def _take_place(self):
        chosen = self.chosen
        for word, order in (('position', None), ('lat_lon', places.LAT_LON),
                            ('lon_lat', places.LON_LAT)):
            if chosen.get(word) is not None:
                self._place_one(chosen[word], order)
                return
        # The same column for both means a pair in the order that is named.
        pair = [column for column in chosen
                if column in ('longitude', 'latitude')]
        if len(pair) == 2 and chosen['longitude'] == chosen['latitude'] \
                is not None:
            self._place_one(chosen['longitude'], places.LON_LAT
                            if pair[0] == 'longitude' else places.LAT_LON)
            return
        two = [self._axis('longitude'), self._axis('latitude')]
        if None in two or pair:
            self._place_two_or_one(two, bool(pair))
        elif self._is_blank(two) and self._place_told():
            pass
        else:
            self._place_two(two)

    def _axis(self, column):
        if column in self.chosen:
            return self.chosen[column]
        return self._best(column, self.candidates(column))

    def _is_blank(self, indexes):
        return self.sample and not any(map(self.values, indexes))

    def _place_two_or_one(self, two, is_chosen):
        if None not in two:
            self._place_two(two)
            return
        if not is_chosen and self._place_told():
            return
        x = self._best('x', self.candidates('x'))
        y = self._best('y', self.candidates('y'))
        if not is_chosen and x is not None and y is not None:
            self._place_two([x, y])

    def _place_told(self):
        for column, order in (('lat_lon', places.LAT_LON),
                              ('lon_lat', places.LON_LAT),
                              ('position', None)):
            ranked = self.candidates(column)
            if ranked and (ranked[0][0] < 10_000 or not self.sample):
                self._place_one(ranked[0][1], order)
                return True
        return False

    def _place_one(self, index, order):
        self.columns.place = ('one', index, order)
        self.taken.add(index)

    def _place_two(self, two):
        self.columns.place = ('two', *two)
        self.taken.update(two)

    # --- addresses -----------------------------------------------------------

    def _take_addresses(self):
        ranked = {column: [] for column in URL_COLUMNS}
        for index, title in enumerate(self.header):
            if index in self.taken:
                continue
            kind = self._kind_of_address(index, title)
            if kind:
                ranked[kind[0]].append((*kind[1:], index))
        for column in URL_COLUMNS:
            if column in self.chosen:
                index = self.chosen[column]
                ranked[column] = [] if index is None else [(0, 0, index)]
        streams = [index for *_, index in sorted(ranked['stream_url'])]
        if streams and 'stream_url' not in self.chosen:
            # Pictures beside video, whatever their title.
            for each in ranked['stream_url'][:]:
                if each[0] == addresses.STILL and each[2] != streams[0]:
                    streams.remove(each[2])
                    ranked['still_url'].append(each)
        if 'stream_url' not in self.chosen:
            streams = self._without_strangers(streams)
        subs = [index for *_, index in sorted(ranked['sub_stream_url'])]
        stills = [index for *_, index in sorted(ranked['still_url'])]
        self.columns.streams = streams
        self.columns.still_at = stills[0] if stills else None
        if not streams and stills and 'stream_url' not in self.chosen:
            # A list with pictures only: its cameras are on the map, not playable.
            self.columns.streams = stills[:1]
            stills = stills[1:]
        for column, found in (('sub_stream_url', subs),
                              ('still_url', stills)):
            if found:
                self.columns.index_of[column] = found[0]
        self.taken.update(self.columns.streams, subs[:1], stills[:1])
        if self.columns.streams:
            self.columns.index_of['stream_url'] = self.columns.streams[0]

    def _without_strangers(self, streams):
        """Columns such as address or source hold addresses only sometimes; of
        the rest, those with equal titles are refused."""
        kept = [index for index in streams
                if not self.values(index)
                or self.share(index, addresses.looks_like_address) > 0
                or not titles.squash(self.header[index]) in
                ('address', 'source', 'src', 'feed', 'video', 'adresse',
                 'camerafeed', 'http', 'https', 'link', 'hls', 'endpoint')]
        if len(kept) > 1:
            squashed = [titles.squash(self.header[i]) for i in kept]
            for n, title in enumerate(squashed[1:], 1):
                first = squashed.index(title)
                if first < n and [r[kept[first]] for r in self.sample] != \
                        [r[kept[n]] for r in self.sample]:
                    raise Refused(
                        f'the columns {kept[first] + 1} and {kept[n] + 1}, '
                        f'both {quoted(self.header[kept[n]])}, both mean the '
                        'stream_url: leave one out, or say '
                        f'COLUMNS=\'stream_url=#{kept[first] + 1}\'')
        return kept

    def _kind_of_address(self, index, title):
        """(column, order by scheme, order by title) of a column that holds
        addresses, or None."""
        ranks = {column: titles.rank_of(title, column)
                 for column in URL_COLUMNS}
        words = set(titles.words_of(title))
        content = addresses.best_kind(self.values(index)[:200])
        named = [column for column in URL_COLUMNS if ranks[column] is not None]
        if not named and content is None:
            return None
        if 'sub_stream_url' in named or (
                content is not None and content <= addresses.VIDEO
                and words & addresses.SUB_WORDS
                and not words & addresses.MAIN_WORDS):
            return ('sub_stream_url', 0, ranks['sub_stream_url'] or 900)
        if not named:
            if self._is_for_something_else(title):
                return None
            if self.share(index, addresses.looks_like_address) < FITTING or \
                    words & addresses.PAGE_WORDS and \
                    content > addresses.VIDEO:
                return None
        if content is None:
            content = addresses.NOTHING
        is_still = 'still_url' in named or (
            'stream_url' not in named and words & addresses.STILL_WORDS)
        if is_still and content > addresses.VIDEO:
            return ('still_url', content, ranks['still_url'] or 900)
        if content == addresses.STILL and not is_still:
            # It is taken where no other column has an address of video.
            return ('stream_url', content, ranks['stream_url'] or 900)
        if 'stream_url' not in named and content > addresses.VIDEO:
            return None
        rank = ranks['stream_url']
        return ('stream_url', content, 900 if rank is None else rank)

    @staticmethod
    def _is_for_something_else(title):
        """Lists without names have the address as the name, too."""
        return any(
            rank is not None and (column != 'name' or rank < SURE_NAMES)
            for column, rank in ((column, titles.rank_of(title, column))
                                 for column in PLAIN_COLUMNS))

    # --- the end -------------------------------------------------------------

    def _refine(self):
        columns = self.columns
        if 'disabled' in columns.index_of:
            index = columns.index_of.pop('disabled')
            if 'status' not in columns.index_of and \
                    'status' not in self.chosen:
                columns.index_of['status'] = index
                columns.status_is_turned = True
        heading = columns.index_of.get('heading')
        if heading is not None:
            columns.heading_is_strict = bool(
                STRICT_HEADINGS & set(titles.forms_of(self.header[heading])))
        # A password without a user, or the other way round, is no login.
        if 'user' in columns.index_of and 'password' not in columns.index_of \
                and 'user' not in self.chosen:
            del columns.index_of['user']

    def _check_needed(self):
        missing = []
        if 'name' not in self.columns.index_of:
            missing.append('name')
        if not self.columns.place:
            for column in ('longitude', 'latitude'):
                if column in self.chosen or self._axis(column) is None:
                    missing.append(column)
        if not self.columns.streams:
            missing.append('stream_url')
        if missing:
            raise Refused(self._missing_reason(missing))

    @staticmethod
    def _is_camera(fields):
        return any(addresses.looks_like_address(field) for field in fields) \
            or sum(re.fullmatch(r'-?[0-9]+[.,][0-9]+', field) is not None
                   for field in fields) > 1

    def _missing_reason(self, missing):
        if self._is_camera(self.header):
            # Not shown: a camera may have a login.
            return ('the header has no column for ' + ', none for '.join(missing)
                    + ': the first row looks like a camera. Put a row above '
                    'it that names the columns, for example '
                    'name,longitude,latitude,url')
        words = {'name': 'name or label or description or title',
                 'longitude': 'longitude or lng or lon or x',
                 'latitude': 'latitude or lat or y',
                 'stream_url': 'stream_url or url or rtsp or video_url'}
        named = ', '.join(shown(title) or '…' for title in self.header[:30])
        example = ','.join(f'{column}=TITLE' for column in missing)
        return ('the header has no column for '
                + ', none for '.join(f'{column} ({words[column]})'
                                     for column in missing)
                + f'. It has: {named}. Say COLUMNS=\'{example}\' if there is '
                'one')


def find_columns(header, sample, overrides=''):
    """The Columns of a file. Raises Refused, or Obstacle for COLUMNS."""
    return Finder(header, sample, parse_overrides(overrides, header)).find()
