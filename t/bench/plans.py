"""The SQL of the module, compared with the best plan for the same values.

Times are measured by PostgreSQL itself, with EXPLAIN ANALYZE: planning and
execution of the module's statement, and only execution of the best plan.
"""

import itertools
import json
import statistics
import subprocess
import time

import load

# The plan that PostgreSQL chooses for literal values, and others that it is
# forced to use: everything that a person could try.
VARIANTS = {
    "free": "",
    "no parallel": "SET max_parallel_workers_per_gather = 0;",
    "no index scan": "SET max_parallel_workers_per_gather = 0; SET enable_indexscan = off;",
    "no bitmap scan": "SET max_parallel_workers_per_gather = 0; SET enable_bitmapscan = off;",
    "no seq scan": "SET max_parallel_workers_per_gather = 0; SET enable_seqscan = off;",
    "no sort": "SET max_parallel_workers_per_gather = 0; SET enable_sort = off;",
}
NARROWINGS = ["", "&role=transit", "&role=harbour", "&status=offline", "&role=police&status=offline"]
TABLES = {"spread_100k": 100_000, "spread_1m": 1_000_000, "places_100k": 100_000, "places_1m": 1_000_000}


def boxes(count):
    kinds = {"tiny": (13.4, 52.5, 13.41, 52.51)}
    for cameras in (10, 250, 1800):
        kinds[f"≈{cameras}"] = load.box(77, *load.sides(cameras, count))
    kinds["20×20 degrees"] = (0, 30, 20, 50)
    kinds["city"] = (-175.2, -50.2, -174.8, -49.8)
    kinds["antimeridian"] = (170, -20, -170, 20)
    kinds["half the world"] = (-180, 0, 180, 90)
    kinds["world less a strip"] = (-180, -90, 170, 90)
    kinds["world"] = (-180, -90, 180, 90)
    return {k: "bbox=" + ",".join(f"{c:.9g}" for c in corners) for k, corners in kinds.items()}


def cases(count):
    """(name, query string) of each case: every box with every limit, with filters, and
    with a page far behind the first."""
    deep = f"&after={count * 9 // 10}"
    for kind, bbox in boxes(count).items():
        for limit in (10, 100, 1000, 10_000):
            yield f"{kind}, limit {limit}", f"{bbox}&limit={limit}"
        for narrowing, limit in itertools.product(NARROWINGS[1:], (100, 1000)):
            yield f"{kind}, limit {limit}{narrowing}", f"{bbox}&limit={limit}{narrowing}"
        for narrowing in NARROWINGS:
            yield f"{kind}, limit 100, deep{narrowing}", f"{bbox}&limit=100{narrowing}{deep}"


class Session:
    """A psql that runs statements one by one."""

    def __init__(self, postgres, table):
        self.process = subprocess.Popen(postgres.psql(table, user="cctv_reader"), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def run(self, sql):
        self.process.stdin.write(sql + "\n\\echo END-OF-ANSWER\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "END-OF-ANSWER\n":
                return "".join(lines)
            lines.append(line)
        raise RuntimeError("psql ended at: " + sql)

    def explain(self, sql):
        out = self.run(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql};")
        return json.loads(out)[0]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def literal(value):
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"'{value!r}'"


def with_literals(sql, values):
    for i in range(len(values), 0, -1):
        sql = sql.replace(f"${i}", literal(values[i - 1]))
    return sql


def shape(plan):
    """The scan and sort nodes of a plan, from the top."""
    name = plan["Node Type"] + (f" {plan['Index Name']}" if "Index Name" in plan else "")
    below = [shape(p) for p in plan.get("Plans", []) if p.get("Parent Relationship") != "InitPlan"]
    return name + ("(" + ", ".join(below) + ")" if below else "")


class Case:
    def __init__(self, session, statement):
        self.session = session
        self.statement = statement
        values = statement["values"]
        if statement["prepared"]:
            session.run(f"PREPARE asked AS {statement['sql']};")
            self.sql = f"EXECUTE asked ({', '.join(map(literal, values))})"
            # From the sixth execution on, PostgreSQL may keep a generic plan.
            for _ in range(5):
                session.run(f"{self.sql} \\g /dev/null")
        else:
            self.sql = with_literals(statement["sql"], values)
        # The planner may also walk the ids, even where the module prevents it.
        text = statement["planner_sql"].replace("ORDER BY id + 0", "ORDER BY id")
        self.planned = with_literals(text, values)
        self.own, self.own_planning, self.best = [], [], {name: [] for name in VARIANTS}
        self.shapes = {}

    def measure_own(self):
        plan = self.session.explain(self.sql)
        self.own.append(plan["Execution Time"])
        self.own_planning.append(plan["Planning Time"])
        self.shapes["module"] = shape(plan["Plan"])

    def measure(self, name):
        # A plan that is far slower than the module is not the best one, so stop it early.
        limit = int(100 + 2 * self.own[0])
        self.session.run(VARIANTS[name] + f"SET statement_timeout = {limit};" + "\\set ON_ERROR_STOP 0")
        out = self.session.run(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {self.planned};")
        # Twice, because the first RESET may itself run into that timeout.
        self.session.run("RESET ALL;\nRESET ALL;\n\\set ON_ERROR_STOP 1")
        if not out:
            self.best[name].append(limit)
            return
        plan = json.loads(out)[0]
        self.best[name].append(plan["Execution Time"])
        self.shapes[name] = shape(plan["Plan"])

    def race(self, racing, rounds):
        for _ in range(rounds):
            self.measure_own()
            for name in racing:
                self.measure(name)

    def behind(self, racing):
        """By how many milliseconds the module's median exceeds the best median."""
        best = min(statistics.median(self.best[name]) for name in racing)
        return statistics.median(self.own) - best

    def run(self, rounds):
        # Run all once, to load the pages into memory and to drop plans that are far slower.
        self.measure_own()
        for name in VARIANTS:
            self.measure(name)
        fastest = min(t[0] for t in self.best.values())
        racing = [name for name, t in self.best.items() if t[0] < 1.4 * fastest + 0.05]
        rounds = rounds if fastest < 30 else 3
        self.own.clear()
        self.own_planning.clear()
        for name in racing:
            self.best[name].clear()
        self.race(racing, rounds)
        # Repeat conspicuous results: the machine may have been busy.
        if self.behind(racing) > 0.2:
            self.race(racing, 2 * rounds)
        if self.statement["prepared"]:
            self.session.run("DEALLOCATE asked;")
        best = min(racing, key=lambda name: statistics.median(self.best[name]))
        own = statistics.median(self.own)
        planning = statistics.median(self.own_planning)
        best_ms = statistics.median(self.best[best])
        return {"plan": self.statement["plan"], "execution_ms": own, "planning_ms": planning,
                "best": best, "best_ms": best_ms, "ratio": (own + planning) / best_ms,
                "tried_ms": {name: statistics.median(self.best[name]) for name in racing},
                "module_plan": self.shapes["module"], "best_plan": self.shapes[best]}


def measure(postgres, helper, rounds, only=None):
    found = []
    for table, count in TABLES.items():
        if only and table not in only:
            continue
        started = time.monotonic()
        named = list(cases(count))
        statements = postgres.statements(helper, table, [query for _, query in named])
        session = Session(postgres, table)
        for (name, _), statement in zip(named, statements):
            found.append({"table": table, "case": name, **Case(session, statement).run(rounds)})
        session.close()
        print(f"plans: {len(named)} cases on {table} in {time.monotonic() - started:.0f} s", flush=True)
    return found


def rows(found):
    """The worst case of each kind of box on each table."""
    for table in TABLES:
        here = [c for c in found if c["table"] == table]
        for kind in dict.fromkeys(c["case"].split(",")[0] for c in here):
            worst = max((c for c in here if c["case"].split(",")[0] == kind), key=lambda c: c["ratio"])
            yield (f"SQL, {table}: {worst['case']}", f"best plan, {worst['best_ms']:.2f} ms",
                   worst["ratio"], ("<=", 1.3))
