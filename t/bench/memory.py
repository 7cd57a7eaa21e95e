"""Anonymous memory of Apache's children before and after many requests."""

import statistics

import load
from servers import CONNECTIONS


def run(apache, paths, requests):
    """Asks until this many requests are answered; wrk itself only runs for a time."""
    done = 0
    while done < requests:
        done += load.wrk(apache.url, paths, CONNECTIONS, 1)["answers"]
    return done


# Requests per thousand for each page size; 10,000 is the default of
# CCTVMaxFeatures.
MIX = {10: 600, 250: 300, 1800: 90, 10_000: 10}


def measure(apache, files, requests):
    """Ten turns of all page sizes. After the first turn every thread has served every
    size, and the memory must no longer grow."""
    turns = []
    done = 0
    for turn in range(10):
        print(f"memory: turn {turn + 1} of 10", flush=True)
        for size, share in MIX.items():
            done += run(apache, files[size], requests / 10 * share / 1000)
        turns.append({"requests": done, "rss_anon_kb": apache.rss_anon_kb()})
    return {"turns": turns}


def rows(found):
    # Large pages come and go, so compare three turns with three.
    turns = found["turns"]
    before, after = ([t["rss_anon_kb"] for t in part] for part in (turns[1:4], turns[-3:]))
    yield (f"memory after {turns[-1]['requests']:,} requests", f"after {turns[3]['requests']:,}",
           statistics.median(after) / statistics.median(before), ("<=", 1.1))
