-- What wrk can do about mixed keys: it cannot tie an answer to its request, so it asks whether the status is one of two.
local keys = {
  "bench_good_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G",
  "bench_none_Zk4vN8cTq1WyB6mXe3RgJd7HsLp9Ua2F",
  "bench_gone_Tn3jX7vCk9QbM2wRz5LfHd8GyPs4Ea6U",
  "bench_void_Hw5bG9nKx2TcV7rQj4MzYf8DsEa1Lp6U",
}
local sent = 0
request = function()
  sent = sent + 1
  return wrk.format("GET", "/v1/null", { ["X-API-Key"] = keys[sent % 4 + 1] })
end
response = function(status, headers, body)
  if status ~= 200 and status ~= 401 then print("wrong status " .. status) end
end
