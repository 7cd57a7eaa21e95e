"""make load-limit - one camera, one Janus, more and more viewers (build/load), until
5 % of their packets are lost or late. Prints a line for each number of viewers; all
figures as JSON are in build/load-limit.json. From the environment:

    FROM=100 STEP=100 MOST=2000   numbers of viewers
    CAMERAS=1                     viewers watch so many cameras in turn, each with a connection
                                  of its own to the same RTSP stream
    RATE=50 MEASURE=15            starts per second; for how many seconds each is measured
    TRANSPORT=rtsp                or rtp: how the camera sends
    KBITS=500 FPS=15              of the camera, 640x480
    PERF=1                        also where Janus spends its time, by perf (linux-perf)

t/it/namespace.sh gives it a network of its own.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "t/it"))

import lab  # noqa: E402
from api import location  # noqa: E402
from env import Httpd, wait_for  # noqa: E402
from postgres import Postgres  # noqa: E402
from video import janus_config  # noqa: E402
from views import set_cameras  # noqa: E402

WORKERS = ("StartServers 1\nServerLimit 1\nThreadsPerChild 64\nThreadLimit 64\n"
           "MaxRequestWorkers 64\nMaxKeepAliveRequests 0\n")
TOO_BAD = 5  # percent


def setting(name, default):
    return type(default)(os.environ.get(name) or default)


class Bench:
    """Apache, Janus and a camera; `load` is the program."""

    def __init__(self, build, stack):
        def started(thing):
            stack.callback(thing.remove)
            return thing

        self.build = build
        way = setting("TRANSPORT", "rtsp")
        cluster, self.janus = started(Postgres()), started(lab.Janus())
        camera = started(lab.Cameras(way, "one", fps=setting("FPS", 15), kbits=setting("KBITS", 500)))
        # What the camera is late with is not the fault of Janus.
        if os.geteuid() == 0:
            os.setpriority(os.PRIO_PROCESS, camera.process.pid, -10)
        url = camera.url("one" if way == "rtsp" else None)
        self.cameras = range(1, setting("CAMERAS", 1) + 1)
        set_cameras(cluster, *({"id": number, "stream_url": url} for number in self.cameras))
        self.httpd = started(Httpd(WORKERS + location() + janus_config(
            cluster, self.janus, "CCTVMaxSessions 20000", "CCTVJanusIdleTimeout 60min")))
        self.httpd.start()
        stack.callback(self.httpd.stop)

    def run(self, viewers, seconds, perf=False):
        """The summary of so many viewers."""
        rate = setting("RATE", 50)
        command = [self.build / "load", "--url", f"http://127.0.0.1:{self.httpd.port}", "--cameras",
                   ",".join(map(str, self.cameras)), "--viewers", str(viewers), "--rate", str(rate), "--seconds", str(seconds)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            if perf:
                self.record(viewers / rate + seconds / 2, seconds / 2)
            found = json.load(process.stdout)
        wait_for(lambda: not self.viewers(), "all views have ended", 60)
        return found

    def viewers(self):
        return [each for each in self.janus.handles() if each.get("plugin_specific", {}).get("mountpoint_id")]

    def record(self, delay, seconds):
        subprocess.run(["perf", "record", "-q", "-F", "499", "--delay", str(round(delay * 1000)), "-o",
                        self.build / "load-limit.perf", "-p", str(self.janus.pid()), "--", "sleep",
                        str(delay + seconds)], check=False)

    def profile(self):
        """Prints the shares of threads, libraries and functions of the last run."""
        for sort in "comm", "dso", "dso,symbol":
            done = subprocess.run(["perf", "report", "-i", self.build / "load-limit.perf", "--stdio",
                                   "--percent-limit", "1", "--sort", sort], capture_output=True, check=False,
                                  encoding="utf-8")
            print("\n".join(line for line in done.stdout.splitlines() if line and line[0] != "#"), end="\n\n")


def line(found, memory_before):
    janus, packets, start = found["janus"], found["packets"], found["start_ms"]
    return (f"{found['viewers']['playing']:5} of {found['viewers']['asked']} play, "
            f"{found['mbit_per_second']:.1f} Mbit/s, lost {packets['lost_percent']:.2f} %, "
            f"late {packets['late_percent']:.2f} %, start {start['p50']:.0f} ms, p99 {start['p99']:.0f} ms; "
            f"processors: Janus {janus['processors']:.2f}, load {found['load_processors']:.2f}, "
            f"Apache {found['apache']['processors']:.2f}; Janus: {janus['viewers_per_processor']:.0f} viewers "
            f"per processor, {(janus['memory_mb'] - memory_before) / found['viewers']['asked']:.2f} MB per viewer")


def main():
    build = pathlib.Path(os.environ["CCTV_MODULE"]).parent
    is_profiled = setting("PERF", 0)
    with contextlib.ExitStack() as stack:
        bench = Bench(build, stack)
        # The camera connects. What Janus gets for views that have ended it keeps.
        memory_before = bench.run(1, 1)["janus"]["memory_mb"]
        found = []
        for viewers in range(setting("FROM", 100), setting("MOST", 2000) + 1, setting("STEP", 100)):
            found.append(bench.run(viewers, setting("MEASURE", 15), is_profiled))
            print(line(found[-1], memory_before), flush=True)
            packets = found[-1]["packets"]
            if packets["lost_percent"] + packets["late_percent"] >= TOO_BAD:
                break
        (build / "load-limit.json").write_text(json.dumps(found, indent=1))
        if is_profiled:
            bench.profile()


if __name__ == "__main__":
    main()
