"""Still pictures out of the cache over HTTP, compared with a handler that sends a fixed
buffer of the size. The cameras are asked once, before the measurement."""

import functools
import http.server
import statistics
import threading
import urllib.error
import urllib.request

import load
from catalogue import CONNECTIONS, ratio
from servers import FLOOR, Apache

TABLE = "spread_10k"
CAMERAS = 200
# Of pictures: bytes. A camera of 640 by 480 sends about 50 kB.
SIZES = (5_000, 50_000)
SETTINGS = """
CCTVStillAge 60min
CCTVStillCache 64
CCTVStillHosts 127.0.0.1
"""


class Camera(http.server.BaseHTTPRequestHandler):
    """It sends a JPEG, as far as its first and last bytes tell, of the size in the path."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked += 1
        body = b"\xff\xd8\xff\xe0" + bytes(int(self.path.split("/")[1]) - 6) + b"\xff\xd9"
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def paths(size):
    """Half of the cameras have pictures of each size."""
    return [f"/api/cameras/{camera}/still" for camera in
            range(SIZES.index(size) + 1, CAMERAS + 1, len(SIZES))]


def fill(apache):
    """Asks for each picture until it is there."""
    for size in SIZES:
        for path in paths(size):
            for tries in range(100):
                try:
                    with urllib.request.urlopen(apache.url + path) as answer:
                        assert len(answer.read()) == size
                    break
                except urllib.error.HTTPError as error:
                    if error.code != 503 or tries == 99:
                        raise


def measure_cells(apache, folder, rounds, seconds):
    cells = {}
    for size in SIZES:
        for name, lines in ((f"stills {size}", paths(size)), (f"fixed {size}", [f"/floor-fixed?{size}"])):
            path = folder / f"paths-{name.replace(' ', '-')}"
            path.write_text("".join(f"{line}\n" for line in lines))
            cells[name] = functools.partial(load.wrk, apache.url, path, CONNECTIONS)
    return load.in_rounds("stills", cells, rounds, seconds)


def measure(bench):
    args = bench.args
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.asked = 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    of_size = f"(ARRAY{list(SIZES)})[(id - 1) % {len(SIZES)} + 1]"
    bench.postgres.ask(TABLE, f"UPDATE cameras SET still_url = '{origin}/' || {of_size} || '/' || id "
                              f"WHERE id <= {CAMERAS}")
    apache = Apache(bench.folder / "stills", args.build / "mod_cctv.so", args.mpm,
                    bench.postgres.conninfo(TABLE, "cctv_video"),
                    FLOOR.format(args.build / "mod_floor.so") + SETTINGS)
    try:
        bench.start(apache)
        fill(apache)
        cells = measure_cells(apache, bench.folder, args.rounds, args.seconds)
        return {"cells": cells, "asked": server.asked}
    finally:
        server.shutdown()
        bench.postgres.ask(TABLE, "UPDATE cameras SET still_url = NULL WHERE still_url IS NOT NULL")


def rows(results):
    cells = results["cells"]
    for size in SIZES:
        yield (f"stills of {size // 1000} kB out of the cache: answers a second", "fixed buffer",
               ratio(cells, f"stills {size}", f"fixed {size}"), None)
        yield (f"stills of {size // 1000} kB out of the cache: thousands a second", "",
               statistics.median(each["per_second"] for each in cells[f"stills {size}"]) / 1000,
               (">=", 5))
    yield ("stills: how often each camera was asked", "", results["asked"] / CAMERAS, ("<=", 1))
