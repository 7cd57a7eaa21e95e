"""Writes a .pmtiles file (version 3) with a few vector tiles: squares and
lines, as the files of Protomaps have them."""

import json
import struct

EXTENT = 4096


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, content):
    """A field of a protocol buffer: a number, a text or bytes."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    if isinstance(content, str):
        content = content.encode()
    return varint(number << 3 | 2) + varint(len(content)) + content


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def geometry(points, closed):
    out = bytearray()
    before = (0, 0)
    for index, point in enumerate(points):
        if index == 0:
            out += varint(1 << 3 | 1)
        elif index == 1:
            out += varint(len(points) - 1 << 3 | 2)
        out += zigzag(point[0] - before[0]) + zigzag(point[1] - before[1])
        before = point
    return bytes(out) + (varint(1 << 3 | 7) if closed else b'')


def layer(name, features):
    """features: (tags, points, whether it is a polygon), points within 0 and
    EXTENT."""
    keys, values, out = [], [], b''
    for tags, points, closed in features:
        numbers = b''
        for key, value in tags.items():
            keys.append(key)
            values.append(value)
            numbers += varint(len(keys) - 1) + varint(len(values) - 1)
        out += field(2, field(2, numbers) + field(3, 3 if closed else 2)
                     + field(4, geometry(points, closed)))
    return field(3, field(15, 2) + field(1, name) + out
                 + b''.join(field(3, key) for key in keys)
                 + b''.join(field(4, field(4 if isinstance(value, int) else 1,
                                           value)) for value in values)
                 + field(5, EXTENT))


def tile_id(z, x, y):
    """The place of a tile on the Hilbert curves of all zooms."""
    at = (4 ** z - 1) // 3
    side = 1 << z - 1 if z else 0
    while side:
        right, down = int(bool(x & side)), int(bool(y & side))
        at += side * side * (3 * right ^ down)
        if not down:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return at


def write(path, tiles, bounds=(-180, -85, 180, 85), **metadata):
    """tiles: {(z, x, y): the bytes of its layers}."""
    entries = sorted((tile_id(*at), data) for at, data in tiles.items())
    ids = [number for number, _ in entries]
    root = varint(len(ids))
    root += b''.join(varint(number - before)
                     for number, before in zip(ids, [0] + ids))
    root += varint(1) * len(ids)
    root += b''.join(varint(len(data)) for _, data in entries)
    # The first tile is at 0, and each other one behind the one before.
    root += b''.join(varint(int(index == 0)) for index in range(len(ids)))
    about = json.dumps(metadata).encode()
    content = b''.join(data for _, data in entries)
    zooms = [z for z, _, _ in tiles]
    at = 127
    head = b'PMTiles\3'
    for part in (root, about, b'', content):
        head += struct.pack('<QQ', at, len(part))
        at += len(part)
    head += struct.pack('<QQQ', len(ids), len(ids), len(ids))
    # Clustered; nothing is compressed; vector tiles.
    head += struct.pack('<BBBBBB', 1, 1, 1, 1, min(zooms), max(zooms))
    head += struct.pack('<iiii', *(int(each * 1e7) for each in bounds))
    head += struct.pack('<Bii', max(zooms), 0, 0)
    assert len(head) == 127
    with open(path, 'wb') as file:
        file.write(head + root + about + content)
