--- How secsock meets the programs of other TLS libraries, as their client and as their server. A
-- peer is what spec.support.openssl and its like return.
local assert = require "luassert"
local socket = require "socket"
local secsock = require "secsock"
local support = require "spec.support"
local pki = require "spec.support.pki"

local meeting = {}

local PATIENCE = support.PATIENCE

--- A table of both; what is given comes before the defaults.
function meeting.with(defaults, given)
  local all = {}
  for name, value in pairs(defaults) do all[name] = value end
  for name, value in pairs(given or {}) do all[name] = value end
  return all
end

local with = meeting.with

--- The certificate of that name, with its key and its issuer.
function meeting.identity(name)
  return { cert = pki(name .. "-chain.pem"), key = pki(name .. ".key") }
end

-- What our sockets need where a test does not say otherwise.
local function client_options(ours)
  ours = ours or {}
  return with({
    timeout = PATIENCE,
    trust = not ours.config and pki "ca.pem" or nil,
    peername = not ours.hook and "mail.example" or nil,
  }, ours)
end

local function server_options(ours)
  return with({ timeout = PATIENCE, identity = meeting.identity "server" }, ours)
end

--- Connects to a port: a socket, or nil, the error and its table.
function meeting.connect(port, ours)
  local s = assert(secsock.new(client_options(ours)))
  local ok, err, details = s:connect("127.0.0.1", port)
  if not ok then return nil, err, details end
  return s
end

--- The next connection of a listener, the same way.
function meeting.accept(listener)
  local s, err, details = listener:accept()
  if s then s:settimeout(PATIENCE) end
  return s, err, details
end

--- How to meet a peer in the role of a client, or of a server: the program, which does what
-- `theirs` says, and the socket, or nil, the error and its table.
local meet = {}
meeting.meet = meet

function meet.client(peer, theirs, ours)
  local program = peer.server(with({ identity = "server" }, theirs))
  return program, meeting.connect(program.port, ours)
end

function meet.server(peer, theirs, ours)
  local listener, port = support.listen(server_options(ours))
  local program = peer.client(port, theirs or {})
  return program, meeting.accept(listener)
end

--- A word in each direction.
function meeting.talk(program, s)
  assert(s:send "here is secsock\n")
  program:expect "here is secsock"
  if not program.echoes then program:write "here is secsock\n" end
  assert.equal("here is secsock", (assert(s:receive())))
end

--- A program, a socket, and a function that cuts the connection off beneath it.
function meeting.cut(peer, role, theirs)
  local program, tcp
  if role == "client" then
    program = peer.server(with({ identity = "server" }, theirs))
    tcp = assert(socket.connect("127.0.0.1", program.port))
  else
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    program = peer.client(port, theirs)
    tcp = assert(listener:accept())
    listener:close()
  end
  local fd = tcp:getfd()
  local options = role == "client" and client_options() or server_options()
  local s = assert(secsock.wrap(tcp, role, options))
  assert(s:upgrade())
  return program, s, function()
    tcp:setfd(fd)
    tcp:shutdown "both"
    tcp:setfd(-1)
  end
end

--- Numbers in a row, so that nothing can be lost or swapped without being noticed.
function meeting.numbers(count)
  local lines = {}
  for i = 1, count do lines[i] = ("%015d"):format(i) end
  return table.concat(lines, "\n") .. "\n"
end

return meeting
