"""Starts, heartbeats and ends of views: compared with a handler that reads the same
body and does nothing, and many live views compared with one."""

import statistics
import subprocess
import sys

import load
from servers import CONNECTIONS, FLOOR, TOP, Apache, State

sys.path.append(str(TOP / "t/it"))
import mmdb  # noqa: E402

MAX_SESSIONS = 400_000
LIVE = 100_000
STARTS = 200_000  # in a turn of `starts`
BODIES = 20_000  # different bodies, sent one after the other
ENDS_PER_SECOND = 40_000

# Views that the measured requests start expire after 3 s; views that exist
# beforehand last.
EXTRA = FLOOR + """
CCTVMaxSessions {}
CCTVMaxSessionsPerClient 1000000
CCTVSessionTimeout 3s
CCTVStateInterval 60min
CCTVGeoIPDatabase "{}"
"""


class Views:
    def __init__(self, postgres, table, build, folder, mpm, rounds, seconds):
        self.folder = folder
        self.rounds = rounds
        self.seconds = seconds
        self.starts_program = build / "starts"
        self.turn = 0  # counts the turns of post_ends()
        self.per_turn = ENDS_PER_SECOND * seconds
        self.apaches = {}
        conninfo = postgres.conninfo(table)
        module, double = build / "mod_cctv.so", build / "mod_cctv_double.so"
        sessions = {"one": (double, 1), "many": (double, LIVE),
                    "direct": (module, self.per_turn * (rounds + 1))}
        ids = {}
        countries = folder / "countries.mmdb"
        countries.write_bytes(mmdb.database({"127.0.0.0/8": mmdb.nested("GB")}))
        watched = folder / "watched"
        watched.write_text(postgres.ask(table, "SELECT id FROM cameras WHERE playable "
                                        f"AND role = 'traffic' ORDER BY id LIMIT {LIVE}"))
        for name, (dso, count) in sessions.items():
            place = folder / f"apache-views-{name}"
            most = max(MAX_SESSIONS, 2 * count)
            state = State(place / "state", build / "fill_state", most, count, 0,
                          [watched])
            ids[name] = state.ids
            self.apaches[name] = Apache(place, dso, mpm, conninfo,
                                        EXTRA.format(build / "mod_floor.so", most, countries),
                                        state.path)
        self.write_bodies(postgres, table, ids)
        self.cells = self.make_cells()

    def write(self, name, member, values):
        path = self.folder / f"bodies-{name}"
        path.write_text("".join(f'{{"{member}": {value}}}\n' for value in values))
        return path

    def write_bodies(self, postgres, table, ids):
        cameras = postgres.ask(table, "SELECT id FROM cameras WHERE playable "
                               f"ORDER BY id LIMIT {BODIES}").split()
        quoted = {name: [f'"{i}"' for i in of] for name, of in ids.items()}
        self.starts = self.write("starts", "camera_id", cameras)
        self.beats = self.write("beats", "session_id", quoted["many"][::LIVE // BODIES])
        self.beats_one = self.write("beats-one", "session_id", quoted["one"] * BODIES)
        self.ends = quoted["direct"]

    def post(self, name, path, bodies, seconds):
        return load.wrk_timed(self.apaches[name], bodies, CONNECTIONS, seconds, path)

    def post_ends(self, seconds):
        """Ends each view once; each turn has its own views."""
        part = self.ends[self.turn * self.per_turn:][:self.per_turn]
        self.turn += 1
        return self.post("direct", "/view-end", self.write("ends", "session_id", part), seconds)

    def make_cells(self):
        def cell(name, path, bodies):
            return lambda seconds: self.post(name, path, bodies, seconds)

        return {
            "floor start": cell("many", "/floor-204", self.starts),
            "view-start": cell("many", "/view-start", self.starts),
            "view-start direct": cell("direct", "/view-start", self.starts),
            "heartbeat": cell("many", "/heartbeat", self.beats),
            "floor heartbeat": cell("many", "/floor-204", self.beats),
            "floor json": cell("many", "/floor-json", self.beats),
            "view-start one": cell("one", "/view-start", self.starts),
            "heartbeat one": cell("one", "/heartbeat", self.beats_one),
            "view-end": self.post_ends,
        }

    def measure(self):
        for cell in self.cells.values():
            cell(self.seconds)
        found = load.in_rounds("views", self.cells, self.rounds, self.seconds)
        return {"cells": found, "limits": [self.measure_limits() for _ in range(self.rounds)]}

    def measure_limits(self):
        """ns of a start and an end with all three limits set, by number of live views."""
        return {live: float(subprocess.run(
            [self.starts_program, str(MAX_SESSIONS), str(live), str(STARTS)], check=True,
            capture_output=True, text=True).stdout) for live in (1, LIVE)}


def ratio(cells, figure, over, under):
    return statistics.median(a[figure] / b[figure] for a, b in zip(cells[over], cells[under]))


def rows(found):
    cells = found["cells"]
    empty = "POST answered with 204"
    for what, over, under, yardstick, bar in (
            ("view-start, lookup doubled", "view-start", "floor start", empty, (">=", 0.9)),
            ("view-start, lookup in the database", "view-start direct", "floor start", empty, None),
            ("heartbeat", "heartbeat", "floor heartbeat", empty, (">=", 0.9)),
            ("view-end", "view-end", "floor heartbeat", empty, None),
            ("heartbeat", "heartbeat", "floor json", "POST answered with JSON", None)):
        yield f"{what}: requests/s", yardstick, ratio(cells, "per_second", over, under), bar
        yield (f"{what}: Apache's processor time", yardstick,
               ratio(cells, "processor_us", over, under), None)
    for what in ("view-start", "heartbeat"):
        yield (f"{what}, {LIVE:,} live views: Apache's processor time", "1 live view",
               ratio(cells, "processor_us", what, f"{what} one"), ("<=", 1.2))
    yield (f"view-start with all limits, {LIVE:,} live views: processor time", "1 live view",
           statistics.median(each[LIVE] / each[1] for each in found["limits"]), ("<=", 1.2))
