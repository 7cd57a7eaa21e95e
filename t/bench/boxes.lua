-- wrk asks for the lines of a file in their order, each thread from a place of
-- its own:  wrk … -s t/bench/boxes.lua URL -- FILE
-- At the end one line with what came of it.

local threads = 0

function setup(thread)
   thread:set("turn", threads)
   threads = threads + 1
end

function init(args)
   requests = {}
   for path in io.lines(args[1]) do
      requests[#requests + 1] = wrk.format("GET", path)
   end
   at = turn * math.floor(#requests / 2)
end

function request()
   at = at % #requests + 1
   return requests[at]
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format("RESULT %d %d %d %d %.0f\n", summary.requests, summary.duration, summary.bytes,
      e.status + e.connect + e.read + e.write + e.timeout, latency:percentile(99)))
end
