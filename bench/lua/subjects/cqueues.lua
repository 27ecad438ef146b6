--- cqueues' sockets with luaossl.
local cqueues = require "cqueues"
local context = require "openssl.ssl.context"
local param = require "openssl.x509.verify_param"
local pkey = require "openssl.pkey"
local chain = require "openssl.x509.chain"
local socket = require "cqueues.socket"
local ssl = require "openssl.ssl"
local store = require "openssl.x509.store"
local x509 = require "openssl.x509"
local sockets = require "bench.lua.sockets"

local subject = { name = "lua-cqueues" }

function subject.version()
  return ("cqueues %s, %s"):format(cqueues.VERSION, require("openssl").VERSION_TEXT)
end

local function content(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "*a"
  file:close()
  return bytes
end

function subject.context(settings)
  local ctx = context.new(settings.version == 12 and "TLSv1_2" or "TLS", settings.server)
  ctx:setCipherList "ECDHE-ECDSA-AES128-GCM-SHA256"
  ctx:setCipherSuites "TLS_AES_128_GCM_SHA256"
  ctx:setGroups(settings.version == 12 and "X25519:P-256" or "X25519")
  ctx:setStore(store.new():add(settings.trust))
  local none = settings.server and not settings.asks
  ctx:setVerify(none and context.VERIFY_NONE
    or context.VERIFY_PEER + context.VERIFY_FAIL_IF_NO_PEER_CERT)
  if settings.cert then
    ctx:setCertificate(x509.new(content(settings.cert)))
    ctx:setCertificateChain(chain.new())
    ctx:setPrivateKey(pkey.new(content(settings.key)))
  end
  if not settings.server then
    local names = param.new()
    names:setHost(sockets.NAME)
    ctx:setParam(names)
  end
  return ctx
end

local listener, port
local contexts = setmetatable({}, { __mode = "k" })
local pairs_of = {}

function pairs_of.tcp()
  if not listener then
    listener = assert(socket.listen("127.0.0.1", 0))
    port = select(3, listener:localname())
  end
  local near = assert(socket.connect("127.0.0.1", port))
  assert(near:connect())
  return near, assert(listener:accept())
end

function pairs_of.unix() return assert(socket.pair()) end

function subject.open(client, server, place)
  local near, far = pairs_of[place]()
  for _, s in ipairs { near, far } do s:setmode("bn", "bn") end
  contexts[near], contexts[far] = client, server
  return near, far
end

function subject.upgrade(client, server)
  local both = cqueues.new()
  both:wrap(function()
    local tls = ssl.new(contexts[client])
    tls:setHostName(sockets.NAME)
    assert(client:starttls(tls))
  end)
  both:wrap(function() assert(server:starttls(contexts[server])) end)
  assert(both:loop())
  return client, server
end

function subject.send(s, data) return assert(s:write(data)) end

function subject.receive(s, pattern) return assert(s:read(pattern or "*l")) end

function subject.gather(s) s:setmode(nil, "bf") end

function subject.flush(s)
  assert(s:flush())
  s:setmode(nil, "bn")
end

function subject.close(s) s:close() end

return subject
