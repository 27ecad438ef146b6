--- What the specs of the Lua module share: certificates, two ends in one process, and a scheduler.
local secsock = require "secsock"
local core = require "secsock.core"
local certificates = require "spec.support.certificates"

local support = {
  certificates = certificates,
  --- Seconds that may be waited for what is sure to come. Nothing takes so long that does not fail.
  PATIENCE = 30,
}

--- The text of a file.
function support.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

--- A file with that text, and its path.
function support.write(text)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

--- Whether a socket that `make` returns remains, though nobody has it any more.
function support.is_kept(make)
  local sockets = setmetatable({}, { __mode = "k" })
  local function forget() sockets[make()] = true end
  forget()
  for _ = 1, 3 do collectgarbage() end
  return next(sockets) ~= nil
end

-- ------------------------------------------------------------------------- two ends over memory

local pair = {}
pair.__index = pair

local function move(from, to)
  local bytes = from:drain()
  if not bytes or bytes == "" then return false end
  to:feed(bytes)
  return true
end

--- Carries what either end has to say to the other, until both are silent; whether anything was.
function pair:pump()
  local moved = false
  while move(self.client, self.server) or move(self.server, self.client) do
    moved = true
  end
  return moved
end

--- Upgrades both ends, as far as that goes: two tables of { ok, err, details }.
function pair:upgrade(name)
  local results = {}
  repeat
    local finished = 0
    for _, role in ipairs { "client", "server" } do
      local so_far = results[role]
      if not so_far or so_far[2] == "timeout" then
        results[role] = { self[role]:upgrade(role == "client" and name or nil) }
        if results[role][2] ~= "timeout" then finished = finished + 1 end
      end
    end
    local moved = self:pump()
  until finished == 0 and not moved
  return results.client, results.server
end

--- Two sockets over memory that are attached already.
function support.joined(client, server)
  return setmetatable({ client = client, server = server }, pair)
end

--- Two sockets over memory, client and server, made from the options of each.
function support.pair(options)
  local client = assert(secsock.new(options.client))
  local server = assert(secsock.new(options.server))
  assert(client:attachmemory "client")
  assert(server:attachmemory "server")
  return support.joined(client, server)
end

-- --------------------------------------------------------------------- two ends over loopback

--- A listener on a free port of 127.0.0.1, and that port.
function support.listen(options)
  local listener = assert(secsock.new(options))
  assert(listener:listen("127.0.0.1", 0))
  return listener, select(2, listener:getsockname())
end

--- Two connected sockets in the clear, client and server.
function support.loopback(options)
  local listener, port = support.listen(options.server)
  listener:defer(true)
  local client = assert(secsock.new(options.client))
  client:defer(true)
  assert(client:connect("127.0.0.1", port))
  local server = assert(listener:accept())
  listener:close()
  return client, server
end

--- The same, secure.
function support.secure(options)
  local client, server = support.loopback(options)
  support.run(function() assert(client:upgrade()) end, function() assert(server:upgrade()) end)
  return client, server
end

-- ---------------------------------------------------------------------------------- a scheduler

local function is_ready(task)
  if not task.s then return true end
  local fd = task.s:getfd()
  return fd < 0 or task.want == "verdict" or core.poll(fd, task.want, 0) == true
end

local function resume(task, ...)
  local ok, s, want, seconds = coroutine.resume(task.thread, ...)
  if not ok then error(debug.traceback(task.thread, tostring(s)), 0) end
  task.s, task.want, task.ends = s, want, seconds and core.now() + seconds
  return coroutine.status(task.thread) == "dead"
end

-- One round; whether any task went on.
local function round(tasks)
  local moved = false
  for i = #tasks, 1, -1 do
    local task = tasks[i]
    local late = task.ends and core.now() >= task.ends
    if is_ready(task) or late then
      moved = true
      local ready, err = true, nil
      if not is_ready(task) then ready, err = nil, "timeout" end
      if resume(task, ready, err) then table.remove(tasks, i) end
    end
  end
  return moved
end

local function run(tasks)
  while #tasks > 0 do
    local moved = round(tasks)
    local first = tasks[1]
    if not moved and first then core.poll(first.s:getfd(), first.want, 0.002) end
  end
end

--- Runs functions as coroutines that take turns whenever one of them has to wait, until all of them
-- have returned.
function support.run(...)
  local tasks = {}
  for i, f in ipairs { ... } do
    tasks[i] = { thread = coroutine.create(f) }
  end
  local wait = secsock.wait
  secsock.wait = coroutine.yield
  local ok, err = pcall(run, tasks)
  secsock.wait = wait
  if not ok then error(err, 0) end
end

return support
