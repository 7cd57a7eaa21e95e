#!/usr/bin/python3
"""Writes htdocs/world.json, the coastlines and borders of the map page, from
countries-50m.json of the npm package world-atlas: Natural Earth 4.1.0 at
1:50,000,000, which is in the public domain, as TopoJSON.

    npm pack world-atlas@2.0.2 && tar xf world-atlas-2.0.2.tgz
    tools/world.py package/countries-50m.json >htdocs/world.json

A line is a flat array of whole numbers in hundredths of a degree: the longitude
and latitude of its first point, then the difference of each point to the
previous one. No line crosses the antimeridian.
"""

import argparse
import collections
import json
import math

SOURCE = 'Natural Earth 4.1.0, 1:50m, public domain'
# Points that change a line by less, and smaller islands, are left out.
TOLERANCE_DEG = 0.02


def arcs_used(node):
    """The numbers of the arcs in the nested arrays of a geometry."""
    if isinstance(node, list):
        for child in node:
            yield from arcs_used(child)
    else:
        # ~n means arc n in the opposite direction.
        yield node if node >= 0 else ~node


def positions(arc, transform):
    """The points of a TopoJSON arc in degrees."""
    (scale_x, scale_y), (left, bottom) = (
        transform['scale'], transform['translate'])
    x = y = 0
    for dx, dy in arc:
        x += dx
        y += dy
        yield x * scale_x + left, y * scale_y + bottom


def is_edge(a, b):
    """Whether the line from a to b is an edge of the map, where polygons are
    cut, and not a real coast."""
    return (min(abs(a[0]), abs(b[0])) > 179.99 or max(a[1], b[1]) < -89.9)


def cut(points):
    """The parts of a line between the edges of the map, cut at ±180."""
    parts = [points[:1]]
    for a, b in zip(points, points[1:]):
        if is_edge(a, b):
            parts.append([b])
        elif abs(a[0] - b[0]) > 180:
            side = math.copysign(180, a[0])
            unwrapped = b[0] + 2 * side
            share = (side - a[0]) / (unwrapped - a[0])
            latitude = a[1] + share * (b[1] - a[1])
            parts[-1].append((side, latitude))
            parts.append([(-side, latitude), b])
        else:
            parts[-1].append(b)
    return [part for part in parts if len(part) > 1]


def distance(point, a, b):
    """The distance from a point to the segment from a to b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    share = 0
    if length:
        share = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length
        share = min(1, max(0, share))
    return math.dist(point, (a[0] + share * dx, a[1] + share * dy))


def simplified(points):
    """The points that remain after the algorithm of Ramer, Douglas and Peucker;
    none if a ring is too small."""
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        inner = range(first + 1, last)
        far, where = max(((distance(points[n], points[first], points[last]), n)
                          for n in inner), default=(0, 0))
        if far > TOLERANCE_DEG:
            keep.add(where)
            spans += [(first, where), (where, last)]
    is_ring = points[0] == points[-1]
    return [] if is_ring and len(keep) < 4 else [points[n]
                                                 for n in sorted(keep)]


def encoded(points):
    """A line in the format of the file; empty if nothing is left of it."""
    flat = []
    last = (0, 0)
    for point in points:
        now = tuple(round(100 * degrees) for degrees in point)
        if now != last or not flat:
            flat += [now[0] - last[0], now[1] - last[1]]
        last = now
    return flat if len(flat) > 2 else []


def lines(topology):
    """Coasts are arcs of one country, borders are arcs of two countries."""
    users = collections.Counter(
        arc for country in topology['objects']['countries']['geometries']
        for arc in set(arcs_used(country.get('arcs', []))))
    found = {'coast': [], 'borders': []}
    for number, arc in enumerate(topology['arcs']):
        kind = 'coast' if users[number] == 1 else 'borders'
        for part in cut(list(positions(arc, topology['transform']))):
            # A simplified line between two points at the edge may lie on the
            # edge.
            for rest in cut(simplified(part)):
                line = encoded(rest)
                if users[number] and line:
                    found[kind].append(line)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('topology', help='countries-50m.json')
    with open(parser.parse_args().topology, encoding='utf-8') as file:
        found = lines(json.load(file))
    text = json.dumps({'source': SOURCE, 'lines': found},
                      separators=(',', ':'))
    # Each line of the map is one line of the file.
    print(text.replace('],[', '],\n['))


if __name__ == '__main__':
    main()
