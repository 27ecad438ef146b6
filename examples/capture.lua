-- Records a session with a mail server for Wireshark: the plaintext before the upgrade, the
-- handshake, and what follows it under TLS. capture.lua FILE [HOST [PORT [NAME [TRUST]]]]
--
-- The file holds the secrets of the connection: who has it can read all that was said. So it is for
-- its owner alone, and one that is there already is never written to.
local secsock = require "secsock"
local starttls = require "secsock.starttls"

local path, host, port = arg[1], arg[2] or "localhost", tonumber(arg[3] or 25)
local name, trust = arg[4] or host, arg[5] or { system = true }
if not path then
  io.stderr:write "capture.lua FILE [HOST [PORT [NAME [TRUST]]]]\n"
  os.exit(2)
end

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local s = check(secsock.new { defer = true, trust = trust, timeout = 10 })
local capture = check(s:capture(path))
check(s:connect(host, port))
check(starttls.smtp.client(s, { peername = name, name = "client.example" }))
check(s:send "QUIT\r\n")
print("The last word: " .. check(s:receive()))
s:close()

-- A disk that is full ends the capture, not the connection.
check(capture:close())
print("Recorded. To look at it, without a setting but which protocol the port is of:")
print(("  wireshark -d tcp.port==%d,smtp %s"):format(port, path))
print(("  tshark -r %s -d tcp.port==%d,smtp -Y 'smtp or tls'"):format(path, port))
