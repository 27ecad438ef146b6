--- secsock: connect in the clear, upgrade when ready, and know exactly whom you are talking to.
--
--     local secsock = require "secsock"
--     local s = secsock.new { peername = "mail.example", defer = true }
--     assert(s:connect("mail.example", 25))
--     print(s:receive())                         -- in the clear, as long as the protocol wants
--     s:send "EHLO me.example\r\nSTARTTLS\r\n"
--     ...
--     assert(s:upgrade())                        -- from here on authenticated and encrypted
--     print(s:info("version"), s:verdict():explain())
--
-- Sockets are used like LuaSocket's. What fails returns nil, a short stable word, and a third
-- value: from receive and send, what has come or gone so far; from everything else a table with
-- `message`, `code` and, where there is one, `errno`, `alert` and `verdict` (s:lasterror() is that
-- table too). Mistakes in arguments throw.
local core = require "secsock.core"
local check = require "secsock.check"
local diagram = require "secsock.diagram"
local loop = require "secsock.loop"
local options = require "secsock.options"
local sources = require "secsock.sources"
local store = require "secsock.store"
local stream = require "secsock.stream"
local watch = require "secsock.watch"

---@class secsock
---@field _VERSION string
---@field wait fun(s: secsock.socket, want: string, seconds?: number): true?, string?
---@field now fun(): number
local secsock = loop.secsock

secsock._VERSION = core.version()

--- The answer of a hook that leaves the decision to a later s:decide().
secsock.pending = stream.pending

secsock.version = core.version
secsock.wolfsslversion = core.wolfsslversion
secsock.hasfeature = core.hasfeature
secsock.list = core.list

secsock.new = options.socket
secsock.config = options.config
secsock.validate = options.validate
secsock.capture = watch.open

secsock.diagram = diagram
secsock.store = store
secsock.cert = {
  load = core.cert.load,
  pem = core.cert.pem,
  der = core.cert.der,
  pfx = core.cert.pfx,
  identity = sources.identity_of,
}

--- Takes over the connection of a LuaSocket object, together with the bytes that it has read ahead.
--- The object is left without a descriptor.
---@param object table|userdata  connected
---@param role "client"|"server"
---@param from? secsock.options
---@return secsock.socket? s
---@return string? err
---@return secsock.error? details
function secsock.wrap(object, role, from)
  local s, err, details = check.blame_caller(options.make_socket, from)
  if not s then return nil, err, details end
  local ok
  ok, err, details = s:attach(object:getfd(), role)
  if not ok then return nil, err, details end
  local before = {}
  while object:dirty() do
    before[#before + 1] = assert(object:receive(1))
  end
  object:setfd(-1)
  if #before > 0 then
    ok, err, details = s:unread(table.concat(before))
    if not ok then return nil, err, details end
  end
  return s
end

return secsock
