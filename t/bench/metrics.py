"""GET /metrics: its speed and its memory."""

import json
import socket
import statistics
import subprocess
import time
import urllib.parse
import urllib.request

import load
from servers import FLOOR, THREADS, Apache, State

SIZES = [10_000, 100_000, 1_000_000]
MAX_SESSIONS = 16_384  # the default
LIVE = 1000


def room_for(size):
    """The CCTVMaxSeries with which a load keeps this many label sets apart."""
    return size * 8 // 7 + 8


EXTRA = FLOOR + """
CCTVMaxSessions {}
CCTVMaxSeries {}
CCTVStateFile "{}"
CCTVStateInterval 60min
<Location "/metrics">
    SetHandler cctv-metrics
</Location>
"""

MB = 1_000_000
RATE_WANTED = 300 * MB
MEMORY_MAX_KB = 2048
SHARED_MAX_KB = 32 * 1024


def read(url, path, buffer, each=lambda: None):
    """Requests metrics as Prometheus does and discards them. Returns the number of
    bytes, including the headers.
    @param each  called between two pieces"""
    address = urllib.parse.urlsplit(url)
    total = 0
    with socket.create_connection((address.hostname, address.port)) as s:
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode())
        start = buffer[:s.recv_into(buffer)]
        if not bytes(start).startswith(b"HTTP/1.1 20"):
            raise RuntimeError(f"{url}{path}: {bytes(start[:40])}")
        n = len(start)
        while n > 0:
            total += n
            each()
            n = s.recv_into(buffer)
    return total


class Metrics:
    def __init__(self, build, folder, mpm):
        self.exposition = build / "exposition"
        self.apaches = {}
        self.states = {}
        self.bytes = {}  # size of the body
        self.buffer = memoryview(bytearray(1 << 20))
        for size in SIZES:
            place = folder / f"apache-metrics-{size}"
            state = State(place / "state", build / "fill_state", MAX_SESSIONS, LIVE, size)
            self.states[size] = state
            self.apaches[size] = Apache(
                place, build / "mod_cctv.so", mpm,
                extra=EXTRA.format(build / "mod_floor.so", MAX_SESSIONS, room_for(size), state.path))

    def measure_memory(self, size):
        """The memory of an Apache that has not served metrics yet."""
        apache = self.apaches[size]
        during = []
        piece = self.buffer[:1 << 18]
        for _ in range(THREADS):
            read(apache.url, "/floor-204", piece)
        before = apache.rss_anon_kb()
        read(apache.url, "/metrics", piece, lambda: during.append(apache.rss_anon_kb()))
        return {"before_kb": before, "during_kb": max(during), "after_kb": apache.rss_anon_kb(),
                "shared_kb": apache.shared_kb()}

    def fetch(self, size, path, seconds):
        apache = self.apaches[size]
        total = 0
        used, started = apache.processor_seconds(), time.monotonic()
        while time.monotonic() - started < seconds:
            total += read(apache.url, path, self.buffer)
        return {"per_second": total / (time.monotonic() - started),
                "per_processor_second": total / (apache.processor_seconds() - used)}

    def write_alone(self, size, seconds):
        rounds = max(3, int(seconds * 10 * MB / size))
        state = self.states[size]
        out = json.loads(subprocess.run(
            [self.exposition, state.original, str(MAX_SESSIONS), str(room_for(size)), str(rounds)],
            check=True, stdout=subprocess.PIPE, text=True).stdout)
        return {"per_processor_second": out["bytes"] / statistics.median(out["seconds"])}

    def cells(self, size):
        path = f"/floor-bytes?{self.bytes[size]}"
        return {f"metrics {size}": lambda seconds: self.fetch(size, "/metrics", seconds),
                f"floor {size}": lambda seconds: self.fetch(size, path, seconds),
                f"alone {size}": lambda seconds: self.write_alone(size, seconds)}

    def measure(self, rounds, seconds):
        memory = {size: self.measure_memory(size) for size in SIZES}
        cells = {}
        for size in SIZES:
            with urllib.request.urlopen(self.apaches[size].url + "/metrics") as answer:
                text = answer.read()
            if f"\ncctv_series {size}\n".encode() not in text:
                raise RuntimeError(f"there are not {size} series")
            self.bytes[size] = len(text)
            cells |= self.cells(size)
        return {"bytes": self.bytes, "memory": memory,
                "cells": load.in_rounds("metrics", cells, rounds, seconds)}


def rows(found):
    cells, memory = found["cells"], found["memory"]

    def median(name, figure):
        return statistics.median(each[figure] for each in cells[name])

    def rate(what, name, figure, bar):
        value = median(name, figure)
        return f"{what}: {value / MB:.0f} MB/s", "300 MB/s", value / RATE_WANTED, bar

    for size in SIZES:
        what = f"/metrics, {size:,} series"
        bar = (">=", 1.0) if size >= 100_000 else None
        yield rate(f"{what}, of a core's time", f"metrics {size}", "per_processor_second", bar)
        yield rate(f"{what}, as it arrives", f"metrics {size}", "per_second", None)
        yield rate(f"{what}, text alone", f"alone {size}", "per_processor_second", None)
        for figure, of in (("per_processor_second", "of a core's time"),
                           ("per_second", "as it arrives")):
            yield (f"{what}, {of}", "same bytes from memory", statistics.median(
                a[figure] / b[figure]
                for a, b in zip(cells[f"metrics {size}"], cells[f"floor {size}"])), None)
        grown = max(memory[size]["during_kb"], memory[size]["after_kb"]) - memory[size]["before_kb"]
        yield f"{what}, the child grows by {grown} kB", "2 MB", grown / MEMORY_MAX_KB, ("<=", 1.0)
    shared = memory[SIZES[-1]]["shared_kb"]
    yield (f"{SIZES[-1]:,} series, shared memory: {shared / 1024:.1f} MB", "32 MB",
           shared / SHARED_MAX_KB, ("<=", 1.0))
