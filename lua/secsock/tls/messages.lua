--- Handshake messages: each is written from a table and read into one. What a table leaves out is
-- as it mostly is.
local bytes = require "secsock.tls.bytes"
local extensions = require "secsock.tls.extensions"

local messages = { write = {}, read = {} }
local write, read = messages.write, messages.read
local number, vector = bytes.number, bytes.vector

--- The random of a server_hello that asks for another hello (RFC 8446, section 4.1.3).
messages.RETRY = bytes.from_hex "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"

-- --------------------------------------------------------------------------------------- hellos

---@class secsock.tls.client_hello
---@field version string       two bytes
---@field random string
---@field session string
---@field ciphers integer[]
---@field compressions string
---@field extensions secsock.tls.extension[]
function write.client_hello(m)
  return m.version .. m.random .. vector(1, m.session) .. extensions.numbers(m.ciphers)
    .. vector(1, m.compressions or "\0") .. extensions.write(m.extensions)
end

function read.client_hello(body)
  local r = bytes.reader(body)
  local m = { version = r:take(2), random = r:take(32), session = r:vector(1) }
  m.ciphers = extensions.read_numbers(vector(2, r:vector(2)))
  m.compressions = r:vector(1)
  m.extensions = extensions.read(r)
  return m
end

---@class secsock.tls.server_hello
---@field version string
---@field random string
---@field session string
---@field cipher integer
---@field compression? integer
---@field extensions secsock.tls.extension[]
function write.server_hello(m)
  return m.version .. m.random .. vector(1, m.session) .. number(m.cipher, 2)
    .. number(m.compression or 0, 1) .. extensions.write(m.extensions)
end

function read.server_hello(body)
  local r = bytes.reader(body)
  return {
    version = r:take(2), random = r:take(32), session = r:vector(1), cipher = r:number(2),
    compression = r:number(1), extensions = extensions.read(r),
  }
end

function write.encrypted_extensions(m) return extensions.write(m.extensions) end

function read.encrypted_extensions(body)
  return { extensions = extensions.read(bytes.reader(body)) }
end

-- --------------------------------------------------------------------------------- certificates

--- `chain` is a list of certificates in DER. Under TLS 1.3 `context` is what a request said, and
--- `extensions` are those of the first one.
function write.certificate(m, version)
  local parts = {}
  for i, der in ipairs(m.chain) do
    parts[i] = vector(3, der)
    if version == "1.3" then
      parts[i] = parts[i] .. extensions.write(i == 1 and m.extensions or {})
    end
  end
  local list = vector(3, table.concat(parts))
  return version == "1.3" and vector(1, m.context or "") .. list or list
end

function read.certificate(body, version)
  local r, m = bytes.reader(body), { chain = {} }
  if version == "1.3" then m.context = r:vector(1) end
  local list = bytes.reader(r:vector(3))
  while not list:is_done() do
    m.chain[#m.chain + 1] = list:vector(3)
    if version == "1.3" then list:vector(2) end
  end
  return m
end

--- `schemes` are numbers of ways to sign; ecdsa_sign and rsa_sign are asked for (RFC 5246, section
--- 7.4.4; RFC 8446, section 4.3.2).
function write.certificate_request(m, version)
  local schemes = extensions.numbers(m.schemes)
  if version == "1.2" then return vector(1, "\64\1") .. schemes .. vector(2, "") end
  return vector(1, m.context or "")
    .. extensions.write { extensions.one("signature_algorithms", schemes) }
end

function read.certificate_request(body, version)
  local r = bytes.reader(body)
  return { context = version == "1.3" and r:vector(1) or nil }
end

function write.certificate_verify(m) return number(m.scheme, 2) .. vector(2, m.signature) end

function read.certificate_verify(body)
  local r = bytes.reader(body)
  return { scheme = r:number(2), signature = r:vector(2) }
end

-- ---------------------------------------------------------------------------------------- keys

--- What a server's signature is about (RFC 8422, section 5.4).
function messages.ecdh_parameters(m) return number(m.curve_type or 3, 1) .. number(m.group, 2)
  .. vector(1, m.point) end

function write.server_key_exchange(m)
  return messages.ecdh_parameters(m) .. write.certificate_verify(m)
end

function read.server_key_exchange(body)
  local r = bytes.reader(body)
  return { curve_type = r:number(1), group = r:number(2), point = r:vector(1) }
end

function write.client_key_exchange(m) return vector(1, m.point) end

function read.client_key_exchange(body) return { point = bytes.reader(body):vector(1) } end

-- --------------------------------------------------------------------------------------- others

--- Messages that hold what `m.data` says, and nothing else.
local function plain(name)
  write[name] = function(m) return m.data or "" end
  read[name] = function(body) return { data = body } end
end

plain "finished"
plain "server_hello_done"
plain "hello_request"
plain "certificate_status"
plain "key_update"
plain "end_of_early_data"

--- A ticket that nobody will redeem, in TLS 1.3.
function write.new_session_ticket(m)
  return number(m.lifetime or 3600, 4) .. number(m.age_add or 1, 4) .. vector(1, m.nonce or "\0")
    .. vector(2, m.ticket or ("t"):rep(32)) .. vector(2, "")
end

return messages
