"""What `make bench` runs: measures mod_cctv against its yardsticks.

Everything is a ratio within this run; the raw figures go to results.json.
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
import load
import memory
import plans
from servers import TABLES, Apache, Postgres


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--run-dir", type=pathlib.Path, required=True)
    parser.add_argument("--mpm", choices=["event", "worker", "prefork"], default="event")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--memory-requests", type=int, default=100_000)
    parser.add_argument("--parts", default="answers,plans,memory")
    return parser.parse_args()


def first_line(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")[0]


def machine(postgres):
    return {"cores": os.cpu_count(), "architecture": platform.machine(), "kernel": platform.release(),
            "apache": first_line("/usr/sbin/apache2", "-v"),
            "postgresql": postgres.ask("postgres", "SHOW server_version"),
            "postgis": postgres.ask(answers.BASE, "SELECT postgis_lib_version()"),
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


class Bench:
    def __init__(self, args):
        self.args = args
        self.folder = args.run_dir
        self.parts = args.parts.split(",")
        self.helper = args.build / "statement"
        self.postgres = Postgres(self.folder / "postgres")
        self.apaches = {}

    def start_apaches(self):
        wanted = list(answers.SPREAD) if "answers" in self.parts else [answers.BASE]
        for table in wanted:
            apache = Apache(self.folder / f"apache-{table}", self.args.build / "mod_cctv.so",
                            self.args.mpm, self.postgres.conninfo(table))
            self.apaches[table] = apache
            apache.start()

    def measure_memory(self):
        files = {}
        for size in memory.MIX:
            files[size] = self.folder / f"paths-memory-{size}"
            load.write_paths(files[size], size, answers.SPREAD[answers.BASE], 10_000)
        return memory.measure(self.apaches[answers.BASE], files, self.args.memory_requests)

    def run(self):
        results, rows = {}, []
        self.postgres.start()
        for table in TABLES:
            self.postgres.load(table)
        results["machine"] = machine(self.postgres)
        results["settings"] = {k: v for k, v in vars(self.args).items() if k not in ("build", "run_dir")}
        self.start_apaches()
        if "answers" in self.parts:
            found = answers.Answers(self.postgres, self.apaches, self.folder, self.helper, self.args.mpm)
            results["answers"] = found.measure(self.args.rounds, self.args.seconds)
            rows += answers.rows(results["answers"])
        if "plans" in self.parts:
            results["plans"] = plans.measure(self.postgres, self.helper, min(self.args.rounds, 3))
            rows += plans.rows(results["plans"])
        if "memory" in self.parts:
            results["memory"] = self.measure_memory()
            rows += memory.rows(results["memory"])
        return results, rows

    def stop(self):
        for apache in self.apaches.values():
            apache.stop()
        self.postgres.stop()


def main():
    # What was started is stopped, however this ends.
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
