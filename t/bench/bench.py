"""Run by `make bench`: measures mod_cctv against yardsticks.

All results are ratios within one run; the raw figures are in results.json.
"""

import argparse
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import time

import answers
import catalogue
import changes
import load
import map as map_page
import memory
import metrics
import plans
import stills
import tiles
import video
import views
from servers import Apache, Postgres


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--run-dir", type=pathlib.Path, required=True)
    parser.add_argument("--mpm", choices=["event", "worker", "prefork"], default="event")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--memory-requests", type=int, default=100_000)
    parser.add_argument("--parts", default="answers,catalogue,tiles,stills,changes,plans,memory,views,metrics,video,map")
    return parser.parse_args()


def first_line(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")[0]


def machine():
    return {"cores": os.cpu_count(), "architecture": platform.machine(), "kernel": platform.release(),
            "apache": first_line("/usr/sbin/apache2", "-v"),
            "load_average_before": os.getloadavg()}


def print_table(rows):
    print(f"\n{'what':<62} {'against':<26} {'ratio':>7}  bar")
    for what, yardstick, ratio, bar in rows:
        verdict = ""
        if bar is not None:
            sign, limit = bar
            met = ratio >= limit if sign == ">=" else ratio <= limit
            verdict = f"{sign} {limit:<5} {'ok' if met else 'NOT MET'}"
        print(f"{what:<62} {yardstick:<26} {ratio:7.2f}  {verdict}")


# The databases that each part needs.
DATABASES = {"answers": list(answers.SPREAD), "catalogue": list(catalogue.TABLES),
             "tiles": list(tiles.TABLES), "stills": [stills.TABLE],
             "changes": list(changes.TABLES),
             "plans": list(plans.TABLES), "memory": [answers.BASE], "views": [answers.BASE], "metrics": [], "video": [], "map": []}


class Bench:
    def __init__(self, args):
        self.args = args
        self.folder = args.run_dir
        self.parts = args.parts.split(",")
        self.helper = args.build / "statement"
        self.postgres = Postgres(self.folder / "postgres")
        self.started = []

    def start(self, *apaches):
        for apache in apaches:
            self.started.append(apache)
            apache.start()

    def start_postgres(self):
        """Starts PostgreSQL if a part needs it; returns the versions."""
        wanted = {table for part in self.parts for table in DATABASES[part]}
        if not wanted:
            return {}
        self.postgres.start()
        for table in sorted(wanted):
            self.postgres.load(table)
        return {"postgresql": self.postgres.ask("postgres", "SHOW server_version"),
                "postgis": self.postgres.ask(min(wanted), "SELECT postgis_lib_version()")}

    def start_apaches(self):
        """Starts the Apaches that serve cameras; returns them by table."""
        wanted = {t for part in ("answers", "memory") if part in self.parts for t in DATABASES[part]}
        apaches = {table: Apache(self.folder / f"apache-{table}", self.args.build / "mod_cctv.so",
                                 self.args.mpm, self.postgres.conninfo(table)) for table in wanted}
        self.start(*apaches.values())
        return apaches

    def measure_memory(self, apache):
        files = {}
        for size in memory.MIX:
            files[size] = self.folder / f"paths-memory-{size}"
            load.write_paths(files[size], size, answers.SPREAD[answers.BASE], 10_000)
        return memory.measure(apache, files, self.args.memory_requests)

    def measure_catalogue(self):
        found = catalogue.Catalogue(self.postgres, self.args.build, self.folder, self.args.mpm)
        try:
            self.start(*found.apaches.values())
            return found.measure(self.args.rounds, self.args.seconds)
        finally:
            found.remove()

    def measure_views(self):
        found = views.Views(self.postgres, answers.BASE, self.args.build, self.folder, self.args.mpm,
                            self.args.rounds, self.args.seconds)
        self.start(*found.apaches.values())
        return found.measure()

    def measure_metrics(self):
        found = metrics.Metrics(self.args.build, self.folder, self.args.mpm)
        self.start(*found.apaches.values())
        return found.measure(self.args.rounds, self.args.seconds)

    def run(self):
        args = self.args
        results, rows = {}, []
        results["machine"] = {**machine(), **self.start_postgres()}
        results["settings"] = {k: v for k, v in vars(args).items() if k not in ("build", "run_dir")}
        apaches = self.start_apaches()
        if "answers" in self.parts:
            found = answers.Answers(self.postgres, apaches, self.folder, self.helper, args.mpm)
            results["answers"] = found.measure(args.rounds, args.seconds)
            rows += answers.rows(results["answers"])
        if "plans" in self.parts:
            results["plans"] = plans.measure(self.postgres, self.helper, min(args.rounds, 3))
            rows += plans.rows(results["plans"])
        if "memory" in self.parts:
            results["memory"] = self.measure_memory(apaches[answers.BASE])
            rows += memory.rows(results["memory"])
        self.stop_apaches()
        if "catalogue" in self.parts:
            results["catalogue"] = self.measure_catalogue()
            rows += catalogue.rows(results["catalogue"])
            self.stop_apaches()
        for name, part in (("tiles", tiles), ("stills", stills)):
            if name in self.parts:
                results[name] = part.measure(self)
                rows += part.rows(results[name])
                self.stop_apaches()
        if "changes" in self.parts:
            results["changes"] = changes.measure(self.postgres, args.build, self.folder, args.mpm)
            rows += changes.rows(results["changes"])
        if "views" in self.parts:
            results["views"] = self.measure_views()
            rows += views.rows(results["views"])
            self.stop_apaches()
        if "metrics" in self.parts:
            results["metrics"] = self.measure_metrics()
            rows += metrics.rows(results["metrics"])
            self.stop_apaches()
        if "video" in self.parts:
            results["video"] = video.measure(args.build, self.folder)
            rows += video.rows(results["video"])
        if "map" in self.parts:
            results["map"] = map_page.measure(args.build, self.folder)
            rows += map_page.rows(results["map"])
        return results, rows

    def stop_apaches(self):
        while self.started:
            self.started.pop().stop()

    def stop(self):
        self.stop_apaches()
        if any(DATABASES[part] for part in self.parts):
            self.postgres.stop()


def main():
    # Stop everything that was started, however this ends.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    args = arguments()
    started = time.monotonic()
    bench = Bench(args)
    try:
        results, rows = bench.run()
    finally:
        bench.stop()
    results["seconds"] = time.monotonic() - started
    path = args.build / "bench/results.json"
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print_table(rows)
    print(f"\n{args.mpm} MPM, {os.cpu_count()} cores, {results['seconds']:.0f} s; "
          f"raw figures: {os.path.relpath(path)}")


if __name__ == "__main__":
    sys.exit(main())
