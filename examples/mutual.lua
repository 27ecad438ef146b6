-- Mutual TLS: both ends show a certificate, and both judge the other's. They are in one process and
-- talk over memory: mutual.lua [FOLDER]
local secsock = require "secsock"

local folder = arg[1] or "build/certificates"
local trust = folder .. "/root.pem"

local function identity(name)
  return { cert = folder .. "/" .. name .. ".pem", key = folder .. "/" .. name .. ".key" }
end

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

-- Each end says whom it sees. A hook without an answer leaves it to the verdict.
local function judge(s, verdict)
  print(("the %s sees %s: %s"):format(s:role(), verdict:chain()[1]:subject(),
                                      verdict:ok() and "welcome" or verdict:problems()[1]))
end

-- Clients have no host name to be checked. Who may come in is the program's to say.
local guests = { ["CN=client.example"] = true }

local function admit(s, verdict)
  judge(s, verdict)
  if not guests[verdict:chain()[1]:subject()] then return false, "not on the list" end
end

local client = check(secsock.new { trust = trust, identity = identity "client", hook = judge })
local server = check(secsock.new {
  trust = trust, identity = identity "right", hook = admit, clientauth = "require",
})
client:attachmemory "client"
server:attachmemory "server"

-- The wire: what one end has to say is brought to the other, until both are secure.
local function upgrade(s, peer, name)
  local ok, err, why = s:upgrade(name)
  check(ok or err == "timeout", err, why)
  peer:feed(s:drain())
  return ok
end

client:settimeout(0)
server:settimeout(0)
local secure
repeat
  secure = upgrade(client, server, "mail.example")
  secure = upgrade(server, client) and secure
until secure

client:send "Hello, I am who you think.\n"
server:feed(client:drain())
print("the server hears: " .. server:receive "*l")
client:close()
server:close()
