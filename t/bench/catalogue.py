"""Answers out of the catalogue over HTTP, compared with a static file and with handlers
that send a fixed buffer; and the catalogue alone (catalogue.c)."""

import json
import re
import shutil
import statistics
import subprocess
import time
import urllib.request

import load
from servers import FLOOR, Apache

TABLES = {"spread_10k": 10_000, "spread_100k": 100_000, "spread_1m": 1_000_000}
BASE = "spread_100k"
# The approximate number of cameras in a box, and the bars: against a static file, against a
# fixed buffer.
SIZES = {10: (1.1, 0.75), 250: (1.1, 0.70), 1800: (0.7, 0.55)}
LIMIT = 5000
CONNECTIONS = 16


class Catalogue:
    def __init__(self, postgres, build, folder, mpm):
        self.folder = folder
        self.program = build / "catalogue"
        self.remove()
        self.apaches = {table: Apache(
            folder / f"catalogue-{table}", build / "mod_cctv.so", mpm, postgres.conninfo(table),
            FLOOR.format(build / "mod_floor.so")
            + f'CCTVCatalogue "/dev/shm/cctv-bench-{table}"\n') for table in TABLES}
        self.cells = {}

    def remove(self):
        """Removes the catalogues, which take 400 MB."""
        for table in TABLES:
            shutil.rmtree(f"/dev/shm/cctv-bench-{table}", ignore_errors=True)

    def prepare(self):
        """Once the Apaches run and have a catalogue."""
        for table, apache in self.apaches.items():
            wait_for_catalogue(apache, TABLES[table])
            for size in SIZES:
                self.http(f"box {size} {table}", table, self.boxes(table, size))
        for size in SIZES:
            self.add_yardsticks(size)
        path = self.write("not-modified", [f"{line} {self.tag(line)}" for line in
                                           self.boxes(BASE, 250).read_text().split()[:500]])
        self.http("304", BASE, path)
        self.http("floor 304", BASE, self.write("floor-304", ["/floor-304"]))
        self.http("near", BASE, self.write("near", [
            f"/api/cameras?near={x},{y}&limit=10" for x in range(-170, 180, 7)
            for y in range(-50, 70, 7)]))

    def write(self, name, lines):
        path = self.folder / f"paths-catalogue-{name}"
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    def boxes(self, table, size):
        path = self.folder / f"paths-catalogue-{table}-{size}"
        load.write_paths(path, size, TABLES[table], LIMIT)
        return path

    def tag(self, line):
        with urllib.request.urlopen(self.apaches[BASE].url + line) as answer:
            return answer.headers["ETag"]

    def add_yardsticks(self, size):
        """A static file, and a fixed buffer, as large as the median answer."""
        apache = self.apaches[BASE]
        urls = self.boxes(BASE, size).read_text().split()[:100]
        bodies = sorted((urllib.request.urlopen(apache.url + u).read() for u in urls), key=len)
        body = bodies[len(bodies) // 2]
        (apache.folder / "htdocs" / f"{size}.json").write_bytes(body)
        self.http(f"static {size}", BASE, self.write(f"static-{size}", [f"/{size}.json"]))
        self.http(f"fixed {size}", BASE,
                  self.write(f"fixed-{size}", [f"/floor-fixed?{len(body)}"]))

    def http(self, name, table, paths):
        apache = self.apaches[table]

        self.cells[name] = lambda seconds: load.wrk_timed(apache, paths, CONNECTIONS, seconds)

    def measure(self, rounds, seconds):
        self.prepare()
        for cell in self.cells.values():
            cell(1)
        found = load.in_rounds("catalogue", self.cells, rounds, seconds)
        return {"cells": found, "alone": {count: self.alone(count) for count in TABLES.values()},
                "private_kb": {t: a.rss_anon_kb() for t, a in self.apaches.items()}}

    def alone(self, cameras):
        path = "/dev/shm/cctv-bench-alone"
        out = subprocess.run([self.program, str(cameras), path], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
        subprocess.run(["rm", path], check=True)
        return json.loads(out)


def wait_for_catalogue(apache, cameras):
    until = time.monotonic() + 120
    while True:
        with urllib.request.urlopen(apache.url + "/metrics") as answer:
            found = re.search(r"^cctv_catalogue_cameras{[^}]*} (\d+)$", answer.read().decode(), re.M)
        if found and int(found[1]) == cameras:
            return
        if time.monotonic() > until:
            raise RuntimeError("no catalogue is built")
        time.sleep(0.1)


def ratio(cells, name, yardstick, what="per_second"):
    """The median of the ratios of each round."""
    return statistics.median(a[what] / b[what] for a, b in zip(cells[name], cells[yardstick]))


def rows(results):
    cells, alone = results["cells"], results["alone"]
    for size, (static, fixed) in SIZES.items():
        name = f"box {size} {BASE}"
        yield (f"catalogue, {size} cameras: answers a second", "static file",
               ratio(cells, name, f"static {size}"), (">=", static))
        yield (f"catalogue, {size} cameras: answers a second", "fixed buffer",
               ratio(cells, name, f"fixed {size}"), (">=", fixed))
    yield ("catalogue, 304: answers a second", "handler that sends 304",
           ratio(cells, "304", "floor 304"), (">=", 0.9))
    for size in SIZES:
        yield (f"catalogue, {size} of 1 M cameras: processor time", f"{size} of 10 k",
               ratio(cells, f"box {size} spread_1m", f"box {size} spread_10k", "processor_us"),
               ("<=", 1.3))
    million = alone[1_000_000]
    yield ("vector tiles among 1 M cameras, the slowest zoom: ms", "",
           million["tiles_us"] / 1000, ("<=", 5))
    for what, name in (("all cameras", "all"), ("mixed roles", "roles"),
                       ("a status of mixed roles", "status")):
        yield (f"clusters among 1 M cameras, {what}, the slowest zoom: ms", "",
               million[f"clusters_{name}_us"] / 1000, ("<=", 5))
    yield ("q over 1 M names that none has: ms", "", million["q_none_us"] / 1000, ("<=", 15))
    yield ("near among 1 M cameras, 10 of them: ms", "", million["near_10_us"] / 1000, ("<=", 0.2))
    yield ("the file of 1 M cameras without the database: s", "", million["build_s"], None)
    yield ("the file: bytes a camera", "", million["bytes_a_camera"], None)
