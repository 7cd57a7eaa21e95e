"""docs/gis.md: QGIS, MapLibre, OpenLayers and Leaflet show the cameras. `make
check-gis` runs this; it is not part of `make check`, because it needs QGIS and
large packages of npm."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from api import add_cameras, dbd, location
from env import REPO, SLOWNESS, make_folder
from lab import Browser
from map_page import MODULES
from test_catalogue import catalogue, wait_for_generation
from users import AUTH, BASIC, set_passwords
from views import ENDPOINTS
from window import BUILD, Windows

NPM = REPO + '/build/npm-gis/node_modules'
LEAFLET = '/usr/share/javascript/leaflet'
COUNT, POLICE = 300, 20
STATUSES = ('online', 'offline', 'unknown')
PAGE = '''<!DOCTYPE html><meta charset="utf-8"><title>{name}</title>
<link rel="stylesheet" href="{name}.css">
<style>html, body, #map {{ margin: 0; height: 100%; }}</style>
<div id="map"></div>{classic}
<script type="module">{code}
Object.assign(window, {{map, isShown: true}});</script>'''


class WebGlBrowser(Browser):
    """It draws WebGL in software."""
    FLAGS = tuple(flag for flag in Browser.FLAGS if flag != '--disable-gpu') \
        + ('--use-gl=angle', '--use-angle=swiftshader',
           '--enable-unsafe-swiftshader')


def handler(path, name, *more):
    return (f'<Location "{path}">\nSetHandler cctv-{name}\n'
            + '\n'.join(more) + '\n</Location>\n')


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    # In groups, so that there are clusters and single cameras.
    add_cameras(cluster, *[
        {'name': f'Camera {i}', 'lng': -150 + 30 * (i % 10) + i / 100,
         'lat': -60 + 15 * (i % 9), 'status': STATUSES[i % 3],
         'role': 'police' if i < POLICE else 'traffic'}
        for i in range(COUNT)])
    closed = (*BASIC, 'CCTVRoles "%{REMOTE_USER}"')
    started = start_shared(
        'TypesConfig /dev/null\nAddType text/html .html\n'
        'AddType text/css .css\nAddType text/javascript .js .mjs\n'
        + dbd(cluster) + catalogue() + ENDPOINTS + location()
        + handler('/ogc', 'ogc') + handler('/closed/ogc', 'ogc', *closed)
        + handler('/tiles', 'tiles'), modules=sorted({*AUTH, *MODULES}))
    set_passwords(started, 'police')
    wait_for_generation(started)
    return started


def snippet(httpd, title):
    """The script of this section of docs/gis.md, for this server."""
    with open(REPO + '/docs/gis.md') as file:
        section = file.read().split(f'\n## {title}\n')[1].split('\n## ')[0]
    code = re.search('```js\n(.*?)```', section, re.S).group(1)
    return code.replace('https://maps.example.org',
                        f'http://127.0.0.1:{httpd.port}')


@pytest.fixture(scope='module')
def browser():
    made = WebGlBrowser()
    yield made
    made.remove()


@pytest.fixture
def shown(browser, httpd):
    """shown(title, files, …) → a window with the script of docs/gis.md."""
    windows = Windows(browser)

    def show(title, *files, code='', classic=()):
        name = title.lower()
        folder = httpd.folder + '/htdocs/'
        for file, copy in files:
            os.chmod(shutil.copy(file, folder + copy), 0o644)
        with open(folder + name + '.html', 'w') as page:
            page.write(PAGE.format(
                name=name, code=code + snippet(httpd, title), classic=''.join(
                    f'<script src="{each}"></script>' for each in classic)))
        window = windows.open(f'http://127.0.0.1:{httpd.port}/{name}.html')
        window.until('window.isShown', seconds=60 * SLOWNESS)
        return window
    yield show
    windows.close()
    lines = [line for line in windows.unexpected()
             if 'favicon' not in line and 'GPU stall' not in line]
    assert not lines, lines


def test_maplibre(shown):
    dist = NPM + '/maplibre-gl/dist/'
    window = shown(
        'MapLibre', (dist + 'maplibre-gl.css', 'maplibre.css'),
        *((dist + file, file) for file in os.listdir(dist)
          if file.endswith('.mjs') and 'dev' not in file),
        code='import * as maplibregl from "./maplibre-gl.mjs";\n')
    window.until('map.loaded() && map.areTilesLoaded() && map.getLayer("cameras")'
                 ' && map.queryRenderedFeatures({layers: ["clusters"]}).length',
                 seconds=60 * SLOWNESS)
    # A tile also has what is close to its edge, so ids are counted.
    found = window.run(
        'const sum = {}; for (const layer of ["clusters", "cameras"]) {'
        'for (const {id, properties} of map.querySourceFeatures("cctv",'
        '{sourceLayer: layer})) sum[`${layer} ${id}`] = properties.count ?? 1;}'
        'return Object.values(sum).reduce((a, b) => a + b, 0);')
    assert found == COUNT
    window.screenshot('gis-maplibre')
    window.run('map.jumpTo({center: [-150, -60], zoom: 8});')
    window.until('map.areTilesLoaded() && map.queryRenderedFeatures('
                 '{layers: ["cameras"]}).length', seconds=60 * SLOWNESS)
    statuses = window.run(
        'return map.queryRenderedFeatures({layers: ["cameras"]})'
        '.map(({properties}) => properties.status);')
    assert set(statuses) <= set(STATUSES)
    window.screenshot('gis-maplibre-near')


def test_openlayers(shown):
    dist = NPM + '/ol/'
    window = shown('OpenLayers', (dist + 'dist/ol.js', 'ol.js'),
                   (dist + 'ol.css', 'openlayers.css'), classic=['ol.js'])
    world = '[-2.1e7, -2.1e7, 2.1e7, 2.1e7]'
    window.run('window.done = new Promise((done) => '
               'map.once("rendercomplete", done)); map.render();')
    window.until('Boolean(await window.done)', seconds=60 * SLOWNESS)
    found = window.run(
        'const sum = {};'
        'for (const each of map.getLayers().item(0).getFeaturesInExtent('
        f'{world})) sum[`${{each.get("layer")}} ${{each.getId()}}`] = '
        'each.get("count") ?? 1;'
        'return Object.values(sum).reduce((a, b) => a + b, 0);')
    assert found == COUNT
    window.screenshot('gis-openlayers')


def test_openlayers_reads_the_geojson_as_grafana_does(shown, httpd):
    """Grafana's Geomap has its layer of GeoJSON from OpenLayers."""
    dist = NPM + '/ol/'
    window = shown('OpenLayers', (dist + 'dist/ol.js', 'ol.js'),
                   (dist + 'ol.css', 'openlayers.css'), classic=['ol.js'])
    window.run(
        'window.source = new ol.source.Vector({format: new ol.format.GeoJSON(),'
        ' url: "/api/cameras?limit=10000"});'
        'map.setLayers([new ol.layer.Vector({source})]);')
    window.until(f'source.getFeatures().length === {COUNT}',
                 seconds=30 * SLOWNESS)
    camera = window.run('const each = source.getFeatureById(1);'
                        'return [each.get("name"), ol.proj.toLonLat('
                        'each.getGeometry().getCoordinates())];')
    assert camera[0] == 'Camera 0'
    assert camera[1] == pytest.approx([-150, -60])
    window.screenshot('gis-openlayers-geojson')


def test_leaflet(shown):
    window = shown('Leaflet', (LEAFLET + '/leaflet.js', 'leaflet.js'),
                   (LEAFLET + '/leaflet.css', 'leaflet.css'),
                   classic=['leaflet.js'])
    window.until('document.querySelectorAll("path.leaflet-interactive")'
                 f'.length === {COUNT}', seconds=30 * SLOWNESS)
    window.screenshot('gis-leaflet')


# Without arguments of its own: QGIS reads sys.argv.
QGIS = '''
import json, os, sys
from qgis.core import *
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
base, login, picture = sys.argv[1:4]
application = QgsApplication([], False)
application.initQgis()

def draw(layer, name):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(800, 400))
    settings.setBackgroundColor(QColor("white"))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    settings.setExtent(QgsRectangle(-180, -90, 180, 90))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(picture + name + ".png")
    return sum(image.pixelColor(x, y) != QColor("white")
               for x in range(0, 800) for y in range(0, 400))

def layer_of(path, more=""):
    return QgsVectorLayer(
        f"url='{base}{path}' typename='cameras' version='OGC_API_FEATURES' "
        "pagingEnabled='true' pageSize='100' restrictToRequestBBOX='1'" + more,
        "cameras", "OAPIF")

found = {}
layer = layer_of("/ogc")
found["valid"] = layer.isValid()
found["count"] = sum(1 for _ in layer.getFeatures())
found["fields"] = [field.name() for field in layer.fields()]
first = next(layer.getFeatures(QgsFeatureRequest().setFilterExpression(
    "name = 'Camera 0'")))
found["place"] = [first.geometry().asPoint().x(), first.geometry().asPoint().y()]
found["offline"] = sum(1 for _ in layer.getFeatures(
    QgsFeatureRequest().setFilterExpression("status = 'offline'")))
found["box"] = sum(1 for _ in layer.getFeatures(
    QgsFeatureRequest(QgsRectangle(-151, -61, -140, -59))))
found["drawn"] = draw(layer, "gis-qgis")
user, password = login.split(":")
found["refused"] = not layer_of("/closed/ogc").isValid()
closed = layer_of("/closed/ogc", f" username='{user}' password='{password}'")
found["closed"] = sum(1 for _ in closed.getFeatures()) if closed.isValid() else -1
tiles = QgsVectorTileLayer(
    f"type=xyz&url={base}/tiles/{{z}}/{{x}}/{{y}}.mvt&zmax=18&zmin=0", "tiles")
tiles.setRenderer(QgsVectorTileBasicRenderer())
styles = QgsVectorTileBasicRenderer.simpleStyleWithRandomColors()
tiles.renderer().setStyles(styles)
found["tiles"] = [tiles.isValid(), draw(tiles, "gis-qgis-tiles")]
print("FOUND" + json.dumps(found))
os._exit(0)
'''


def test_qgis(httpd):
    pytest.importorskip('qgis.core')
    folder = make_folder()
    pictures = BUILD + '/screenshots/'
    os.makedirs(pictures, exist_ok=True)
    try:
        # In namespace.sh it may be another user: QGIS writes to its home.
        ran = subprocess.run(
            [sys.executable, '-c', QGIS, f'http://127.0.0.1:{httpd.port}',
             'police:secret', pictures], capture_output=True, text=True,
            timeout=120 * SLOWNESS, check=False,
            env={**os.environ, 'HOME': folder, 'QT_QPA_PLATFORM': 'offscreen'})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    lines = [line for line in ran.stdout.splitlines()
             if line.startswith('FOUND')]
    assert lines, ran.stdout + ran.stderr
    found = json.loads(lines[0].removeprefix('FOUND'))
    assert found['valid'] and found['refused']
    assert {'name', 'role', 'status', 'playable'} <= set(found['fields'])
    assert found['count'] == COUNT and found['offline'] == COUNT // 3
    assert found['place'] == [-150, -60]
    assert found['closed'] == POLICE
    assert 0 < found['box'] < COUNT
    assert found['drawn'] > 100
    assert found['tiles'][0] and found['tiles'][1] > 100
