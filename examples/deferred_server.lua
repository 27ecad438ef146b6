-- The deferred handshake, the server's side. It serves one client, in a small part of SMTP: try
-- examples/deferred_client.lua on it: deferred_server.lua [PORT [CERTIFICATE [KEY]]]
local secsock = require "secsock"

local port = tonumber(arg[1] or 2525)
local cert = arg[2] or "build/certificates/right.pem"
local key = arg[3] or "build/certificates/right.key"

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local function say(s, line)
  print("S: " .. line)
  check(s:send(line .. "\r\n"), s:lasterror())
end

local function hear(s)
  local line = check(s:receive "*l", s:lasterror())
  print("C: " .. line)
  return line
end

-- 1. socket(), and 2. SO_SECURE: it is born secure.
local listener = check(secsock.new { identity = { cert = cert, key = key } })
-- 5. SSL_FLAG_DEFER_HANDSHAKE, for every connection to come
listener:defer(true)
check(listener:listen("127.0.0.1", port))
print("--- listening on port " .. select(2, listener:getsockname()))
io.stdout:flush()
-- 6. accept()
local s = check(listener:accept())

-- 7. In the clear, nothing is done for a client but to wait for its STARTTLS.
say(s, "220 localhost ready")
local line = hear(s)
while line ~= "STARTTLS" do
  if line:find "^EHLO " then
    say(s, "250-localhost")
    say(s, "250 STARTTLS")
  else
    say(s, "530 STARTTLS comes first")
  end
  line = hear(s)
end
say(s, "220 Go ahead")

-- 8. SO_SSL_PERFORM_HANDSHAKE
check(s:upgrade())

-- 10. Protected. What the client said before is forgotten: it begins with EHLO again.
print("--- " .. s:info "version" .. ", " .. s:info "cipher")
line = hear(s)
while line ~= "QUIT" do
  say(s, line:find "^EHLO " and "250 localhost, in private" or "502 This is but an example")
  line = hear(s)
end
say(s, "221 Bye")
-- 11. closesocket()
s:close()
