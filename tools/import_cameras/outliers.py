"""Warns of cameras at 0,0, far from all others, or with latitude and longitude
swapped. Memory does not grow with the file: it keeps squares of one degree."""

import math

# How far is far, in km: from the cameras of a city, and from those of a
# country; a list has at least so many cameras.
FAR_MIN, FAR_MAX = 200, 1000
ROWS_MIN = 3
LINES_KEPT = 5
CELLS_MAX = 5000


class Outliers:
    def __init__(self):
        self.cells = {}
        self.zeros = []
        self.zero_count = 0
        self.rows = 0
        self.far = FAR_MAX

    def see(self, line, lon, lat):
        if lon == 0 == lat:
            self.zero_count += 1
            if self.zero_count <= LINES_KEPT:
                self.zeros.append(line)
            return
        self.rows += 1
        cell = (int(lon // 1), int(lat // 1))
        seen = self.cells.get(cell)
        if seen is None:
            self.cells[cell] = [1, (line, lon, lat)]
        else:
            seen[0] += 1
            if len(seen) <= LINES_KEPT:
                seen.append((line, lon, lat))

    def warnings(self):
        """(line or None, sentence), sorted by line."""
        found = [(line, 'is at 0,0: its position may be missing')
                 for line in self.zeros]
        if self.zero_count > len(self.zeros):
            found.append((None, f'{self.zero_count - len(self.zeros):,} more '
                          'rows are at 0,0'))
        found += self._far()
        return sorted(found, key=lambda each: (each[0] is None, each[0] or 0))

    def _far(self):
        if self.rows < ROWS_MIN or len(self.cells) > CELLS_MAX:
            return
        self.far = self._distance()
        groups = self._groups()
        if not groups:
            return
        largest = groups[0]
        few = max(1, min(3, self.rows // 20))
        main = sum(self.cells[cell][0] for cell in largest)
        if 2 * main <= self.rows:
            return
        for group in groups[1:]:
            if sum(self.cells[cell][0] for cell in group) > few:
                continue
            for cell in group:
                for line, lon, lat in self.cells[cell][1:]:
                    yield line, self._sentence(lon, lat, largest)

    def _sentence(self, lon, lat, largest):
        place = f'{lon:.4f}, {lat:.4f} (longitude, latitude)'
        if -90 <= lon <= 90 and self._near((lat, lon), largest):
            return (f'is at {place}, far from all others: latitude and '
                    'longitude look swapped')
        for turned in ((-lon, lat), (lon, -lat), (-lon, -lat)):
            if self._near(turned, largest):
                return (f'is at {place}, far from all others: a minus may be '
                        'missing or too much')
        return f'is at {place}, far from all others'

    def _near(self, place, group):
        return any(kilometres(place, (x + 0.5, y + 0.5)) < self.far / 2
                   for x, y in group)

    def _distance(self):
        """What is far in this list: twice as far as most cameras are from
        its middle."""
        cells = [((x + 0.5, y + 0.5), seen[0])
                 for (x, y), seen in self.cells.items()]
        middle = tuple(quantile([(centre[axis], n) for centre, n in cells],
                                0.5) for axis in (0, 1))
        reach = quantile([(kilometres(middle, centre), n)
                          for centre, n in cells], 0.75)
        return min(FAR_MAX, max(FAR_MIN, 2 * reach))

    def _groups(self):
        """The cells in groups that are far from each other, by the number of
        cameras, the largest first."""
        left = set(self.cells)
        groups = []
        while left:
            start = left.pop()
            group, edge = [start], [start]
            while edge:
                here = edge.pop()
                near = self._neighbours(here, left)
                left.difference_update(near)
                group += near
                edge += near
            groups.append(group)
        return sorted(groups, key=lambda group: -sum(
            self.cells[cell][0] for cell in group))

    def _neighbours(self, cell, others):
        x, y = cell
        rows = self.far / 111.2 + 1
        return [other for other in others
                if abs(other[1] - y) <= rows and kilometres(
                    (x + 0.5, y + 0.5), (other[0] + 0.5, other[1] + 0.5))
                <= self.far]


def quantile(weighted, share):
    """Of [(value, weight)]."""
    weighted = sorted(weighted)
    wanted = share * sum(weight for _, weight in weighted)
    for value, weight in weighted:
        wanted -= weight
        if wanted <= 0:
            return value
    return weighted[-1][0]


def kilometres(one, two):
    lon_1, lat_1, lon_2, lat_2 = map(math.radians, (*one, *two))
    part = (math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1)
            * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2)
    return 12742 * math.asin(min(1, math.sqrt(part)))
