-- The tutorial of .NET's SslStream, the server's side: try examples/message_client.lua on it.
--
--     message_server.lua [PORT [IDENTITY [PASSWORD [TRUST]]]]
--
-- IDENTITY is a PFX file, or the folder of a store that it is picked from. With TRUST, a PEM file,
-- a client must show a certificate that leads there. Messages end in <EOF>. It serves one client.
local secsock = require "secsock"

local port = tonumber(arg[1] or 8443)
local path, password = arg[2] or "build/certificates/right.pfx", arg[3] or "secret"
local trust = arg[4]

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local function identity()
  if path:find "%.pfx$" then return secsock.cert.load(path, password) end
  return secsock.store.open(path, "my", { existing = true, password = password })
end

-- All bytes up to the mark, which may come in any number of pieces.
local function read_message(s)
  local message = ""
  while not message:find("<EOF>", -5, true) do
    if #message == 2048 then return nil, "the message is too long" end
    local byte, err = s:receive(1)
    if not byte then return nil, err, s:lasterror() end
    message = message .. byte
  end
  return message
end

local function describe(s)
  local info, verdict = s:info(), s:verdict()
  local peer = verdict and verdict:chain()[1]
  print(("Secured by %s with %s."):format(info.version, info.cipher))
  print("We are " .. s:owncert():subject() .. ", the client is "
        .. (peer and peer:subject() or "not known") .. ".")
end

local config = check(secsock.config {
  identity = check(identity()),
  trust = trust,
  clientauth = trust and "require" or "none",
})
local listener = check(secsock.new { config = config, timeout = 5 })
check(listener:listen("127.0.0.1", port))
for _, warning in ipairs(config:warnings()) do print("Warning: " .. warning.text) end
print("--- listening on port " .. select(2, listener:getsockname()))
io.stdout:flush()
listener:settimeout(nil) -- a client may take its time to come, but not to talk
local s = check(listener:accept())
s:settimeout(5)
describe(s)
print("Received: " .. check(read_message(s)))
check(s:send "Hello from the server.<EOF>", s:lasterror())
s:close()
