--- A TLS connection over memory, through libsecsock.so alone: what any program with LuaJIT can do
-- that has read secsock.h.
--
--   luajit ffi_handshake.lua HEADER LIBRARY FOLDER      the folder has the specs' certificates
--
-- Says "begin" when all files are read, what has been agreed on, what arrived, and "end".
local ffi = require "ffi"
local jit = require "jit"

local header, library, folder = arg[1], arg[2], arg[3]

-- The hook is called from within the library, from where compiled code must not come.
jit.off()
io.stdout:setvbuf "no"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

ffi.cdef((read(header):gsub("#[^\n]*", "")))
local C = ffi.load(library)
local trust, chain, key = read(folder .. "/ca.pem"), read(folder .. "/server-chain.pem"),
  read(folder .. "/server.key")

local function check(result, err)
  if result >= 0 then return result end
  error(ffi.string(C.secsock_result_name(result)) .. ": " .. ffi.string(err.message))
end

-- ---------------------------------------------------------------------------------- the two ends

local function client_config()
  local config = ffi.gc(C.secsock_config_new(), C.secsock_config_free)
  check(C.secsock_config_trust_pem(config, trust, #trust), C.secsock_config_last_error(config))
  return config
end

local function server_config()
  local config = ffi.gc(C.secsock_config_new(), C.secsock_config_free)
  local out, err = ffi.new "secsock_cert *[1]", ffi.new "secsock_error"
  check(C.secsock_cert_identity_from_pem(out, chain, #chain, key, #key, nil, err), err)
  local identity = ffi.gc(out[0], C.secsock_cert_free)
  check(C.secsock_config_set_identity(config, identity), C.secsock_config_last_error(config))
  return config
end

local function socket(config, role)
  local s = ffi.gc(C.secsock_new(config), C.secsock_free)
  check(C.secsock_attach_memory(s, role), C.secsock_last_error(s))
  return s
end

-- ------------------------------------------------------------------------------- what they do

local buffer = ffi.new "char[65536]"

-- Carries what one has to say to the other.
local function carry(from, to)
  local n = C.secsock_drain(from, buffer, ffi.sizeof(buffer))
  if n > 0 then check(C.secsock_feed(to, buffer, n), C.secsock_last_error(to)) end
end

local function upgrade(s)
  local result = C.secsock_upgrade(s, nil)
  if result == C.SECSOCK_OK then return true end
  if result ~= C.SECSOCK_WANT_READ then check(result, C.secsock_last_error(s)) end
end

local function say(from, to, text)
  check(C.secsock_send(from, text, #text), C.secsock_last_error(from))
  carry(from, to)
  local n = check(C.secsock_recv(to, buffer, ffi.sizeof(buffer)), C.secsock_last_error(to))
  print(ffi.string(buffer, n))
end

print "begin"

local calls = 0
local hook = ffi.cast("secsock_validate_hook *", function(_, verdict)
  calls = calls + 1
  return C.secsock_verdict_ok(verdict) == 1 and C.SECSOCK_FOLLOW or C.SECSOCK_PROBLEM_REJECTED
end)
local client, server = socket(client_config(), C.SECSOCK_CLIENT),
  socket(server_config(), C.SECSOCK_SERVER)
check(C.secsock_set_peername(client, "mail.example"), C.secsock_last_error(client))
check(C.secsock_set_validate_hook(client, hook, nil), C.secsock_last_error(client))
local done
repeat
  local first = upgrade(client)
  carry(client, server)
  done = upgrade(server) and first
  carry(server, client)
until done
print(ffi.string(C.secsock_tls_version_name(client)), calls)
say(client, server, "from client to server")
say(server, client, "from server to client")
C.secsock_close(client)
carry(client, server)
print(C.secsock_recv(server, buffer, ffi.sizeof(buffer)))
C.secsock_close(server)

print "end"
hook:free()
