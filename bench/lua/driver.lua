--- The program of each subject in Lua, which answers as bench/driver.c does:
--     driver.lua NAME MATERIAL WORK SIZE COUNT|TIMEms
local subject = require("bench.lua.subjects." .. arg[1])
local material = arg[2]
local BURST, MESSAGES = 4, 16

-- ------------------------------------------------------------------------------------ settings

local function file(name) return material .. "/" .. name end

local function settings(server, version, mutual)
  local name = server and "ecdsa" or mutual and "client"
  return {
    server = server, version = version, asks = server and mutual, trust = file "ca.pem",
    cert = name and file(name .. ".pem"), key = name and file(name .. ".key"),
  }
end

---@class bench.lua.stage
---@field client any  what subjects make of settings
---@field server any
---@field data string
---@field place "tcp"|"unix"
local function new_stage(work, size)
  return {
    client = subject.context(settings(false, work.version, work.mutual)),
    server = subject.context(settings(true, work.version, work.mutual)),
    data = ("x"):rep(size), size = size, place = work.place or "tcp",
  }
end

-- --------------------------------------------------------------------------------------- works

local function connect(stage)
  local client, server = subject.open(stage.client, stage.server, stage.place)
  client, server = subject.upgrade(client, server)
  subject.send(server, "a")
  subject.receive(client, 1)
  return client, server
end

local function close(client, server)
  subject.close(client)
  subject.close(server)
end

local function handshake(stage) close(connect(stage)) end

local function starttls(stage)
  local client, server = subject.open(stage.client, stage.server, stage.place)
  subject.send(server, "220 bench.example ESMTP\r\n")
  subject.receive(client)
  subject.send(client, "STARTTLS\r\n")
  subject.receive(server)
  subject.send(server, "220 go ahead\r\n")
  subject.receive(client)
  client, server = subject.upgrade(client, server)
  subject.send(client, "EHLO me.example\r\n")
  subject.receive(server)
  subject.send(server, "250 bench.example\r\n")
  subject.receive(client)
  close(client, server)
end

local function open(stage) stage.near, stage.far = connect(stage) end

local function bulk(stage)
  for _ = 1, BURST do subject.send(stage.near, stage.data) end
  for _ = 1, BURST do subject.receive(stage.far, stage.size) end
end

local function pingpong(stage)
  subject.send(stage.near, stage.data)
  subject.receive(stage.far, stage.size)
  subject.send(stage.far, stage.data)
  subject.receive(stage.near, stage.size)
end

-- Messages that may leave together, where the library can gather them.
local function gather(stage)
  local near, far = stage.near, stage.far
  if subject.gather then subject.gather(near) end
  for _ = 1, MESSAGES do subject.send(near, stage.data) end
  if subject.gather then subject.flush(near) end
  for _ = 1, MESSAGES do subject.receive(far, stage.size) end
end

-- What a connection, both ends of it, holds of the heap: Lua's objects are there, too.
local function memory(stage)
  local heap, held, COUNT = require "heap", {}, 50
  local function live()
    collectgarbage()
    collectgarbage()
    return (heap.now())
  end
  local function hold(count)
    for _ = 1, count do held[#held + 1] = { connect(stage) } end
  end
  hold(COUNT)
  local before = live()
  hold(COUNT)
  return ('{"idle_pair":%d}'):format(math.floor((live() - before) / COUNT))
end

local works = {
  hs13 = { version = 13, once = handshake },
  hs12 = { version = 12, once = handshake },
  mutual = { version = 13, mutual = true, once = handshake },
  starttls = { version = 13, once = starttls },
  bulk = { version = 13, prepare = open, once = bulk },
  pingpong = { version = 13, prepare = open, once = pingpong },
  gather = { version = 13, prepare = open, once = gather },
  ["bulk-local"] = { version = 13, place = "unix", prepare = open, once = bulk },
  ["pingpong-local"] = { version = 13, place = "unix", prepare = open, once = pingpong },
  ["gather-local"] = { version = 13, place = "unix", prepare = open, once = gather },
  memory = { version = 13, tell = memory },
}

-- ------------------------------------------------------------------------------------ answering

local function timed(work, stage, count)
  local begun = os.clock()
  for _ = 1, count do work.once(stage) end
  return os.clock() - begun
end

-- How often the work can be done in this time; it is warm then, as in driver.c.
local function count_for(work, stage, seconds)
  local count = 1
  local took = timed(work, stage, count)
  local warm = took
  while warm < seconds / 4 or took < seconds / 16 do
    if took < seconds / 16 then count = count * 4 end
    took = timed(work, stage, count)
    warm = warm + took
  end
  return math.max(1, math.floor(count * seconds / took))
end

local function answer(name, size, amount)
  local work = assert(works[name], "no such work")
  local stage = new_stage(work, size)
  if work.prepare then work.prepare(stage) end
  if work.tell then return work.tell(stage) end
  local ms = amount:match "^(%d+)ms$"
  local count = ms and count_for(work, stage, ms / 1e3) or tonumber(amount)
  return ('{"seconds":%.9f,"count":%d}'):format(timed(work, stage, count), count)
end

if arg[3] == "--version" then
  print(('{"version":"%s"}'):format(subject.version()))
else
  print(answer(arg[3], tonumber(arg[4]), arg[5]))
end
