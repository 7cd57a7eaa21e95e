"""Answers for boxes over HTTP, compared with pgbench, a static file, and other tables."""

import statistics
import urllib.request

import load
from servers import CONNECTIONS

# The approximate number of cameras in a box, and the limit used with it.
SIZES = {10: 1000, 250: 1000, 1800: 5000}
SPREAD = {"spread_10k": 10_000, "spread_100k": 100_000, "spread_1m": 1_000_000}
BASE = "spread_100k"


class Answers:
    def __init__(self, postgres, apaches, folder, helper, mpm):
        self.postgres = postgres
        self.apaches = apaches
        self.folder = folder
        self.helper = helper
        self.cells = {}  # name: function that measures once
        self.sql = {}
        for size in SIZES:
            self.add_size(size, mpm)
        paths = self.paths(BASE, "empty", 0.0001)
        self.http(f"empty {BASE}", BASE, paths)
        for table in SPREAD:
            for size in (10, 250):
                if table != BASE:
                    self.http(f"http {size} {table}", table, self.paths(table, size, size))

    def paths(self, table, name, cameras):
        path = self.folder / f"paths-{table}-{name}"
        load.write_paths(path, cameras, SPREAD[table], SIZES.get(name, 1000))
        return path

    def http(self, name, table, paths, connections=CONNECTIONS):
        url = self.apaches[table].url
        self.cells[name] = lambda seconds: load.wrk(url, paths, connections, seconds)

    def add_size(self, size, mpm):
        paths = self.paths(BASE, size, size)
        self.http(f"http {size} {BASE}", BASE, paths)
        if mpm != "prefork":  # there each connection occupies a child and its database connection
            self.http(f"http32 {size} {BASE}", BASE, paths, 32)
        self.add_pgbench(size)
        self.add_static(size, paths)

    def add_pgbench(self, size):
        queries = load.queries(size, SPREAD[BASE], SIZES[size])
        texts = [s["sql"] for s in self.postgres.statements(self.helper, BASE, queries)]
        sql = max(set(texts), key=texts.count)
        self.sql[size] = {"sql": sql, "share_of_boxes": texts.count(sql) / len(texts)}
        script = self.folder / f"pgbench-{size}.sql"
        load.pgbench_script(script, sql, size, SPREAD[BASE], SIZES[size])
        self.cells[f"pgbench {size}"] = lambda seconds: load.pgbench(self.postgres, BASE, script,
                                                                     seconds)

    def add_static(self, size, paths):
        """A static file as large as the median answer."""
        apache = self.apaches[BASE]
        urls = paths.read_text().split()[:200]
        bodies = sorted((urllib.request.urlopen(apache.url + u).read() for u in urls), key=len)
        (apache.folder / "htdocs" / f"{size}.json").write_bytes(bodies[len(bodies) // 2])
        path = self.folder / f"paths-static-{size}"
        path.write_text(f"/{size}.json\n")
        self.http(f"static {size}", BASE, path)

    def measure(self, rounds, seconds):
        # Warm up: connections, plans and pages exist before the measurement.
        for cell in self.cells.values():
            cell(1)
        return {"sql": self.sql, "cells": load.in_rounds("answers", self.cells, rounds, seconds)}


def ratios(cells, over, under):
    """The ratio over : under of each round."""
    return [a["per_second"] / b["per_second"] for a, b in zip(cells[over], cells[under])]


def rows(found):
    """Rows of the table: name, yardstick, ratio, bar."""
    cells = found["cells"]

    def row(what, yardstick, over, under, bar):
        if over in cells:
            yield (what, yardstick, statistics.median(ratios(cells, over, under)), bar)

    for size in SIZES:
        here = f"http {size} {BASE}"
        yield from row(f"≈{size} of 100 k, requests/s", "pgbench -M prepared", here,
                       f"pgbench {size}", (">=", 0.75))
        # The maximum that a handler without any cost could reach: the smallest
        # request in Apache and the query, one after the other.
        cells[f"floor {size}"] = [
            {"per_second": 1 / (1 / a["per_second"] + 1 / b["per_second"])}
            for a, b in zip(cells["static 10"], cells[f"pgbench {size}"])]
        yield from row(f"≈{size} of 100 k, requests/s", "pgbench and 3 KB file", here,
                       f"floor {size}", None)
        yield from row(f"≈{size} of 100 k, 32 clients", "pgbench -M prepared",
                       f"http32 {size} {BASE}", f"pgbench {size}", None)
        yield from row(f"≈{size} of 100 k, requests/s", "static file of the size", here,
                       f"static {size}", None)
    yield from row("empty box, time", "≈10 cameras", f"http 10 {BASE}", f"empty {BASE}",
                   ("<=", 1.0))
    for size in (10, 250):
        yield from row(f"≈{size} of 1 M, time", f"≈{size} of 10 k", f"http {size} spread_10k",
                       f"http {size} spread_1m", ("<=", 1.3))
