"""Requests and transactions per second, measured with wrk and pgbench."""

import re
import subprocess

from servers import CONNECTIONS, TOP

# The number of boxes in a sequence, which then starts again.
BOXES = 10_000
WEST, EAST, SOUTH, NORTH = -180, 180, -56, 71  # where data.sql puts cameras


def sides(cameras, of):
    """Width and height in degrees of a box with about this many cameras."""
    share = (cameras / of) ** 0.5
    return round(share * (EAST - WEST), 6), round(share * (NORTH - SOUTH), 6)


def box(n, width, height):
    """The nth box. Boxes are spread evenly and without a pattern. pgbench computes the
    same boxes in pgbench_script()."""
    west = WEST + (n * 618034 % 1000003) / 1000003 * (EAST - WEST - width)
    south = SOUTH + (n * 754878 % 1000003) / 1000003 * (NORTH - SOUTH - height)
    return west, south, west + width, south + height


def query(corners, limit):
    return "bbox=" + ",".join(f"{c:.9f}" for c in corners) + f"&limit={limit}"


def queries(cameras, of, limit):
    width, height = sides(cameras, of)
    return [query(box(n, width, height), limit) for n in range(BOXES)]


def write_paths(path, cameras, of, limit):
    path.write_text("".join(f"/api/cameras?{q}\n" for q in queries(cameras, of, limit)))


def pgbench_script(path, sql, cameras, of, limit):
    """The SQL of the module, with pgbench variables in place of $1 to $6."""
    width, height = sides(cameras, of)
    names = ["after", "rows", "west", "south", "east", "north"]
    sql = re.sub(r"\$(\d)", lambda m: ":" + names[int(m[1]) - 1], sql)
    path.write_text(f"""\\set after 0
\\set rows {limit + 1}
\\set n (:n + 1) % {BOXES}
\\set west {WEST} + (:n * 618034 % 1000003) / 1000003.0 * ({EAST - WEST} - {width})
\\set south {SOUTH} + (:n * 754878 % 1000003) / 1000003.0 * ({NORTH - SOUTH} - {height})
\\set east :west + {width}
\\set north :south + {height}
{sql};
""")


def wrk(url, lines, connections, seconds, post=None):
    """Answers per second. Each line of the file is a path to GET; with `post`, a body
    to POST to that path. Any status but 2xx is an error of the measurement."""
    args = [lines] if post is None else [lines, post]
    out = subprocess.run(["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds}s", "-s",
                          TOP / "t/bench/requests.lua", url, "--", *args],
                         check=True, capture_output=True, text=True).stdout
    answers, micros, size, errors, p99 = map(int, re.search(r"RESULT (.*)", out)[1].split())
    if errors or not answers:
        raise RuntimeError(f"{errors} of {answers} answers from {url}{post or ''} are errors")
    return {"per_second": answers / micros * 1e6, "answers": answers, "bytes": size / answers,
            "p99_us": p99}


def wrk_timed(apache, lines, connections, seconds, post=None):
    """As wrk(), with Apache's processor time for each answer."""
    before = apache.processor_seconds()
    found = wrk(apache.url, lines, connections, seconds, post)
    used = apache.processor_seconds() - before
    return {**found, "processor_us": used / found["answers"] * 1e6}


def in_rounds(part, cells, rounds, seconds):
    """What each cell, a function of the seconds, has measured in each round. The order
    alternates, so that no cell always follows the same other cell."""
    found = {name: [] for name in cells}
    for i in range(rounds):
        print(f"{part}: round {i + 1} of {rounds}", flush=True)
        for name in list(cells)[::1 if i % 2 == 0 else -1]:
            found[name].append(cells[name](seconds))
    return found


def pgbench(postgres, database, script, seconds):
    out = subprocess.run(["pgbench", "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2",
                          "-D", "n=0", "-T", str(seconds), "-f", script,
                          postgres.conninfo(database)],
                         check=True, capture_output=True, text=True).stdout
    return {"per_second": float(re.search(r"tps = ([0-9.]+)", out)[1])}
