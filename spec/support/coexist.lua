--- One process with three TLS libraries: secsock, and OpenSSL by way of LuaSec and of luaossl. Each
-- meets secsock over loopback, in either role, all at the same time, in the event loop of cqueues.
-- Prints what has been done, a line for each.
--
--   coexist.lua FOLDER MODULE...    where the certificates are; what to load, in this order
local folder = table.remove(arg, 1)
for _, module in ipairs(arg) do require(module) end

local cqueues = require "cqueues"
local cqsocket = require "cqueues.socket"
local secsock = require "secsock"
local socket = require "socket"
local ssl = require "ssl"
local context = require "openssl.ssl.context"
local pkey = require "openssl.pkey"
local store = require "openssl.x509.store"
local x509 = require "openssl.x509"

local ROUNDS, LINE = 50, ("x"):rep(3000)
local PATIENCE = 30 -- seconds
local loop = cqueues.new()

local function file(name)
  return folder .. "/" .. name
end

local function read(name)
  local opened = assert(io.open(file(name)))
  local text = opened:read "*a"
  opened:close()
  return text
end

-- Gives the others a turn; then whoever waits may look again.
local function pause()
  cqueues.sleep(0.001)
  return true
end

-- ------------------------------------------------------------------------------------- secsock

secsock.wait = pause

local identity = { cert = file "server-chain.pem", key = file "server.key" }

local function secsock_listener()
  local listener = assert(secsock.new { identity = identity, timeout = PATIENCE })
  assert(listener:listen("127.0.0.1", 0))
  return listener, select(2, listener:getsockname())
end

local function secsock_client(port, peername)
  local s = assert(secsock.new {
    trust = file "ca.pem", peername = peername, timeout = PATIENCE,
  })
  local ok, err = s:connect("127.0.0.1", port)
  return ok and s, err
end

-- -------------------------------------------------------------------------------------- LuaSec

local waits = { wantread = true, timeout = true, wantwrite = true }

-- Repeats a call of a socket of LuaSec's until it is done, or fails.
local function luasec_wait(s, method, ...)
  s:settimeout(0)
  while true do
    local result, err = s[method](s, ...)
    if result or not waits[err] then return result, err end
    pause()
  end
end

-- With methods that wait, as those of secsock do.
local luasec = {}
luasec.__index = luasec

function luasec:send(data) return luasec_wait(self.s, "send", data) end
function luasec:receive() return luasec_wait(self.s, "receive") end
function luasec:close() return self.s:close() end

local function luasec_wrap(tcp, parameters)
  local s = assert(ssl.wrap(tcp, parameters))
  local ok, err = luasec_wait(s, "dohandshake")
  return ok and setmetatable({ s = s }, luasec), err
end

local function luasec_client(port)
  return assert(luasec_wrap(assert(socket.connect("127.0.0.1", port)), {
    mode = "client", protocol = "any", cafile = file "ca.pem", verify = "peer",
  }))
end

local function luasec_server(listener)
  return luasec_wrap(assert(luasec_wait(listener, "accept")), {
    mode = "server", protocol = "any",
    certificate = file "server-chain.pem", key = file "server.key",
  })
end

-- ------------------------------------------------------------------------------------- luaossl

-- cqueues does the TLS of its sockets by contexts of luaossl's.
local function luaossl_wrap(tcp, ctx)
  tcp:setmode("bn", "bn")
  tcp:settimeout(PATIENCE)
  assert(tcp:starttls(ctx))
  return { s = tcp,
    send = function(_, data) return tcp:write(data) and tcp:flush() end,
    receive = function() return tcp:read "*l" end,
    close = function() tcp:close() end,
  }
end

local function luaossl_client(port)
  local ctx = context.new("TLS", false)
  local trust = store.new()
  trust:add(x509.new(read "ca.pem"))
  ctx:setStore(trust)
  ctx:setVerify(context.VERIFY_PEER)
  return luaossl_wrap(cqsocket.connect("127.0.0.1", port), ctx)
end

local function luaossl_server(listener)
  local ctx = context.new("TLS", true)
  ctx:setCertificate(x509.new(read "server.pem"))
  local chain = require "openssl.x509.chain".new()
  chain:add(x509.new(read "int.pem"))
  ctx:setCertificateChain(chain)
  ctx:setPrivateKey(pkey.new(read "server.key"))
  return luaossl_wrap(listener:accept(), ctx)
end

-- ---------------------------------------------------------------------------------- what is done

local function ask(s)
  for i = 1, ROUNDS do
    assert(s:send(i .. LINE .. "\n"))
    local line = assert(s:receive())
    assert(line == i .. LINE, line)
  end
  s:close()
end

local function answer(s)
  for _ = 1, ROUNDS do assert(s:send(assert(s:receive()) .. "\n")) end
  assert(not s:receive())
  s:close()
end

local function start(f)
  loop:wrap(f)
end

local function secsock_serves(what, client)
  local listener, port = secsock_listener()
  start(function()
    answer(assert(listener:accept()))
    print("secsock has served " .. what)
  end)
  start(function() ask(client(port)) end)
end

local function secsock_is_served(what, port, server)
  start(function()
    answer(server())
    print("secsock was served by " .. what)
  end)
  start(function() ask(assert(secsock_client(port, "mail.example"))) end)
end

-- A handshake that fails leaves nothing behind, in either library.
local function secsock_refuses(port, server)
  start(function()
    local s, err = server()
    assert(not s)
    print("LuaSec was refused: " .. err)
  end)
  start(function()
    local s, err = secsock_client(port, "other.example")
    assert(not s)
    print("secsock has refused LuaSec: " .. err)
  end)
end

-- What can be seen of OpenSSL's state: the defaults of a context, and whether an error of now comes
-- with one of before.
local function openssl_state()
  local ctx = context.new("TLS", false)
  local _, complaint = ssl.newcontext { mode = "client", protocol = "any", cafile = "/nowhere" }
  return ("%s %s %s"):format(tostring(ctx:getOptions()), tostring(ctx:getVerify()), complaint)
end

local before = openssl_state()

local listener = assert(socket.bind("127.0.0.1", 0))
local port = select(2, listener:getsockname())
secsock_is_served("LuaSec", port, function() return assert(luasec_server(listener)) end)

local other = assert(socket.bind("127.0.0.1", 0))
secsock_refuses(select(2, other:getsockname()), function() return luasec_server(other) end)

local cqlistener = cqsocket.listen("127.0.0.1", 0)
local cqport = select(3, cqlistener:localname())
secsock_is_served("luaossl", cqport, function() return luaossl_server(cqlistener) end)

secsock_serves("LuaSec", luasec_client)
secsock_serves("luaossl", luaossl_client)

assert(loop:loop())

assert(before == openssl_state(), openssl_state())
print "OpenSSL is as it was"
