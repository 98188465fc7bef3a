-- Sends the requests of a file, one after the other and round again, and prints what was measured as JSON.
-- wrk -s requests.lua URL -- FILE PAUSE: each line of FILE is a JSON-free record: method, path, headers, body, tab-separated;
-- headers are name=value pairs joined by "|". Every thread starts at another line. Each connection waits PAUSE ms
-- (0 for not at all) between an answer and its next request.
local requests, at, threads = {}, 0, {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function headers_of(text)
  local found = {}
  for name, value in text:gmatch("([^=|]+)=([^|]*)") do found[name] = value end
  return found
end

function init(arguments)
  failed = 0
  local pause = tonumber(arguments[2])
  if pause > 0 then delay = function() return pause end end
  for line in io.lines(arguments[1]) do
    local method, path, headers, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    if body == "" then body = nil end
    table.insert(requests, wrk.format(method, path, headers_of(headers), body))
  end
  at = math.floor(#requests / 8) * number
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function response(status)
  if status >= 400 then failed = failed + 1 end
end

function done(summary, latency)
  local failures = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do failures = failures + thread:get("failed") end
  print(string.format(
    'RESULT {"requests": %d, "seconds": %.3f, "failed": %d, "p50": %.3f, "p95": %.3f, "p99": %.3f, "max": %.3f}',
    summary.requests, summary.duration / 1e6, failures, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
