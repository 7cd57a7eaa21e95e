"""Writes small MaxMind DB files, in the layouts that are in use.

python3 t/it/mmdb.py writes the files in t/data/geoip/ again; test_geoip.py
checks that they match. The format: https://maxmind.github.io/MaxMind-DB/
"""

import ipaddress
import os

DATA = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), 'data', 'geoip')
MARKER = b'\xab\xcd\xefMaxMind.com'


class U16(int):
    """A number of the type uint16; other numbers are uint32."""


class U64(int):
    pass


def control(kind, size):
    extended = [] if kind < 8 else [kind - 7]
    first = (kind if kind < 8 else 0) << 5
    for base, code, width in (65821, 31, 3), (285, 30, 2), (29, 29, 1):
        if size >= base:
            return bytes([first | code, *extended]) + (size - base).to_bytes(
                width, 'big')
    return bytes([first | size, *extended])


def pointer(target):
    # The longest form, which fits any value.
    return bytes([0b00111000]) + target.to_bytes(4, 'big')


class Section:
    """Values in sequence; a repeated value becomes a pointer."""

    def __init__(self):
        self.bytes = bytearray()
        self.known = {}

    def add(self, value, is_shared=True):
        start = len(self.bytes)
        key = repr(value)
        if is_shared and key in self.known:
            self.bytes += pointer(self.known[key])
            return
        if isinstance(value, str):
            self.bytes += control(2, len(value.encode())) + value.encode()
        elif isinstance(value, dict):
            self.bytes += control(7, len(value))
            for name, member in value.items():
                self.add(name)
                self.add(member)
        elif isinstance(value, list):
            self.bytes += control(11, len(value))
            for member in value:
                self.add(member)
        else:
            kind = {U16: 5, U64: 9}.get(type(value), 6)
            digits = value.to_bytes((value.bit_length() + 7) // 8, 'big')
            self.bytes += control(kind, len(digits)) + digits
        if isinstance(value, (str, dict)):
            self.known.setdefault(key, start)

    def record(self, value):
        """The offset of a value, for the search tree."""
        if repr(value) not in self.known:
            self.add(value, is_shared=False)
        return self.known[repr(value)]


def tree(networks, section, version):
    """[[left, right]…]: a node's number, ~offset of a record, or None."""
    nodes = [[None, None]]
    for text, value in sorted(networks.items(), key=lambda item: int(
            item[0].rpartition('/')[2])):
        network = ipaddress.ip_network(text)
        size = 128 if version == 6 else 32
        depth = network.prefixlen + size - network.max_prefixlen
        address = int(network.network_address)
        at = 0
        for i in range(depth):
            side = address >> (size - 1 - i) & 1
            if i == depth - 1:
                nodes[at][side] = ~section.record(value)
            elif nodes[at][side] is None or nodes[at][side] < 0:
                nodes.append([nodes[at][side]] * 2)
                nodes[at][side] = len(nodes) - 1
            at = nodes[at][side]
    return nodes


def pack(left, right, bits):
    if bits == 28:
        return (left % 2**24).to_bytes(3, 'big') + bytes(
            [left >> 24 << 4 | right >> 24]) + (right % 2**24).to_bytes(
                3, 'big')
    return b''.join(each.to_bytes(bits // 8, 'big') for each in (left, right))


def database(networks, bits=24, version=6, built=1700000000, kind='Country'):
    """The bytes of a database: {'192.0.2.0/24': record, …}."""
    section = Section()
    nodes = tree(networks, section, version)

    def number(side):
        if side is None:
            return len(nodes)
        return side if side >= 0 else len(nodes) + 16 + ~side

    metadata = Section()
    metadata.add({
        'node_count': len(nodes), 'record_size': U16(bits),
        'ip_version': U16(version), 'database_type': kind,
        'languages': ['en'], 'binary_format_major_version': U16(2),
        'binary_format_minor_version': U16(0), 'build_epoch': U64(built),
        'description': {'en': 'For tests'}})
    return b''.join([*(pack(number(left), number(right), bits)
                       for left, right in nodes),
                     bytes(16), section.bytes, MARKER, metadata.bytes])


def nested(code, registered=None):
    """A record in MaxMind's form."""
    record = {'continent': {'code': 'XX', 'geoname_id': 6255148},
              'country': {'geoname_id': 2635167, 'iso_code': code,
                          'names': {'en': 'The country ' + code}}}
    if registered:
        record['registered_country'] = {'iso_code': registered}
    return record


def flat(code):
    return {'country_code': code}


# One network for each layout that public databases use, and for values that are
# no country: what comes later in the record counts.
LAYOUTS = {
    # MaxMind, DB-IP, IP2Location
    '10.0.1.0/24': {'country': {'iso_code': 'US', 'names': {
        'en': 'United States'}}, 'registered_country': {'iso_code': 'DE'}},
    # MaxMind: a satellite or an anycast address
    '10.0.2.0/24': {'continent': {'code': 'EU'},
                    'registered_country': {'iso_code': 'FR'}},
    # IPinfo Lite
    '10.0.3.0/24': {'asn': 'AS15169', 'continent': 'North America',
                    'continent_code': 'NA', 'country': 'Canada',
                    'country_code': 'CA'},
    # IPinfo's country databases
    '10.0.4.0/24': {'continent': 'AS', 'country': 'JP',
                    'country_name': 'Japan'},
    '10.0.5.0/24': {'country': {'code': 'IT', 'name': 'Italy'}},
    '10.0.6.0/24': {'countryCode': 'ES'},
    '10.0.7.0/24': {'country_iso_code': 'PT'},
    '10.0.8.0/24': {'iso_code': 'PL'},
    '10.0.9.0/24': {'geo': {'country': 'Norway', 'country_code': 'NO'}},
    '10.0.10.0/24': {'location': {'country': {'code': 'DK'}}},
    '10.0.11.0/24': {'location': {'country_code2': 'FI'}},
    # No country, or none in the first place
    '10.0.20.0/24': {'country_code': '-', 'country': '-'},
    '10.0.21.0/24': {'country_code': 'XX'},
    '10.0.22.0/24': {'country': {'iso_code': 'ZZ'}},
    '10.0.23.0/24': {'country_code': '', 'country': 'SE'},
    '10.0.24.0/24': {'country': {'iso_code': 'XX'},
                     'registered_country': {'iso_code': 'ch'}},
    '10.0.25.0/24': {'country': 'Germany'},
    '10.0.26.0/24': {'country': ['AT']},
    '10.0.27.0/24': {'country_code': 'A1'}}


def deep(levels):
    return [deep(levels - 1)] if levels else []


FILES = {
    'nested.mmdb': database({
        '81.2.69.0/24': nested('GB', 'US'), '89.160.20.0/24': nested('se'),
        '89.160.20.128/25': nested('SE'), '192.0.2.0/24': nested('ZZ'),
        '198.51.100.0/24': {'registered_country': {'iso_code': 'US'}},
        '203.0.113.0/26': nested('GBR'), '203.0.113.64/26': nested('4'),
        '203.0.113.128/26': {'country': {'iso_code': 7}},
        '203.0.113.192/26': 'GB', '2001:db8::/32': nested('NO')}),
    'flat.mmdb': database({
        '81.2.69.0/24': flat('FR'), '192.0.2.0/24': flat('ZZ'),
        '2001:db8::/32': flat('DE')}, bits=28, built=1710000000),
    'ip4.mmdb': database({'81.2.69.0/24': flat('IE')}, bits=32, version=4),
    'layouts.mmdb': database(LAYOUTS),
    # An address whose record has no country.
    'asn.mmdb': database({'81.2.69.0/24': {
        'autonomous_system_number': 20712}}, kind='ASN'),
    'deep.mmdb': database({'81.2.69.0/24': {
        'a': deep(40), **nested('GB')}}),
}

if __name__ == '__main__':
    for name, content in FILES.items():
        with open(os.path.join(DATA, name), 'wb') as file:
            file.write(content)
