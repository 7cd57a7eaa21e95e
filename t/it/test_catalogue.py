"""The catalogue: lists and items out of a file, with and without PostgreSQL."""

import contextlib
import glob
import os
import random
import signal
import urllib.parse

import pytest

from api import add_cameras, dbd, location
from env import SLOWNESS, wait_for
from metrics import scrape
from postgres import DOWN, stopped
from test_differential import CAP, make_cameras, make_filter, to_query
from views import ENDPOINTS, Viewer, set_cameras

# More by hand: CCTV_REQUESTS=5000.
REQUESTS = int(os.environ.get('CCTV_REQUESTS', 300))
NAMES = ['Hafen Nord', 'ÄRGER', 'Ärger am Tor', 'harbour "A"', 'Straße 100%',
         'ΣΊΣΥΦΟΣ', 'σίσυφος', 'İstanbul', 'a_b\\c', 'x,"status":"y']
WORDS = ['hafen', 'ärger', 'Ä', '"a"', '100%', '_', '\\', 'σ', 'Σ', 'i', 'ß',
         'SS', 'r', 'zz', ',"status":']
ROLES = "CCTVRoles \"%{req:X-Roles}\""


def catalogue(folder='{folder}/state/catalogue'):
    return f'CCTVCatalogue {folder}\nCCTVCatalogueInterval 100ms\n'


def generation(httpd):
    return scrape(httpd).sum('cctv_catalogue_generation') or 0


def wait_for_generation(httpd, after=0):
    wait_for(lambda: generation(httpd) > after, 'a new generation',
             60 * SLOWNESS)
    return generation(httpd)


@pytest.fixture(scope='module')
def cameras(cluster):
    random.seed(1)
    made = make_cameras(1500)
    for camera in made:
        camera['name'] = random.choice(NAMES) + random.choice(['', ' 7'])
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    add_cameras(cluster, *made)
    return made


CONFIG = location(f'CCTVMaxFeatures {CAP}') + location(
    ROLES, path='/roles') + ENDPOINTS


@pytest.fixture(scope='module')
def direct(cluster, cameras, start_shared):
    return start_shared(dbd(cluster) + CONFIG)


@pytest.fixture(scope='module')
def httpd(cluster, cameras, start_shared):
    started = start_shared(dbd(cluster) + CONFIG + catalogue())
    wait_for_generation(started)
    return started


def folder_of(httpd):
    return httpd.folder + '/state/catalogue'


def random_path(cameras):
    """(path, headers) of a request for a list or an item."""
    kind = random.random()
    if kind < 0.1:
        return f'/api/cameras/{random.choice(cameras)["id"]}', {}
    asked = make_filter(cameras)
    if random.random() < 0.3:
        asked['q'] = urllib.parse.quote(random.choice(WORDS))
    if random.random() < 0.2:
        asked['count'] = 'true'
    if kind < 0.3:
        roles = random.choice(['', 'public', 'traffic, rare', 'none',
                               'public,police,traffic,rare'])
        return '/roles?' + to_query(asked), {'X-Roles': roles}
    return '/api/cameras?' + to_query(asked), {}


def test_both_paths_send_the_same_bytes(direct, httpd, cameras):
    random.seed(os.environ.get('CCTV_SEED', 2))
    with contextlib.closing(direct.connection()) as one, \
            contextlib.closing(httpd.connection()) as other:
        for _ in range(REQUESTS):
            path, headers = random_path(cameras)
            expected = direct.get(path, headers, one)
            reply = httpd.get(path, headers, other)
            assert (reply.status, reply.body) == (
                expected.status, expected.body), path
            assert expected.status == 200, path
            for name in ('Content-Type', 'Content-Length', 'Cache-Control'):
                assert reply.headers[name] == expected.headers[name]
