-- The tutorial of .NET's SslStream, the client's side: try it on examples/message_server.lua.
--
--     message_client.lua [HOST [PORT [NAME [TRUST [IDENTITY [PASSWORD]]]]]]
--
-- TRUST is a PEM file. IDENTITY, a PFX file, is what this end shows if the server asks who it is.
local secsock = require "secsock"

local host, port = arg[1] or "localhost", tonumber(arg[2] or 8443)
local name, trust = arg[3] or host, arg[4] or "build/certificates/root.pem"
local path, password = arg[5], arg[6] or "secret"

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
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

local s = check(secsock.new {
  peername = name,
  trust = trust,
  identity = path and check(secsock.cert.load(path, password)) or nil,
  timeout = 5,
})
check(s:connect(host, port))
io.write(s:verdict():explain())
check(s:send "Hello from the client.<EOF>", s:lasterror())
print("Server says: " .. check(read_message(s)))
s:close()
