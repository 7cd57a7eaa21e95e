"""The map page with 20,000 cameras, in Debian's Chromium: how soon they are
there, and whether its memory is bounded.

Runs by itself in a network of its own (t/it/namespace.sh) with what the tests
have: TOP/t/it. Prints milliseconds, bytes and numbers as JSON.
"""

import contextlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]

CAMERAS = 20_000
ROUNDS = 10
PANNING = 60  # seconds
# Milliseconds, as medians; all have to be there at some time only.
MAY_TAKE = 1000
BARS = {"first_markers": ("<=", 1.0), "all_shown": None, "pan": ("<=", 1.0), "pan_loaded": ("<=", 1.0)}
# What the heap and the document may have become once the map was moved for a
# minute and shows the whole world again.
MAY_GROW = 1.5

# Most of them in some hundred towns, as cameras are, the others anywhere.
LOAD = """
TRUNCATE cameras RESTART IDENTITY;
SELECT setseed(0.5);
CREATE TEMP TABLE towns AS
    SELECT row_number() OVER () AS town, random() * 340 - 170 AS lng, random() * 110 - 50 AS lat
    FROM generate_series(1, 400);
INSERT INTO cameras (id, name, role, stream_url, codec, status, geom)
    SELECT i, 'Camera ' || i || ', town ' || town, (ARRAY['public', 'traffic', 'police'])[1 + i %% 3],
        'rtsp://192.0.2.1/x', 'H.264', (ARRAY['online', 'online', 'offline', 'unknown'])[1 + i %% 4],
        ST_SetSRID(ST_MakePoint(lng + random() - 0.5, lat + random() - 0.5), 4326)
    FROM generate_series(1, %(cameras)s) AS i JOIN towns ON town = 1 + i %% 400;
"""

# Resolves with the time, as of the start of the page, once so many are shown.
ALL_SHOWN = """
    const isWhole = () => [...document.querySelectorAll('.cctv-marker, .cctv-cluster')]
      .reduce((sum, element) => sum + Number(element.querySelector('text')?.textContent ?? 1), 0)
      === arguments[0];
    while (!isWhole()) await new Promise(requestAnimationFrame);
    return performance.now();"""

# The mark of the page itself.
FIRST_MARKERS = """
    for (;;) {
      const [mark] = performance.getEntriesByName('cctv-first-markers');
      if (mark) return mark.startTime;
      await new Promise(requestAnimationFrame);
    }"""

# From a move to another place until all of its cameras, which are known by
# then, are in the document; at least one is there.
PAN = """
    const [lng, lat, zoom] = arguments;
    const started = performance.now();
    cctv.map.flyTo({geometry: {coordinates: [lng, lat]}}, {zoom});
    const shown = () => [...document.querySelectorAll('.cctv-marker, .cctv-cluster')]
      .reduce((sum, element) => sum + Number(element.querySelector('text')?.textContent ?? 1), 0);
    const isAt = () => {
      const {west, east, south, north} = cctv.map.view();
      // West is greater than east over the end of the world.
      return (lng - west + 360) % 360 <= (east - west + 360) % 360 && south < lat && lat < north;
    };
    for (;;) {
      await new Promise(requestAnimationFrame);
      const wanted = cctv.cameras.inView().length;
      if (isAt() && wanted && shown() >= wanted) return performance.now() - started;
      if (performance.now() - started > 20000) throw new Error(`${shown()} of ${wanted} at ${lng}, ${lat}`);
    }"""


def measure(build, folder):
    """What a run in a network of its own prints."""
    command = [TOP / "t/it/namespace.sh", sys.executable, "-B", __file__]
    env = {**os.environ, "CCTV_MODULE": str(build / "mod_cctv.so"), "TMPDIR": str(folder)}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def rows(found):
    what = {"first_markers": "opening the map of 20,000 cameras to its first markers",
            "all_shown": "opening the map to all 20,000 shown",
            "pan": "moving the map to markers that have to be loaded",
            "pan_loaded": "moving the map to markers that are loaded"}
    times = [(text, f"{MAY_TAKE} ms", statistics.median(found[name]) / MAY_TAKE, BARS[name])
             for name, text in what.items()]
    kinds = {"heap": "JavaScript heap", "nodes": "DOM nodes", "listeners": "event listeners"}
    grown = [(f"{text} after {PANNING} s of moving", "before", found["after"][name] / found["before"][name],
              ("<=", MAY_GROW)) for name, text in kinds.items()]
    return [*times, *grown]


def memory(window):
    """What is left once all that can go has gone."""
    for _ in range(3):
        window.order("HeapProfiler.collectGarbage")
    window.order("Performance.enable")
    metrics = {each["name"]: each["value"] for each in window.order("Performance.getMetrics")["metrics"]}
    return {"heap": metrics["JSHeapUsedSize"], "nodes": metrics["Nodes"],
            "listeners": metrics["JSEventListeners"]}


def wander(window, places, seconds):
    """As somebody does who is looking for something."""
    end = time.monotonic() + seconds
    moves = 0
    while time.monotonic() < end:
        lng, lat = random.choice(places)
        window.run(PAN, lng, lat, random.choice((4, 6, 8, 11)))
        # flyTo goes no further out than it is.
        window.run("document.querySelector('.leaflet-control-zoom-out').click();"
                   "document.querySelector('.leaflet-control-zoom-out').click();")
        moves += 1
    return moves


def run(windows, folder, address, places):
    found = {"first_markers": [], "all_shown": [], "pan": [], "pan_loaded": []}
    for _ in range(ROUNDS):
        window = windows.open(address, still=True)
        found["first_markers"].append(window.run(FIRST_MARKERS))
        found["all_shown"].append(window.run(ALL_SHOWN, CAMERAS))
        lng, lat = random.choice(places)
        found["pan_loaded"].append(window.run(PAN, lng, lat, 8))
        windows.close()
    for _ in range(ROUNDS):
        # A page that knows the neighbourhood of one place goes to another.
        (west, south), (lng, lat) = random.sample(places, 2)
        folder.configure({"view": [west - 0.5, south - 0.4, west + 0.5, south + 0.4]})
        window = windows.open(address, still=True)
        window.run(FIRST_MARKERS)
        found["pan"].append(window.run(PAN, lng, lat, 9))
        windows.close()
    folder.configure({})
    window = windows.open(address, still=True)
    window.run(ALL_SHOWN, CAMERAS)
    found["before"] = memory(window)
    found["moves"] = wander(window, places, PANNING)
    while window.run("return cctv.map.view().zoom;") > 1:
        window.run("document.querySelector('.leaflet-control-zoom-out').click();")
    window.run(ALL_SHOWN, CAMERAS)
    found["after"] = memory(window)
    return found


def main():
    sys.path.insert(0, str(TOP / "t/it"))
    import lab
    from api import dbd, location
    from env import Httpd
    from map_page import MODULES, MapFolder
    from postgres import Postgres
    from views import ENDPOINTS
    from window import Windows

    random.seed(5)
    with contextlib.ExitStack() as stack:
        def started(thing):
            stack.callback(thing.remove)
            return thing
        cluster = started(Postgres())
        cluster.query(LOAD, {"cameras": CAMERAS})
        cluster.query("ANALYZE cameras")
        places = cluster.query("SELECT ST_X(geom), ST_Y(geom) FROM cameras ORDER BY random() LIMIT 200")
        folder = started(MapFolder())
        httpd = started(Httpd(folder.config + dbd(cluster) + location() + ENDPOINTS, modules=MODULES)).start()
        stack.callback(httpd.stop)
        browser = started(lab.Browser())
        browser.start()
        found = run(Windows(browser), folder, f"http://127.0.0.1:{httpd.port}/map/", places)
        json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
