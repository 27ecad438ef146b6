-- Asks a database, under TLS or not at all, what it thinks of the connection:
-- postgres.lua [HOST [PORT [NAME [TRUST [USER]]]]]
package.path = (arg[0]:match "^.*/" or "") .. "?.lua;" .. package.path
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local trace = require "trace"

local host, port = arg[1] or "localhost", tonumber(arg[2] or 5432)
local name, trust = arg[3] or host, arg[4] or { system = true }
local user = arg[5] or "demo"

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local s = check(secsock.new { defer = true, trust = trust, timeout = 10 })
check(s:connect(host, port))

-- SSLRequest, 'S', handshake, the hook's judgement. The protocol has no lines to trace.
print "  C: SSLRequest"
trace(s)
check(starttls.postgres.client(s, { peername = name }))
s:trace(nil)

-- A number in big-endian digits, and back.
local function digits(number)
  return string.char(0, 0, math.floor(number / 256), number % 256)
end

local function number(text)
  local value = 0
  for i = 1, #text do value = value * 256 + text:byte(i) end
  return value
end

local function send(kind, body)
  check(s:send(kind .. digits(#body + 4) .. body), s:lasterror())
end

-- The next message: its kind, its contents.
local function message()
  local head = s:receive(5)
  local length = head and number(head:sub(2)) - 4
  local body = length == 0 and "" or length and s:receive(length)
  check(body, s:lasterror())
  check(head:sub(1, 1) ~= "E", body:match "%zM([^%z]*)")
  return head:sub(1, 1), body
end

local function await(wanted)
  local kind, body
  repeat kind, body = message() until kind == wanted
  return body
end

send("", "\0\3\0\0user\0" .. user .. "\0database\0postgres\0\0") -- StartupMessage, version 3.0
await "Z" -- ReadyForQuery

local query = "select version || ', ' || cipher from pg_stat_ssl where pid = pg_backend_pid()"
print("  C: " .. query)
send("Q", query .. "\0")
local row = await "D" -- DataRow: how many columns, the length of the first, the first
print("  S: " .. row:sub(7))
send("X", "") -- Terminate
s:close()
