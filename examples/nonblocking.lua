-- Many connections in one thread: each has a coroutine, and nothing waits but LuaSocket's select().
-- It asks any number of PostgreSQL servers for TLS at the same time and tells who they are.
--
--     nonblocking.lua [NAME [TRUST [PORT...]]]        all on 127.0.0.1
local socket = require "socket"
local secsock = require "secsock"
local starttls = require "secsock.starttls"

local name, trust = arg[1] or "localhost", arg[2] or "build/certificates/root.pem"
local config, _, reason = secsock.config { trust = trust }
if not config then error(tostring(reason), 0) end
local failed = false

-- Everything in the module that would wait comes here, and lets the others go on.
function secsock.wait(s, want)
  coroutine.yield(s, want)
  return true
end

local function visit(port)
  local s = secsock.new { config = config, defer = true }
  local ok, _, why = s:connect("127.0.0.1", port)
  if ok then ok, _, why = starttls.postgres.client(s, { peername = name }) end
  print(("port %d: %s"):format(port, ok and s:verdict():chain()[1]:subject() or why.message))
  failed = failed or not ok
  s:close()
end

-- What waits to read and to write: sockets, and the coroutine of each.
local waiting = { read = {}, write = {} }

local function go_on(thread, ...)
  local ok, s, want = coroutine.resume(thread, ...)
  if not ok then error(s, 0) end
  if s then waiting[want][s] = thread end
end

local function keys(map)
  local list = {}
  for key in pairs(map) do list[#list + 1] = key end
  return list
end

for i = 3, math.max(#arg, 3) do
  go_on(coroutine.create(visit), tonumber(arg[i] or 5432))
end
while next(waiting.read) or next(waiting.write) do
  local readers, writers = socket.select(keys(waiting.read), keys(waiting.write))
  for want, ready in pairs { read = readers, write = writers } do
    for _, s in ipairs(ready) do
      local thread = waiting[want][s]
      waiting[want][s] = nil
      go_on(thread)
    end
  end
end
os.exit(failed and 1 or 0)
