"""Clusters and vector tiles of 1,000,000 cameras over HTTP, compared with a handler that
sends a fixed buffer of the size; and the dearest answer of each kind."""

import contextlib
import http.client
import shutil
import statistics
import urllib.parse
import urllib.request

import load
from catalogue import CONNECTIONS, ratio, wait_for_catalogue
from servers import FLOOR, Apache

TABLES = {"spread_100k": 100_000, "spread_1m": 1_000_000}
MOST = "spread_1m"
# The zooms of the clusters' screens, whose size is in pixels.
ZOOMS = range(2, 13)
SCREEN = 1500, 1000
# How often an answer is asked for, to know its processor time.
REPEATS = 5


def screens():
    """Clusters of screens at several zooms, in the part of the world that has cameras."""
    lines = []
    for n in range(2000):
        zoom = ZOOMS[n % len(ZOOMS)]
        scale = 360 / (256 * 2 ** zoom)
        west, south, east, north = load.box(n, min(360, SCREEN[0] * scale),
                                            min(125, SCREEN[1] * scale))
        lines.append(f"/api/clusters?zoom={zoom}&bbox={west:.6f},{south:.6f},{east:.6f},{north:.6f}")
    return lines


def tiles():
    """Tiles of several zooms where there are cameras."""
    lines = []
    for n in range(2000):
        zoom = n % 13
        scale = 2 ** zoom
        x, y = n * 618034 % 1000003 / 1000003, 0.32 + n * 754878 % 1000003 / 1000003 * 0.36
        lines.append(f"/tiles/{zoom}/{int(x * scale)}/{int(y * scale)}.mvt")
    return lines


class Tiles:
    def __init__(self, postgres, build, folder, mpm):
        self.folder = folder
        self.remove()
        self.apaches = {table: Apache(
            folder / f"tiles-{table}", build / "mod_cctv.so", mpm, postgres.conninfo(table),
            FLOOR.format(build / "mod_floor.so")
            + f'CCTVCatalogue "{self.place(table)}"\n') for table in TABLES}
        self.cells = {}

    @staticmethod
    def place(table):
        return f"/dev/shm/cctv-bench-tiles-{table}"

    def remove(self):
        """Removes the catalogues, which take 400 MB."""
        for table in TABLES:
            shutil.rmtree(self.place(table), ignore_errors=True)

    def add(self, name, table, lines):
        path = self.folder / f"paths-tiles-{name.replace(' ', '-')}"
        path.write_text("".join(f"{line}\n" for line in lines))
        apache = self.apaches[table]

        self.cells[name] = lambda seconds: load.wrk_timed(apache, path, CONNECTIONS, seconds)

    def add_fixed(self, name, lines):
        """A fixed buffer as large as the mean of some answers."""
        sizes = [len(urllib.request.urlopen(self.apaches[MOST].url + line).read())
                 for line in lines[::37]]
        self.add("fixed " + name, MOST, [f"/floor-fixed?{sum(sizes) // len(sizes)}"])

    def prepare(self):
        """Once the Apaches run."""
        for table, apache in self.apaches.items():
            wait_for_catalogue(apache, TABLES[table])
            self.add("clusters " + table, table, screens())
        self.add_fixed("clusters", screens())
        self.add("tiles", MOST, tiles())
        self.add_fixed("tiles", tiles())

    def dearest(self, lines):
        """Of one client: the processor time of the dearest answer in ms, and which it is. It
        is how long the answer takes on a machine that does nothing else."""
        apache = self.apaches[MOST]
        url = urllib.parse.urlsplit(self.apaches[MOST].url)
        with contextlib.closing(http.client.HTTPConnection(url.hostname, url.port)) as connection:
            def ask(line):
                before = apache.processor_seconds()
                for _ in range(REPEATS):
                    connection.request("GET", line)
                    connection.getresponse().read()
                return (apache.processor_seconds() - before) / REPEATS * 1000
            return max((ask(line), line) for line in sorted(set(lines)))

    def measure(self, rounds, seconds):
        self.prepare()
        for cell in self.cells.values():
            cell(1)
        found = load.in_rounds("tiles", self.cells, rounds, seconds)
        return {"cells": found, "dearest": {"clusters": self.dearest(screens()),
                                            "tiles": self.dearest(tiles())}}


def measure(bench):
    found = Tiles(bench.postgres, bench.args.build, bench.folder, bench.args.mpm)
    try:
        bench.start(*found.apaches.values())
        return found.measure(bench.args.rounds, bench.args.seconds)
    finally:
        found.remove()


def rows(results):
    cells = results["cells"]
    yield ("clusters of a screen of 1 M cameras: answers a second", "fixed buffer",
           ratio(cells, "clusters spread_1m", "fixed clusters"), None)
    yield ("clusters, screens of 1 M cameras: processor time", "of 100 k",
           ratio(cells, "clusters spread_1m", "clusters spread_100k", "processor_us"), None)
    yield ("clusters of a screen of 1 M cameras, the dearest: processor ms", "",
           results["dearest"]["clusters"][0], ("<=", 5))
    yield ("vector tiles of 1 M cameras: answers a second", "fixed buffer",
           ratio(cells, "tiles", "fixed tiles"), None)
    yield ("vector tiles of 1 M cameras: thousands a second", "",
           statistics.median(each["per_second"] for each in cells["tiles"]) / 1000, (">=", 5))
    yield ("vector tiles of 1 M cameras, the dearest: processor ms", "",
           results["dearest"]["tiles"][0], ("<=", 5))
