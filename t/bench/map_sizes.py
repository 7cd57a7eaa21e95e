"""The map page with 20,000, 100,000 and 1,000,000 cameras, in Debian's Chromium: how soon it shows clusters, what that
costs the browser, and that the costs do not depend on the number of cameras.

Starts itself in a network namespace (t/it/namespace.sh) with the tools of the tests. `make bench-map` prints medians,
and fails if one is above its limit. Milliseconds from opening depend on what else the machine does; processor time
does not. SIZES="20000 100000" measures others.
"""

import contextlib
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys

from map import CONFIG, MODULES, Site

TOP = pathlib.Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("RUNS", 7))
SIZES = [int(each) for each in os.environ.get("SIZES", "20000 100000 1000000").split()]
# name: (unit, limit, what)
LIMITS = {
    "first": ("ms", 300, "opening to the first clusters"),
    "all": ("ms", 1000, "opening to all cameras"),
    "load": ("ms", 500, "processor time of the main thread, opening"),
    "zoom": ("ms", 300, "processor time of the main thread, first zoom"),
    "heap": ("MB", 40, "JavaScript heap"),
    "wire": ("kB", 100, "data over the wire"),
}
# The largest number of cameras costs at most so many times as much as the others.
MOST_RATIO = 1.3
# What is less than this does not matter: two noisy processors.
LEAST = {"ms": 30, "MB": 1, "kB": 5}


class Measurement:
    def __init__(self, site, browser, window, count):
        self.site, self.browser, self.window, self.count = site, browser, window, count
        self.probe = (TOP / "t/bench/page/probe.js").read_text()

    def run(self):
        page = self.window(self.browser)
        page.order("Network.clearBrowserCache")
        page.order("Performance.enable", timeDomain="threadTicks")
        page.order("Page.addScriptToEvaluateOnNewDocument",
                   source=f"{self.probe}\nprobe.opening = probe.opened({self.count});")
        page.go(self.site.url("map/"))
        opening = page.run("return probe.opening;")
        self.settle(page)
        found = {"first": opening["first"], "all": opening["all"], "load": self.spent(page)}
        before = self.spent(page)
        page.run("""const moved = new Promise((done) => probe.map.once('moveend', done));
                    document.querySelector('.leaflet-control-zoom-in').click(); await moved;""")
        self.settle(page)
        found["zoom"] = self.spent(page) - before
        found["wire"] = page.run("""return performance.getEntriesByType('resource')
            .filter(({name}) => name.includes('/api/'))
            .reduce((sum, {transferSize}) => sum + transferSize, 0) / 1000;""")
        for _ in range(2):
            page.order("HeapProfiler.collectGarbage")
        found["heap"] = self.gauges(page)["JSHeapUsedSize"] / 1e6
        shown = page.run("return cctv.cameras.counts().total;")
        assert 0 < shown <= self.count, shown
        page.close()
        self.browser.driver.get_log("performance")
        return found

    @staticmethod
    def settle(page):
        page.run("""const idle = () => new Promise((done) => requestIdleCallback(done));
                    await cctv.cameras.refresh();
                    for (let i = 0; i < 5; i++) { await idle(); await new Promise((done) => setTimeout(done, 100)); }""")

    @staticmethod
    def gauges(page):
        return {each["name"]: each["value"] for each in page.order("Performance.getMetrics")["metrics"]}

    def spent(self, page):
        """Milliseconds of tasks on the main thread."""
        return self.gauges(page)["TaskDuration"] * 1000


def fill(cluster, count):
    cluster.query("TRUNCATE public.cameras RESTART IDENTITY")
    subprocess.run(["psql", "-XAtq1", "-v", "ON_ERROR_STOP=1", "-v", f"count={count}", "-v", "by_place=false",
                    "-f", TOP / "t/bench/data.sql"], env={**os.environ, **cluster.env}, check=True,
                   stdout=subprocess.DEVNULL)


def measure(stack, cluster, count):
    from env import Httpd, wait_for
    from lab import Browser
    from window import Window

    def started(thing):
        stack.callback(thing.remove)
        return thing

    fill(cluster, count)
    httpd = started(Httpd(CONFIG.format(params=cluster.params(), top=TOP, cameras=1000), modules=MODULES))
    site = Site(httpd)
    httpd.start()
    stack.callback(httpd.stop)
    wait_for(lambda: matched(httpd) == count, f"the catalogue has {count} cameras", 300)
    measurement = Measurement(site, started(Browser()), Window, count)
    measurement.run()  # warms up
    return [measurement.run() for _ in range(RUNS)]


def matched(httpd):
    reply = httpd.get("/api/clusters")
    return reply.json()["numberMatched"] if reply.status == 200 else None


def report(found):
    """Prints a table; returns whether all is within the limits."""
    is_right = True
    print(f"{'':52}" + "".join(f"{size:>12,}" for size in SIZES) + f"{'limit':>10}")
    for name, (unit, limit, what) in LIMITS.items():
        values = [statistics.median(run[name] for run in found[size]) for size in SIZES]
        growth = max(values[-1] / max(value, LEAST[unit]) for value in values)
        is_fine = max(values) <= limit and growth <= MOST_RATIO
        is_right = is_right and is_fine
        print(f"{what + ', ' + unit:52}" + "".join(f"{value:12.1f}" for value in values)
              + f"{limit:10} {'' if is_fine else 'TOO MUCH'}")
    return is_right


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.path.insert(0, str(TOP / "t/it"))
    from postgres import Postgres

    found = {}
    with contextlib.ExitStack() as all_of_it:
        cluster = Postgres()
        all_of_it.callback(cluster.remove)
        for size in SIZES:
            with contextlib.ExitStack() as stack:
                found[size] = measure(stack, cluster, size)
    folder = TOP / "build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "map_sizes.json").write_text(json.dumps(found, indent=1))
    sys.exit(0 if report(found) else 1)


if __name__ == "__main__":
    main()
