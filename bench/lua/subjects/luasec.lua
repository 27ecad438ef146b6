--- LuaSec over LuaSocket. It checks no host names: that is done here, as its users must.
local ssl = require "ssl"
local sockets = require "bench.lua.sockets"

local subject = { name = "lua-luasec" }

function subject.version() return ssl._VERSION end

function subject.context(settings)
  return assert(ssl.newcontext {
    mode = settings.server and "server" or "client",
    protocol = settings.version == 12 and "tlsv1_2" or "tlsv1_3",
    ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256", ciphersuites = "TLS_AES_128_GCM_SHA256",
    curveslist = settings.version == 12 and "X25519:P-256" or "X25519", options = "all",
    cafile = settings.trust, certificate = settings.cert, key = settings.key,
    verify = settings.server and not settings.asks and "none" or { "peer", "fail_if_no_peer_cert" },
  })
end

local contexts = setmetatable({}, { __mode = "k" })

function subject.open(client, server, place)
  local near, far = sockets[place]()
  contexts[near], contexts[far] = client, server
  return near, far
end

local function is_for(cert, name)
  for _, host in ipairs(cert:extensions()["2.5.29.17"].dNSName) do
    if host == name then return true end
  end
  return false
end

local function wrapped(object)
  local s = assert(ssl.wrap(object, contexts[object]))
  s:settimeout(0)
  return s
end

local function shaken(s)
  local ok, err = s:dohandshake()
  assert(ok or err == "wantread" or err == "wantwrite", err)
  return ok
end

function subject.upgrade(client, server)
  client, server = wrapped(client), wrapped(server)
  client:sni(sockets.NAME)
  local near, far
  repeat
    near = near or shaken(client)
    far = far or shaken(server)
  until near and far
  assert(is_for(client:getpeercertificate(), sockets.NAME))
  client:settimeout()
  server:settimeout()
  return client, server
end

function subject.send(s, data) return assert(s:send(data)) end

function subject.receive(s, pattern) return assert(s:receive(pattern)) end

function subject.close(s) s:close() end

return subject
