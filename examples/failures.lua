-- What goes wrong most often with certificates, seen from both ends, with the sentence that tells
-- each of them why: failures.lua [FOLDER]
--
-- FOLDER holds the certificates that script/demo makes; build/certificates unless said.
local secsock = require "secsock"

local folder = arg[1] or "build/certificates"
local trust = folder .. "/root.pem"

local function identity(name)
  return { cert = folder .. "/" .. name .. ".pem", key = folder .. "/" .. name .. ".key" }
end

local failures = {
  {
    title = "The server's identity is without its private key",
    server = { identity = { cert = folder .. "/right.pem" } },
    client = { trust = trust, defer = true },
  },
  {
    title = "The server's certificate is one for clients",
    server = { identity = identity "clientonly" },
    client = { trust = trust, defer = true },
  },
  {
    title = "The server's certificate is for another name",
    server = { identity = identity "elsewhere" },
    client = { trust = trust, defer = true },
  },
  {
    title = "The server requires a certificate of its client, who has none",
    server = { identity = identity "right", trust = trust, clientauth = "require" },
    client = { trust = trust, defer = true },
  },
}

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

-- A listener, or why there cannot be one; and a port on which nobody listens then.
local function listen(options)
  local config, _, why = secsock.config(options)
  if not config then return nil, why, 1 end
  local listener = check(secsock.new { config = config, defer = true })
  check(listener:listen("127.0.0.1", 0))
  for _, warning in ipairs(config:warnings()) do print("  at set-up:  " .. warning.text) end
  return listener, nil, select(2, listener:getsockname())
end

-- Both handshakes in turn, for neither can end without the other. What each says at the end is what
-- is heard on its first read too: under TLS 1.3 a client learns only then that it was refused.
local function shake(server, client)
  local waiting = { server = server, client = client }
  local reasons = {}
  while next(waiting) do
    for who, s in pairs { server = waiting.server, client = waiting.client } do
      s:settimeout(0)
      local ok, err = true, nil
      if s:state() ~= "secure" then ok, err = s:upgrade(who == "client" and "localhost" or nil) end
      if ok then ok, err = s:receive(1) end
      if ok or err ~= "timeout" then
        waiting[who], reasons[who] = nil, s:lasterror()
      end
    end
  end
  return reasons
end

for number, case in ipairs(failures) do
  print(("%d. %s"):format(number, case.title))
  local listener, refusal, port = listen(case.server)
  local client = check(secsock.new(case.client))
  local reached, _, why = client:connect("127.0.0.1", port)
  local reasons = reached and shake(check(listener:accept()), client)
                  or { server = refusal, client = why }
  print("  the server: " .. tostring(reasons.server))
  print("  the client: " .. tostring(reasons.client))
  client:close()
  if listener then listener:close() end
end
