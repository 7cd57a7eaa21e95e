"""The time from a click to the first picture, in Debian's Chromium: for a camera
with viewers, for one without, and for each way to start a view, with several round
trips between the browser and the server.

Starts itself in a network namespace (t/it/namespace.sh) with the tools of the
tests: TOP/t/it. Prints the milliseconds of each click as JSON.
"""

import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

CLICKS = 10
# Of each way to start a view, on each of its pages; the ways take turns.
PAGES, CLICKS_OF_PAGE = 5, 5
LIBRARY = """
const video = document.querySelector("video");
const started = performance.now();
video.requestVideoFrameCallback(() => { view.firstFrame = performance.now() - started; });
Object.assign(watch(...arguments), {started, firstFrame: null});
"""
OF_PAGE = "clickNow(); await {}(...arguments);"
# Name, page, and what starts and what ends a view.
WAYS = (("the library", "client.html", LIBRARY, "view.end();"),
        ("the server's offer", "players.html", OF_PAGE.format("playTwoSteps"), "await view.end();"),
        ("the page's offer", "players.html", OF_PAGE.format("playOneStep"), "await view.end();"),
        ("janus.js by the proxy", "janus.html", "view.firstFrame = null; watchByJanus(...arguments);",
         "view.janus.destroy(); await post('/view-end', view.reply);"))
# The wire's round trip, and what the library may take: ms. A start takes five round
# trips: one for the offer, one for the browser's check by ICE (its answer goes beside
# it), half a one until Janus's own check is answered, two for the four flights of DTLS,
# and half a one for the first packet. Without an offer of the server it is the same.
ROUND_TRIPS = {0: 75, 50: 320, 100: 580}
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
    medians = {name: statistics.median(found[name]) for name in MAY_TAKE}
    what = {"warm": "a camera that somebody watches", "cold": "a cold RTSP camera that encodes on demand",
            "cold_running": f"a cold RTSP camera, keyframes {KEYFRAMES} s apart"}
    yield from ((f"click to first picture, {text}", f"{MAY_TAKE[name]} ms",
                 medians[name] / MAY_TAKE[name], ("<=", 1.0)) for name, text in what.items())
    for trip, ways in found["ways"].items():
        limit = ROUND_TRIPS[int(trip)]
        own = statistics.median(ways["the library"]["later"])
        yield f"click to first picture, round trip {trip} ms", f"{limit} ms", own / limit, ("<=", 1.0)
        for way, kinds in ways.items():
            first, later = (statistics.median(kinds[kind]) for kind in ("first", "later"))
            yield f"    {way}: {later:.0f} ms; first of a page {first:.0f} ms", "the library", later / own, None


def click(page, script, *arguments):
    """Milliseconds from the click to the first picture; None: Janus refuses, since its
    pin has changed meanwhile, and the client has to start again."""
    page.run("window.clicked = performance.now();" + script, *arguments)
    return page.run("while (!view.firstFrame && !view.errors?.length)"
                    "  await new Promise((done) => setTimeout(done, 10));"
                    "if (view.errors) view.errors = [];"
                    "return view.firstFrame && view.firstFrame + view.started - window.clicked;")


def far(address):
    """The clicks of each way, from this side of a wire: the first one of each page, and
    later ones, for which the browser is warm."""
    import lab
    found = {name: {"first": [], "later": []} for name, *_ in WAYS}
    browser = lab.Browser()
    try:
        # The camera connects, and the browser fills its caches.
        click(browser.open(address + WAYS[0][1]), LIBRARY, WARM)
        for name, path, start, end in WAYS * PAGES:
            page = browser.open(address + path)
            clicks = []
            while len(clicks) < CLICKS_OF_PAGE:
                took = click(page, start, WARM)
                if took is not None:
                    clicks.append(took)
                page.run(end + "await new Promise((done) => setTimeout(done, 100));")
            page.close()
            found[name]["first"].append(clicks[0])
            found[name]["later"] += clicks[1:]
    finally:
        browser.remove()
    return found


def by_wire(trip, address):
    """The same behind a wire with this round trip."""
    done = subprocess.run([sys.executable, "-B", TOP / "t/bench/wire.py", str(trip), sys.executable, "-B",
                           __file__, address], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def run(lab, wait_for, site, proxied, stack):
    """The times of clicks of each kind."""
    found = {"warm": [], "cold": [], "cold_running": [], "ways": {}}
    watcher = site.watch(WARM)
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
    address = f"http://{lab.ADDRESS}:{proxied.httpd.port}/"
    if os.geteuid() != 0:
        print("Only root may make a wire: no figures with round trips.", file=sys.stderr)
        return found
    for trip in ROUND_TRIPS:
        found["ways"][trip] = by_wire(trip, address)
    return found


def main():
    sys.path.insert(0, str(TOP / "t/it"))
    if len(sys.argv) > 1:
        json.dump(far(sys.argv[1]), sys.stdout)
        return
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
        proxied = Site(served(video(cluster, other, PROXY.replace("{ws}", other.ws_url),
                                     f"Listen {lab.ADDRESS}:{{port}}"),
                              (*lab.PAGE_MODULES, *PROXY_MODULES), port), other, browser)
        shutil.copy(TOP / "htdocs/cctv-client.js", f"{proxied.httpd.folder}/htdocs")
        json.dump(run(lab, wait_for, site, proxied, running), sys.stdout)


if __name__ == "__main__":
    main()
