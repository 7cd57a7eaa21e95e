"""What only many rows tell about coordinates: their order in one cell, that
they are projected, or that latitude and longitude are swapped throughout."""

from . import places
from .cells import clean_or_empty
from .words import Bad, Refused, quoted


def settle(header, columns, sample, more_rows):
    """Completes columns.place. more_rows() yields the fields of all rows; it
    is read only if the sample does not tell the order. Raises Refused."""
    kind, first, second = columns.place
    if kind == 'two':
        check_two(header, first, second, sample)
    elif second is None:
        columns.place = ('one', first, order_of(header, first, sample,
                                                more_rows))


def numbers_of(text, read):
    try:
        return read(clean_or_empty(text))
    except Bad:
        return None


def check_two(header, lon_at, lat_at, sample):
    def read(text):
        return places.degrees(text, None) if text else None
    pairs = [(numbers_of(row[lon_at], read), numbers_of(row[lat_at], read))
             for row in sample]
    pairs = [pair for pair in pairs if None not in pair]
    refuse_projected(f'the columns {quoted(header[lon_at])} and '
                     f'{quoted(header[lat_at])} are', pairs)
    swapped = sum(90 < abs(lat) <= 180 and abs(lon) <= 90
                  for lon, lat in pairs)
    if pairs and 2 * swapped > len(pairs) and len(pairs) > 1:
        lon, lat = header[lon_at], header[lat_at]
        raise Refused(
            f'latitude and longitude are swapped: {quoted(lat)} has values '
            f'beyond 90. Say COLUMNS=\'longitude={lat},latitude={lon}\'')


def refuse_projected(what, pairs):
    far = [pair for pair in pairs
           if max(map(abs, pair)) > places.FAR_FROM_DEGREES]
    if pairs and 2 * len(far) > len(pairs):
        x, y = far[0]
        raise Refused(
            f'{what} projected coordinates such as {x:.10g}, {y:.10g} '
            f'({places.projection_of(x, y)}), not degrees: give longitude and '
            'latitude in degrees (WGS 84, EPSG:4326), for example by QGIS or '
            'ogr2ogr -t_srs EPSG:4326')


def order_of(header, index, sample, more_rows):
    """The order of pairs in a cell: None if every pair says it itself."""
    pairs = []
    is_open = False
    for row in sample:
        pair = numbers_of(row[index], places.read_pair)
        if pair is not None:
            pairs.append(pair)
            is_open = is_open or pair[2] is None
    refuse_projected(f'the column {quoted(header[index])} has',
                     [pair[:2] for pair in pairs])
    if not is_open:
        return None
    counts = count_told(pairs)
    if not any(counts.values()):
        counts = count_told(
            pair for pair in (numbers_of(row[index], places.read_pair)
                              for row in more_rows()) if pair is not None)
    best, other = sorted(counts, key=counts.get, reverse=True)
    if counts[best] == counts[other]:
        title = header[index]
        raise Refused(
            f'the column {quoted(title)} has pairs of numbers, and their '
            'values do not tell which is the latitude: say '
            f'COLUMNS=\'lat_lon={title}\' or COLUMNS=\'lon_lat={title}\'')
    return best


def count_told(pairs):
    counts = {places.LAT_LON: 0, places.LON_LAT: 0}
    for first, second, order in pairs:
        told = places.order_told_by(first, second) if order is None else None
        if told:
            counts[told] += 1
    return counts
