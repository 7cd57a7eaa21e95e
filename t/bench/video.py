"""The time from a click to the first picture, in Debian's Chromium: for a camera
with viewers, for one without, and for janus.js through the proxy.

Starts itself in a network namespace (t/it/namespace.sh) with the tools of the
tests: TOP/t/it. Prints the milliseconds of each click as JSON.
"""

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

CLICKS = 10
# The ways to start a view differ by a few milliseconds.
CLICKS_OF_WAYS = 20
KEYFRAMES = 4  # seconds between them
WARM, COLD, BUSY = 1, 2, 3
MAY_TAKE = {"warm": 400, "cold": 3000, "cold_running": 3000}


def measure(build, folder):
    """The output of a run in a network namespace."""
    command = [TOP / "t/it/namespace.sh", sys.executable, "-B", __file__]
    env = {**os.environ, "CCTV_MODULE": str(build / "mod_cctv.so"), "TMPDIR": str(folder)}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def rows(found):
    medians = {name: statistics.median(clicks) for name, clicks in found.items()}
    what = {"warm": "a camera that somebody watches", "cold": "a cold RTSP camera that encodes on demand",
            "cold_running": f"a cold RTSP camera, keyframes {KEYFRAMES} s apart"}
    out = [(f"click to first picture, {text}", f"{MAY_TAKE[name]} ms",
            medians[name] / MAY_TAKE[name], ("<=", 1.0)) for name, text in what.items()]
    return [*out, ("click to first picture, a camera that somebody watches", "janus.js by the proxy",
                   medians["warm"] / medians["janus_js"], None),
            ("click to first picture, with the server's offer", "with the page's offer",
             medians["two_steps"] / medians["one_step"], None)]


def click(page, script, *arguments):
    """Milliseconds from the click to the first picture."""
    page.run("window.clicked = performance.now();" + script, *arguments)
    page.wait_until_plays(20, frames=1)
    return page.run("return view.firstFrame + view.started - window.clicked;")


def compare_ways(site, found):
    """The server's offer and the page's offer, one after the other."""
    for name, script in (("two_steps", "playTwoSteps"), ("one_step", "playOneStep")) * CLICKS_OF_WAYS:
        page = site.page("players.html")
        found.setdefault(name, []).append(
            click(page, f"clickNow(); await {script}(...arguments);", WARM))
        page.run("await view.end();")
        page.close()


def run(lab, wait_for, site, proxied, stack):
    """The times of clicks of each kind."""
    found = {"warm": [], "cold": [], "cold_running": [], "janus_js": []}
    watcher = site.watch(WARM)
    compare_ways(site, found)
    for _ in range(CLICKS):
        page = site.page()
        found["warm"].append(click(page, "watch(...arguments);", WARM))
        page.close()
    watcher.close()
    # Another client keeps the camera connected all the time, so a new viewer has to
    # wait for a keyframe.
    site.janus.create_rtsp(9999, stack["running"].url("busy"), rtsp_failcheck=True)
    for name, camera in (("cold", COLD), ("cold_running", BUSY)):
        for _ in range(CLICKS):
            wait_for(lambda camera=camera: camera not in site.janus.mountpoints(), "Janus left it", 20)
            page = site.page()
            found[name].append(click(page, "watch(...arguments);", camera))
            page.close()
    watcher = proxied.watch(WARM)
    for _ in range(CLICKS):
        page = proxied.page("janus.html")
        found["janus_js"].append(click(page, "watchByJanus(...arguments);", WARM))
        page.close()
    watcher.close()
    return found


def main():
    sys.path.insert(0, str(TOP / "t/it"))
    import lab
    from env import Httpd, wait_for
    from postgres import Postgres
    from test_video_real import PROXY, PROXY_MODULES, Site, video
    from views import set_cameras

    with contextlib.ExitStack() as stack:
        def started(thing):
            stack.callback(thing.remove)
            return thing

        def served(config, modules, port=0):
            httpd = started(Httpd(config, modules=modules)).start(port)
            stack.callback(httpd.stop)
            return httpd

        cluster = started(Postgres())
        browser = started(lab.Browser())
        running = {"idle": started(lab.Cameras("rtsp", "warm", "cold", keyframes=KEYFRAMES)),
                   "running": started(lab.Cameras("rtsp", "busy", keyframes=KEYFRAMES))}
        set_cameras(cluster, {"id": WARM, "stream_url": running["idle"].url("warm")},
                    {"id": COLD, "stream_url": running["idle"].url("cold")},
                    {"id": BUSY, "stream_url": running["running"].url("busy")})
        janus = started(lab.Janus())
        site = Site(served(video(cluster, janus, "CCTVJanusIdleTimeout 1s"), lab.PAGE_MODULES),
                    janus, browser)
        port = lab.free_port()
        other = started(lab.Janus(ws=True, events=f"http://127.0.0.1:{port}/janus-events"))
        proxied = Site(served(video(cluster, other, PROXY.replace("{ws}", other.ws_url)),
                              (*lab.PAGE_MODULES, *PROXY_MODULES), port), other, browser)
        json.dump(run(lab, wait_for, site, proxied, running), sys.stdout)


if __name__ == "__main__":
    main()
