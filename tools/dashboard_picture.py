#!/usr/bin/python3
"""dashboard_picture.py PROMETHEUS DASHBOARD PICTURE [NAME=VALUE…] - draws the
panels of a Grafana dashboard as SVG, with the figures of a Prometheus.

PROMETHEUS is its address, DASHBOARD a file of conf/grafana/dashboards. Without
Grafana it shows which figures a dashboard has; maps and circles become bars.
NAME=VALUE sets a variable of the dashboard; `seconds` is the time that lines
show, 120 by default.
"""

import html
import json
import math
import re
import sys
import time
import urllib.parse
import urllib.request

WIDTH = 1440
CELL = WIDTH / 24
LINE = 30    # the height of a row of the grid
PAD = 10
COLORS = ('#3274d9', '#e0752d', '#56a64b', '#a352cc', '#e02f44', '#f2cc0c',
          '#37872d', '#1f60c4', '#8f3bb8', '#ad4e00')
VARIABLES = {'job': 'cctv', 'camera': '.*', 'instance': '.*', 'top': '10',
             '__rate_interval': '20s', 'seconds': '120'}


class Prometheus:
    def __init__(self, address, variables):
        self.address = address.rstrip('/')
        self.variables = variables

    def filled(self, text):
        return re.sub(r'\$(\w+)', lambda found: self.variables.get(
            found[1], found[0]), text)

    def ask(self, path, **query):
        with urllib.request.urlopen(
                f'{self.address}/api/v1/{path}?'
                + urllib.parse.urlencode(query), timeout=30) as reply:
            return json.load(reply)['data']['result']

    def values(self, target):
        """[(labels, number)], the greatest first."""
        found = [(each['metric'], float(each['value'][1])) for each
                 in self.ask('query', query=self.filled(target['expr']))]
        return sorted(((labels, number) for labels, number in found
                       if not math.isnan(number)), key=lambda each: -each[1])

    def lines(self, target):
        """[(labels, [(time, number)])]"""
        now = time.time()
        seconds = float(self.variables['seconds'])
        return [(each['metric'], [(float(at), float(number))
                                  for at, number in each['values']
                                  if number != 'NaN'])
                for each in self.ask(
                    'query_range', query=self.filled(target['expr']),
                    start=now - seconds, end=now, step=seconds / 120)]


# ---- Text ----

def number_text(number, unit):
    if unit == 'percentunit':
        return f'{100 * number:.3g} %'
    if unit == 's':
        return f'{1000 * number:.3g} ms' if abs(number) < 1 else (
            f'{number:.3g} s' if number < 600 else f'{number / 3600:.3g} h')
    if unit == 'dateTimeFromNow':
        return f'{max(0, time.time() - number / 1000):.0f} s ago'
    text = (f'{number:,.0f}' if abs(number) >= 1000
            else f'{number:.3g}' if number else '0')
    return text + {'reqps': '/s', 'ops': '/s', 'Bps': ' B/s'}.get(unit, '')


def legend(target, labels):
    text = target.get('legendFormat') or '{{%s}}' % '}} {{'.join(labels)
    return re.sub(r'\{\{(\w+)\}\}', lambda found: labels.get(found[1], ''),
                  text) or 'all'


def text_at(x, y, text, size=12, color='#222', anchor='start', weight=400):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" '
            f'text-anchor="{anchor}" font-weight="{weight}">'
            f'{html.escape(str(text))}</text>')


# ---- Panels ----

class Box:
    def __init__(self, panel):
        place = panel['gridPos']
        self.x, self.y = place['x'] * CELL + 4, place['y'] * LINE + 4
        self.w, self.h = place['w'] * CELL - 8, place['h'] * LINE - 8
        self.unit = panel['fieldConfig']['defaults'].get('unit', 'short')


def mapped(panel, number):
    """The word that the dashboard has for a number, and its color."""
    for mapping in panel['fieldConfig']['defaults'].get('mappings', []):
        option = mapping['options'].get(f'{number:g}')
        if option:
            return option['text'], option['color']
    return None, '#1f60c4'


def draw_stat(panel, prometheus, box):
    values = prometheus.values(panel['targets'][0])
    if not values:
        return None
    word, color = mapped(panel, values[0][1])
    return text_at(box.x + box.w / 2, box.y + box.h / 2 + 22,
                   word or number_text(values[0][1], box.unit), 30, color,
                   'middle', 600)


def draw_bars(panel, prometheus, box):
    found = [(legend(target, labels), number) for target in panel['targets']
             for labels, number in prometheus.values(target)]
    if not found:
        return None
    most = max(number for _, number in found) or 1
    room = box.h - 34
    step = min(24, room / len(found))
    found = found[:max(1, int(room // max(step, 15)))]
    step = min(24, room / len(found))
    out = []
    for place, (name, number) in enumerate(found):
        y = box.y + 32 + place * step
        out += [f'<rect x="{box.x + 90:.1f}" y="{y:.1f}" rx="2" width="'
                f'{max(1, (box.w - 170) * number / most):.1f}" height="'
                f'{step - 5:.1f}" fill="{COLORS[place % len(COLORS)]}"/>',
                text_at(box.x + 84, y + step / 2 + 2, name[:14], 12,
                        anchor='end'),
                text_at(box.x + box.w - 8, y + step / 2 + 2,
                        number_text(number, box.unit), 12, anchor='end')]
    return ''.join(out)


def draw_lines(panel, prometheus, box):
    found = [(legend(target, labels), points) for target in panel['targets']
             for labels, points in prometheus.lines(target) if points]
    if not found:
        return None
    times = [at for _, points in found for at, _ in points]
    top = max(number for _, points in found for _, number in points) or 1
    first, span = min(times), max(max(times) - min(times), 1)
    left, width = box.x + 62, box.w - 74
    floor = box.y + box.h - 30
    height = box.h - 66
    out = []
    for part in (0, 0.5, 1):
        y = floor - height * part
        out += [f'<path d="M{left:.1f} {y:.1f}h{width:.1f}" stroke="#ddd"/>',
                text_at(left - 6, y + 4, number_text(top * part, box.unit), 10,
                        '#666', 'end')]
    at = left
    for place, (name, points) in enumerate(found):
        color = COLORS[place % len(COLORS)]
        path = ' '.join(f'{left + width * (at - first) / span:.1f},'
                        f'{floor - height * number / top:.1f}'
                        for at, number in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{color}" '
                   'stroke-width="1.5"/>')
    for place, (name, _) in enumerate(found):
        need = 20 + 6.4 * len(name)
        if at + need > box.x + box.w:
            out.append(text_at(at, floor + 20, f'+{len(found) - place}', 11))
            break
        out += [f'<rect x="{at:.1f}" y="{floor + 13:.1f}" width="10" height="4"'
                f' fill="{COLORS[place % len(COLORS)]}"/>',
                text_at(at + 14, floor + 20, name, 11)]
        at += need
    return ''.join(out)


DRAW = {'stat': draw_stat, 'timeseries': draw_lines}


def draw_panel(panel, prometheus):
    """SVG, and whether there is data."""
    if panel['type'] == 'row':
        title = prometheus.filled(panel['title']).replace('.*', '(all)')
        return text_at(8, panel['gridPos']['y'] * LINE + 22, title, 15,
                       weight=600), True
    box = Box(panel)
    body = DRAW.get(panel['type'], draw_bars)(panel, prometheus, box)
    frame = (f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.w:.1f}" '
             f'height="{box.h:.1f}" fill="#fff" stroke="#ccc" rx="3"/>'
             + text_at(box.x + PAD, box.y + 19, panel['title'], 13,
                       weight=600))
    return frame + (body or text_at(box.x + box.w / 2, box.y + box.h / 2 + 10,
                                    'no data', 13, '#999', 'middle')), \
        body is not None


def main(address, dashboard, picture, *settings):
    variables = {**VARIABLES, **dict(each.split('=', 1) for each in settings)}
    with open(dashboard, encoding='utf-8') as file:
        board = json.load(file)
    prometheus = Prometheus(address, variables)
    drawn = [draw_panel(panel, prometheus) for panel in board['panels']]
    height = LINE * max(panel['gridPos']['y'] + panel['gridPos']['h']
                        for panel in board['panels']) + PAD
    with open(picture, 'w', encoding='utf-8') as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
                   f'height="{height}" viewBox="0 0 {WIDTH} {height}" '
                   'font-family="DejaVu Sans, Helvetica, sans-serif">'
                   f'<rect width="{WIDTH}" height="{height}" fill="#f4f5f5"/>'
                   + '\n'.join(text for text, _ in drawn) + '</svg>\n')
    empty = [panel['title'] for panel, (_, has_data)
             in zip(board['panels'], drawn) if not has_data]
    if empty:
        print('no data: ' + ', '.join(empty))


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
