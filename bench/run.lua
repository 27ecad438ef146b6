--- The benchmark, once everything is built: see script/bench.
--     run.lua BUILT [--quick | --smoke] [--json FILE] [--svg FILE] [NAME...]
local driver = require "bench.driver"
local rounds = require "bench.rounds"
local report = require "bench.report"
local rows = require "bench.rows"

local built = arg[1]
local material = built .. "/material"

-- How long: rounds, and seconds of each subject in each row and round.
local plans = {
  full = { rounds = 9, seconds = 0.05 },
  quick = { rounds = 5, seconds = 0.01 },
  smoke = { rounds = 1, seconds = 0 },
}

local names = {
  c = { "secsock", "wolfssl", "openssl", "openssl-own", "awslc", "gnutls" },
  lua = { "lua-secsock", "lua-luasec", "lua-cqueues" },
}

-- ------------------------------------------------------------------------------------- options

local function parse(words)
  local options, wanted = { plan = "full" }, {}
  local i = 2
  while words[i] do
    local word = words[i]
    if word == "--json" or word == "--svg" then
      i = i + 1
      options[word:sub(3)] = assert(words[i], word .. " needs a file")
    elseif word:match "^%-%-" then
      options.plan = plans[word:sub(3)] and word:sub(3) or error("what is " .. word, 0)
    else
      wanted[#wanted + 1] = word
    end
    i = i + 1
  end
  return options, wanted
end

-- A smoke test does without what takes a second by itself.
local function select_rows(wanted, smoke)
  local list = {}
  for _, row in ipairs(rows) do
    for _, name in ipairs(#wanted > 0 and wanted or { "" }) do
      if row.name:find(name, 1, true) and not (smoke and row.size == 10000) then
        list[#list + 1] = row
        break
      end
    end
  end
  return list
end

-- ------------------------------------------------------------------------------------ subjects

-- What is never left out: secsock, and in C what it stands on.
local own = { secsock = true, wolfssl = true, ["lua-secsock"] = true }

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

local function lua_path(name) return "bench/lua/subjects/" .. name:sub(5) .. ".lua" end

local function command_of(kind, name, heap)
  local words = kind == "lua" and { "lua5.4", "bench/lua/driver.lua", name:sub(5), material }
    or { built .. "/" .. name, material }
  if heap then
    local before = { "env", "LD_PRELOAD=" .. built .. "/heap.so" }
    if kind == "lua" then
      before[3] = ("LUA_CPATH_5_4=%s/?.so;%s"):format(built, os.getenv "LUA_CPATH_5_4")
    end
    for i, word in ipairs(before) do table.insert(words, i, word) end
  end
  return words
end

local started = {}

-- Subjects are started when they are first needed; with heap.so they are other processes.
local function subjects_of(cpu, smoke)
  return function(row)
    local list = {}
    for _, name in ipairs(names[row.driver]) do
      local there = row.driver == "lua" and exists(lua_path(name)) or exists(built .. "/" .. name)
      if there and (not row.only or row.only[name]) and (own[name] or not smoke) then
        local key = name .. (row.heap and "+heap" or "")
        started[key] = started[key]
          or driver.start(name, command_of(row.driver, name, row.heap), cpu, built)
        list[#list + 1] = started[key]
      end
    end
    return list
  end
end

local function versions()
  local list = {}
  for key, subject in pairs(started) do
    if not key:find "+" then
      list[#list + 1] = ("%-14s %s"):format(subject.name, subject:ask("").version)
    end
  end
  table.sort(list)
  return list
end

-- Every subject in C that takes part refuses those whom it must refuse.
local function check_subjects()
  for key, subject in pairs(started) do
    if not key:find "^lua" and not key:find "+" then
      local answer = subject:ask "check 0 1"
      assert(answer.name and answer.trust and answer.client, key .. " does not verify its peer")
    end
  end
end

-- ----------------------------------------------------------------------------------------- main

local function write(path, content)
  local file = assert(io.open(path, "w"))
  file:write(content)
  file:close()
end

local function processors()
  local pipe = io.popen "nproc"
  local count = pipe:read "*n"
  pipe:close()
  return count
end

-- On a terminal one line that changes.
local function show_progress(plan, list)
  local done, all, terminal = 0, plan.rounds * #list, os.execute "test -t 2"
  return function(row, round)
    done = done + 1
    if terminal then
      io.stderr:write(("\r\27[K%3d %%  round %d of %d: %s"):format(
        math.floor(100 * done / all), round, plan.rounds, row.name))
      if done == all then io.stderr:write "\r\27[K" end
    end
  end
end

local function main()
  local options, wanted = parse(arg)
  local plan, list = plans[options.plan], select_rows(wanted, options.plan == "smoke")
  if #list == 0 then error("no row has such a name", 0) end
  local results = rounds.measure(
    list, subjects_of(processors() - 1, options.plan == "smoke"), plan, show_progress(plan, list))
  check_subjects()
  local outcome = { results = results, names = names, versions = versions(), plots = rows.plots }
  for _, subject in pairs(started) do subject:stop() end
  report.text(io.stdout, outcome, require "bench.targets")
  if options.json then write(options.json, require("cjson").encode(report.records(outcome))) end
  if options.svg then write(options.svg, require("bench.plot").svg(outcome)) end
end

local ok, message = xpcall(main, debug.traceback)
if not ok then
  io.stderr:write("\n", message, "\n")
  os.exit(1)
end
