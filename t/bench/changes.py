"""How late a change in the database is in the answers, while 20 writers change cameras all
the time."""

import contextlib
import json
import random
import shutil
import statistics
import threading
import time
import urllib.request

import psycopg2

from catalogue import wait_for_catalogue
from servers import Apache

# name: (cameras, the bar: s)
TABLES = {"spread_100k": (100_000, 1.0), "spread_1m": (1_000_000, 3.0)}
WRITERS = 20
PAUSE = 0.1  # of each writer between two transactions: s
SECONDS = 60
FIRST = 101  # the cameras before are for the probe


def write(conninfo, cameras, stop):
    with contextlib.closing(psycopg2.connect(conninfo)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        while not stop.wait(random.uniform(0, 2 * PAUSE)):
            cursor.execute("UPDATE cameras SET name = %s WHERE id = %s",
                           [f"n{random.random()}", random.randrange(FIRST, cameras)])


def name_of(url, camera):
    with urllib.request.urlopen(f"{url}/api/cameras/{camera}") as answer:
        return json.load(answer)["properties"]["name"]


def probe(conninfo, url, seconds):
    """How long changes take to be seen, one after the other: s."""
    found = []
    until = time.monotonic() + seconds
    with contextlib.closing(psycopg2.connect(conninfo)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        while time.monotonic() < until:
            camera, name = random.randrange(1, FIRST), f"p{random.random()}"
            cursor.execute("UPDATE cameras SET name = %s WHERE id = %s", [name, camera])
            committed = time.monotonic()
            while name_of(url, camera) != name and time.monotonic() < committed + 60:
                time.sleep(0.02)
            found.append(time.monotonic() - committed)
            time.sleep(random.uniform(0, 0.3))
    return found


def measure_table(postgres, build, folder, mpm, table):
    cameras, _ = TABLES[table]
    place = f"/dev/shm/cctv-bench-changes-{table}"
    shutil.rmtree(place, ignore_errors=True)
    apache = Apache(folder / f"changes-{table}", build / "mod_cctv.so", mpm,
                    postgres.conninfo(table), f'CCTVCatalogue "{place}"\nLogLevel cctv:debug\n')
    stop = threading.Event()
    writers = [threading.Thread(target=write, args=(postgres.conninfo(table, "postgres"), cameras,
                                                    stop)) for _ in range(WRITERS)]
    try:
        apache.start()
        wait_for_catalogue(apache, cameras)
        for writer in writers:
            writer.start()
        used, started = apache.processor_seconds(), time.monotonic()
        late = probe(postgres.conninfo(table, "postgres"), apache.url, SECONDS)
        share = (apache.processor_seconds() - used) / (time.monotonic() - started)
        log = (apache.folder / "error.log").read_text()
        return {"late_s": late, "processor": share, "generations": log.count("CCTV0145"),
                "bases": log.count("CCTV0224")}
    finally:
        stop.set()
        for writer in writers:
            if writer.is_alive():
                writer.join()
        apache.stop()
        shutil.rmtree(place, ignore_errors=True)


def measure(postgres, build, folder, mpm):
    return {table: measure_table(postgres, build, folder, mpm, table) for table in TABLES}


def rows(results):
    for table, (cameras, bar) in TABLES.items():
        found = results[table]
        yield (f"a change among {cameras:,} cameras is seen after: s", "", max(found["late_s"]),
               ("<=", bar))
        yield (f"the same, median: s ({found['bases']} new bases)", "",
               statistics.median(found["late_s"]), None)
        yield ("the processor time of all this: share of a core", "", found["processor"], None)
