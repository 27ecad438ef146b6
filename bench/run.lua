--- The benchmark, once everything is built: see script/bench.
--     run.lua BUILT [--quick | --smoke] [--json FILE] [--svg FILE] [NAME...]
local driver = require "bench.driver"
local rounds = require "bench.rounds"
local report = require "bench.report"
local rows = require "bench.rows"

local built = arg[1]
local material = built .. "/material"

-- How long: rounds, and milliseconds of each subject in each row and round.
local plans = {
  full = { rounds = 9, ms = 50 },
  quick = { rounds = 5, ms = 10 },
  smoke = { rounds = 1, ms = 0 },
}

local names = {
  c = { "secsock", "wolfssl", "openssl", "openssl-own", "awslc", "gnutls", "plain" },
  lua = { "lua-secsock", "lua-luasec", "lua-cqueues", "lua-plain" },
}

-- ------------------------------------------------------------------------------------- options

local function parse(words)
  local options, wanted = { plan = "full" }, {}
  local i = 2
  while words[i] do
    local word = words[i]
    if word == "--json" or word == "--svg" then
      i = i + 1
      options[word:sub(3)] = words[i] or error(word .. " needs a file", 0)
    elseif word:match "^%-%-" then
      options.plan = plans[word:sub(3)] and word:sub(3) or error("what is " .. word .. "?", 0)
    else
      wanted[#wanted + 1] = word
    end
    i = i + 1
  end
  return options, wanted
end

-- The rows with such a name; an error for a name that none has. A smoke test does without what
-- takes a second by itself.
local function select_rows(wanted, smoke)
  local chosen, list = {}, {}
  for _, name in ipairs(#wanted > 0 and wanted or { "" }) do
    local found = false
    for _, row in ipairs(rows) do
      if row.name:find(name, 1, true) then found, chosen[row] = true, true end
    end
    if not found then error("no row has this in its name: " .. name, 0) end
  end
  for _, row in ipairs(rows) do
    if chosen[row] and not (smoke and row.size == 10000) then list[#list + 1] = row end
  end
  return list
end

-- ------------------------------------------------------------------------------------ subjects

-- Without TLS: what those with it are held against on sockets.
local floors = { plain = true, ["lua-plain"] = true }

-- What is never left out: secsock, and in C what it stands on.
local own = { secsock = true, wolfssl = true, ["lua-secsock"] = true }

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

-- The program, and the file without which it cannot run.
local function program_of(kind, name)
  if kind == "c" then return { built .. "/" .. name, material }, built .. "/" .. name end
  local short = name:gsub("^lua%-", "")
  return { "lua5.4", "bench/lua/driver.lua", short, material },
    "bench/lua/subjects/" .. short .. ".lua"
end

-- The same with heap.so in front of malloc; Lua finds it as a module, too.
local function with_heap(command)
  local path = ("%s/?.so;%s"):format(built, os.getenv "LUA_CPATH_5_4")
  return { "env", "LD_PRELOAD=" .. built .. "/heap.so", "LUA_CPATH_5_4=" .. path,
    (table.unpack or unpack)(command) }
end

-- By kind: those that are there, secsock first.
local function find_subjects(smoke)
  local found = { c = {}, lua = {} }
  for kind, list in pairs(found) do
    for _, name in ipairs(names[kind]) do
      local command, file = program_of(kind, name)
      if exists(file) and (own[name] or not smoke) then
        list[#list + 1] = { name = name, command = command, counted = with_heap(command) }
      end
    end
  end
  return found
end

-- Those that do a row.
local function subjects_for(row, found)
  local list = {}
  for _, subject in ipairs(found[row.driver]) do
    local can = row.floor or not floors[subject.name]
    if can and (not row.only or row.only[subject.name]) then
      list[#list + 1] = {
        name = subject.name, command = row.heap and subject.counted or subject.command,
      }
    end
  end
  return list
end

-- Their versions; each in C must refuse those whom it must refuse.
local function introduce(found, ask)
  local list = {}
  for kind, subjects in pairs(found) do
    for _, subject in ipairs(subjects) do
      list[#list + 1] = ("%-14s %s"):format(subject.name, ask(subject, "--version").version)
      if kind == "c" and not floors[subject.name] then
        local answer = ask(subject, "check", 0, 1)
        if not (answer.name and answer.trust and answer.client) then
          error(subject.name .. " does not verify its peer", 0)
        end
      end
    end
  end
  table.sort(list)
  return list
end

-- ---------------------------------------------------------------------------------------- main

-- A file appears whole or not at all; whether it can is known before anything is measured.
local function open_output(path)
  local file, err = io.open(path .. ".new", "w")
  if not file then error(err, 0) end
  file:close()
  os.remove(path .. ".new")
end

local function write(path, content)
  local file = assert(io.open(path .. ".new", "w"))
  assert(file:write(content))
  assert(file:close())
  assert(os.rename(path .. ".new", path))
end

local function last_processor()
  local pipe = io.popen "nproc"
  local count = pipe:read "*n"
  pipe:close()
  return count - 1
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
  local smoke = options.plan == "smoke"
  local plan, list = plans[options.plan], select_rows(wanted, smoke)
  local found, cpu = find_subjects(smoke), last_processor()
  for _, kind in ipairs { "json", "svg" } do
    if options[kind] then open_output(options[kind]) end
  end
  local function ask(subject, ...) return driver.ask(subject, cpu, ...) end
  local function subjects(row) return subjects_for(row, found) end
  local versions = introduce(found, ask)
  local results = rounds.measure(list, subjects, plan, ask, show_progress(plan, list))
  local outcome = { results = results, names = names, versions = versions, plots = rows.plots }
  -- What is done once, and cold, shows nothing.
  report.text(io.stdout, outcome, smoke and {} or require "bench.targets")
  if options.json then write(options.json, require("cjson").encode(report.records(outcome))) end
  if options.svg then write(options.svg, require("bench.plot").svg(outcome)) end
end

-- What is wrong with the machine or with the arguments is told without a trace.
local function explained(err)
  if type(err) ~= "string" or not err:find "^[^:]+%.lua:%d+:" then return err end
  return err:find "interrupted!$" and "interrupted" or debug.traceback(err)
end

local ok, message = xpcall(main, explained)
if not ok then
  io.stderr:write("\n", tostring(message), "\n")
  os.exit(1)
end
