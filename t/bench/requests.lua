-- wrk requests the lines of a file in order; each thread starts at another line:
--   wrk … -s t/bench/requests.lua URL -- FILE [PATH]
-- A line is a path to GET, perhaps with a blank and the ETag of If-None-Match; with PATH, it is JSON to POST there, as a browser does.
-- The last line of the output has the results.

local threads = 0

local agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) " ..
   "Chrome/130.0.0.0 Safari/537.36"

function setup(thread)
   thread:set("turn", threads)
   threads = threads + 1
end

function init(args)
   local headers
   if args[2] then
      local origin = string.format("%s://%s:%s", wrk.scheme, wrk.host, wrk.port)
      headers = { ["Content-Type"] = "application/json", ["User-Agent"] = agent, Origin = origin,
                  ["Sec-Fetch-Site"] = "same-origin" }
   end
   requests = {}
   for line in io.lines(args[1]) do
      local n = #requests + 1
      if args[2] then
         requests[n] = wrk.format("POST", args[2], headers, line)
      else
         local path, tag = line:match("^(%S+) ?(.*)$")
         requests[n] = wrk.format("GET", path, tag ~= "" and { ["If-None-Match"] = tag } or nil)
      end
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
