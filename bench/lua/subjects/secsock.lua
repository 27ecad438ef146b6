--- secsock's module.
local secsock = require "secsock"
local sockets = require "bench.lua.sockets"

local subject = { name = "lua-secsock", version = secsock.version }

function subject.context(settings)
  return assert(secsock.config {
    versions = { settings.version == 12 and "TLSv1.2" or "TLSv1.3" },
    ciphers = { "TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
    groups = { "X25519" }, trust = settings.trust, resumption = settings.server,
    identity = settings.cert and { cert = settings.cert, key = settings.key } or nil,
    clientauth = settings.asks and "require" or "none",
  })
end

function subject.open(client, server, place)
  local near, far = sockets[place]()
  return secsock.wrap(near, "client", { config = client, peername = sockets.NAME }),
    secsock.wrap(far, "server", { config = server })
end

local function upgraded(s)
  local ok, err, why = s:upgrade()
  assert(ok or err == "timeout", tostring(why or err))
  return ok
end

function subject.upgrade(client, server)
  client:settimeout(0)
  server:settimeout(0)
  local near, far
  repeat
    near = near or upgraded(client)
    far = far or upgraded(server)
  until near and far
  client:settimeout()
  server:settimeout()
  return client, server
end

function subject.send(s, data) return assert(s:send(data)) end

function subject.receive(s, pattern) return assert(s:receive(pattern)) end

function subject.gather(s) s:cork(true) end

function subject.flush(s) assert(s:cork(false)) end

function subject.close(s) s:close() end

return subject
