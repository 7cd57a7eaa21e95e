"""The map page with 20,000 cameras, in Debian's Chromium: the time from opening
the page to the first markers and to all markers, the time from the end of a pan
to the new markers, and the growth of its memory. The yardstick is a page as
people usually write it: Leaflet and its clusters, all cameras in one request.

Starts itself in a network namespace (t/it/namespace.sh) with the tools of the
tests: TOP/t/it. Prints the results as JSON.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

CAMERAS = 20_000
RUNS = 10
MAY_TAKE = 1000  # milliseconds
PATIENCE = 3000  # milliseconds after a pan until all cameras are shown
# A city of 2,000 of the cameras, and a view of its west.
CITY = (21.0, 52.2)
CITY_SIZE = (0.5, 0.3)
CITY_VIEW = (20.76, 52.16, 20.86, 52.24)
EARLY, LATE = 10, 60  # seconds of moving about
MAY_GROW = 1.5
GAUGES = {"JSHeapUsedSize": "JavaScript heap", "Nodes": "DOM nodes", "JSEventListeners": "listeners"}

MODULES = ("alias", "authz_host", "deflate", "dir", "filter", "headers", "mime")
CONFIG = """
Define CCTV_DB "{params}"
Define CCTV_STATE "{{folder}}/state/state"
Define CCTV_CATALOGUE "{{folder}}/state/catalogue"
Include "{top}/conf/cctv.conf"
Include "{top}/conf/cctv-site.conf"
TypesConfig /dev/null
<Directory "/">
    Require all denied
</Directory>
<Directory "{{folder}}/htdocs">
    Require all granted
</Directory>
AddType text/html .html
Define CCTV_MAP "{{folder}}/page"
Define CCTV_MAP_CONFIG "{{folder}}/own"
Include "{top}/conf/cctv-map.conf"
# For the plain page: all in one answer.
<Location "/all-cameras">
    SetHandler cctv-cameras
    CCTVMaxFeatures {cameras}
    AddOutputFilterByType DEFLATE application/geo+json
</Location>
"""


def measure(build, folder):
    """The output of a run in a network namespace."""
    command = [TOP / "t/it/namespace.sh", sys.executable, "-B", __file__]
    env = {**os.environ, "CCTV_MODULE": str(build / "mod_cctv.so"), "TMPDIR": str(folder)}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def median(found, name):
    return statistics.median(run[name] for run in found)


def rows(found):
    first, everything = (median(found["opening"], name) for name in ("first", "all"))
    plain_first, plain_all = (median(found["plain"], name) for name in ("first", "all"))
    early, late = found["memory"][1:]
    limit, plain = f"{MAY_TAKE} ms", "a plain Leaflet page"
    yield f"map of {CAMERAS:,} cameras: opening to first markers", limit, first / MAY_TAKE, ("<=", 1.0)
    yield "map: opening to first markers", plain, median(found["opening"], "first") / plain_first, None
    yield "map: opening to all cameras", plain, everything / plain_all, None
    yield "map: pan to markers", limit, median(found["pan"], "all") / MAY_TAKE, ("<=", 1.0)
    yield "map: pan back to markers", limit, median(found["pan_back"], "all") / MAY_TAKE, ("<=", 1.0)
    for gauge, what in GAUGES.items():
        yield (f"map: {what}, {LATE} s of moving about", f"after {EARLY} s",
               late[gauge] / early[gauge], ("<=", MAY_GROW))


class Site:
    """An Apache with the page, the yardstick page, and the cameras for both."""

    def __init__(self, httpd):
        self.httpd = httpd
        shutil.copytree(TOP / "htdocs", f"{httpd.folder}/page")
        shutil.copy(TOP / "t/bench/page/plain.html", f"{httpd.folder}/htdocs")
        os.mkdir(f"{httpd.folder}/own")
        self.configure()

    def configure(self, **config):
        pathlib.Path(self.httpd.folder, "own/config.json").write_text(json.dumps(config))

    def url(self, path):
        return f"http://127.0.0.1:{self.httpd.port}/{path}"


class Measurement:
    def __init__(self, site, browser, window):
        self.site = site
        self.browser = browser
        self.window = window
        self.probe = (TOP / "t/bench/page/probe.js").read_text()
        self.size = None

    @contextlib.contextmanager
    def page(self, path, then=""):
        """A new window with an empty cache; the script `then` runs before the scripts
        of the page."""
        page = self.window(self.browser)
        page.order("Network.clearBrowserCache")
        page.order("Page.addScriptToEvaluateOnNewDocument", source=self.probe + then)
        yield page.go(self.site.url(path))
        page.close()
        # Otherwise the log of its requests would be kept until the end.
        self.browser.driver.get_log("performance")

    def opening(self, path):
        with self.page(path, f"\nprobe.opening = probe.opened({CAMERAS});") as page:
            found = page.run("return probe.opening;")
            self.size = self.size or page.run("const {x, y} = probe.map.getSize(); return [x, y];")
            return found

    def pans(self):
        """Pans east by one view, and back."""
        with self.page("map/") as page:
            page.run("await probe.settled();")
            there = page.run("return probe.pan(1, 0, arguments[0]);", PATIENCE)
            back = page.run("return probe.pan(-1, 0, arguments[0]);", PATIENCE)
            assert there["requests"] and there["shown"], there
            assert back["shown"], back
            return there, back

    def memory(self):
        """The gauges before the moves, after the early ones, and after the late ones."""
        with self.page("map/", f"\nprobe.opening = probe.opened({CAMERAS});") as page:
            page.run("await probe.opening;")
            page.order("Performance.enable")
            found = [self.gauges(page)]
            page.driver.set_script_timeout(LATE + 30)
            for seconds in (EARLY, LATE - EARLY):
                moves = page.run("return probe.roam(arguments[0]);", seconds)
                found.append({**self.gauges(page), "moves": moves})
            return found

    @staticmethod
    def gauges(page):
        for _ in range(2):
            page.order("HeapProfiler.collectGarbage")
        metrics = page.order("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics if metric["name"] in GAUGES}

    def run(self):
        found = {"opening": [], "plain": [], "pan": [], "pan_back": [], "load_average": [os.getloadavg()]}
        for _ in range(RUNS):
            found["opening"].append(self.opening("map/"))
            width, height = self.size
            found["plain"].append(self.opening(f"plain.html#{width},{height}"))
        found["memory"] = self.memory()
        west, south, east, north = CITY_VIEW
        self.site.configure(view=[west, south, east, north])
        for _ in range(RUNS):
            there, back = self.pans()
            found["pan"].append(there)
            found["pan_back"].append(back)
        found["load_average"].append(os.getloadavg())
        return found


def fill(cluster):
    """The cameras of the other parts, except that every tenth is in the city."""
    subprocess.run(["psql", "-XAtq1", "-v", "ON_ERROR_STOP=1", "-v", f"count={CAMERAS}", "-v", "by_place=false",
                    "-f", TOP / "t/bench/data.sql"], env={**os.environ, **cluster.env}, check=True,
                   stdout=subprocess.DEVNULL)
    cluster.query(
        "UPDATE cameras SET status = CASE WHEN id %% 70 < 10 THEN 'unknown' ELSE status END,"
        " geom = ST_SetSRID(ST_MakePoint(%s + %s * (id * 0.618034 %% 1 - 0.5),"
        "                                %s + %s * (id * 0.754878 %% 1 - 0.5)), 4326) WHERE id %% 10 = 0",
        (CITY[0], CITY_SIZE[0], CITY[1], CITY_SIZE[1]))
    cluster.query("VACUUM ANALYZE cameras")


def main():
    # Stop everything that was started, however this ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.path.insert(0, str(TOP / "t/it"))
    import lab
    from env import Httpd
    from postgres import Postgres
    from window import Window

    with contextlib.ExitStack() as stack:
        def started(thing):
            stack.callback(thing.remove)
            return thing

        cluster = started(Postgres())
        fill(cluster)
        config = CONFIG.format(params=cluster.params(), top=TOP, cameras=CAMERAS)
        httpd = started(Httpd(config, modules=MODULES))
        site = Site(httpd)
        httpd.start()
        stack.callback(httpd.stop)
        browser = started(lab.Browser())
        json.dump(Measurement(site, browser, Window).run(), sys.stdout)


if __name__ == "__main__":
    main()
