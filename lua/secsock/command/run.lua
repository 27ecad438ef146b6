--- secsock run: scenarios without Busted.
local file = require "secsock.scenario.file"
local files = require "secsock.command.files"
local outcome = require "secsock.command.outcome"
local recording = require "secsock.scenario.recording"
local status = require "secsock.command.status"
local surroundings = require "secsock.scenario.surroundings"
local terminal = require "secsock.command.terminal"

local run = {
  name = "run",
  summary = "run scenarios: peers, wires, and what must come out",
  usage = "[OPTION]... FILE...",
  arguments = { 1 },
  complete = "file",
  about = {
    "Runs scenarios, which FILE describes in Lua by describe, it, before_each, after_each, setup "
      .. "and teardown, as for Busted. Its assert is luassert's, where that is installed, or one "
      .. "that knows the usual assertions; either has those of scenarios, such as assert.secure "
      .. "and assert.rejected.",
    "A case that fails shows what happened in its last run, and how it comes again. The exit "
      .. "status is 0 if all is well, 1 if a case has failed, and 2 if a file cannot be read or "
      .. "has no case.",
  },
  groups = {
    { "Which cases",
      { "only", "PATTERN", "those whose full name holds this text, or matches it as a pattern of "
        .. "Lua's; where there is none, the cases of matrices and suites whose own name does, with "
        .. "or without that of what they are in before it" },
      { "list", nil, "tell the names of the cases, and run none" } },
    { "How to run them",
      { "seed", "SEED", "a number or a word that decides in which order things happen, for runs "
        .. "that do not say; 1 unless said" },
      { "capture", "FOLDER", "record each run in a new file there, for Wireshark; it holds the "
        .. "secrets by which that reads all of it" },
      { "diagram", "FOLDER", "draw each run as a page for a browser, in a file there that replaces "
        .. "an older one" } },
    { "How to tell it",
      { "tap", nil, "tell it in the Test Anything Protocol" } },
  },
  examples = {
    { "secsock run examples/ten_minutes_spec.lua", "does this client notice what is wrong?" },
    { "secsock run mail.lua --only STARTTLS --diagram /tmp/mail", "and what did it look like?" },
  },
}

-- --------------------------------------------------------------------------------------- cases

local function load_all(paths)
  local all = {}
  for i, path in ipairs(paths) do
    local one, why = file.load(path)
    all[i] = one or status.stop("unloadable", "%s", why)
  end
  return all
end

local function matches(name, wanted)
  if name:find(wanted, 1, true) then return true end
  local ok, found = pcall(string.find, name, wanted)
  return ok and found ~= nil
end

-- What of `wanted` is left behind the name of a case.
local function behind(name, wanted)
  local head = name .. " "
  return wanted:sub(1, #head) == head and wanted:sub(#head + 1) or nil
end

-- The cases for which holds(name) gives something, with that; nil for none.
local function chosen(all, holds)
  local selected
  for _, one in ipairs(all) do
    for _, case in ipairs(one.cases) do
      local found = holds(case.name)
      if found then
        selected = selected or {}
        selected[case] = found
      end
    end
  end
  return selected
end

-- The cases that are wanted: each with the name of what is wanted of its matrices and suites, or
-- with true, for all of it. What these have in them is not known before they run: a name that no
-- case has may be there in any.
local function select(all, wanted)
  return chosen(all, function(name) return not wanted or matches(name, wanted) end)
    or chosen(all, function(name) return behind(name, wanted) end)
    or chosen(all, function() return wanted end)
end

local function stop_for_nothing(wanted)
  status.stop("usage", "--only: there is no case '%s'", wanted)
end

local function list(all, wanted)
  local count, selected = 0, select(all, wanted)
  for _, one in ipairs(all) do
    for _, case in ipairs(one.cases) do
      if selected[case] == true then
        terminal.say("%s", terminal.harmless(case.name))
        count = count + 1
      end
    end
  end
  return count > 0 and 0 or stop_for_nothing(wanted)
end

-- ------------------------------------------------------------------------------------- running

local kinds = { capture = ".pcapng", diagram = ".html" }

-- A name in a folder for what is left of the case. A capture holds secrets, and is always new.
local function path_of(kind, folder, name_of, now)
  local path = folder .. "/" .. name_of(now.case and now.case.name or "between cases")
  if kind == "capture" then files.refuse(path) end
  return path
end

-- A function that says where each run is to be recorded and drawn; `now` knows the case.
local function outputs_of(options, now)
  local namers = {}
  for kind, extension in pairs(kinds) do
    if options[kind] then
      files.folder(options[kind])
      namers[kind] = files.namer(extension)
    end
  end
  return function(of)
    local found = {}
    for kind, name_of in pairs(namers) do
      if kind ~= "capture" or recording.role(of) then
        found[kind] = path_of(kind, options[kind], name_of, now)
      end
    end
    return found
  end
end

-- What is no failure of a case: a file that is in the way, and Ctrl-C.
local function ends(err) return status.is_failure(err) or status.is_interruption(err) end

-- Runs the cases of one file, and has it told what becomes of them, unless nothing that is wanted
-- was in them.
local function perform(one, selected, teller, now)
  one:run(selected, {
    begin = function(case)
      local part = selected[case]
      now.case, now.run, now.part = case, nil, part ~= true and part or nil
      now.found = not now.part
      if now.found then teller:begin(one.path) end
    end,
    over = function(case, failure)
      if failure and ends(failure.err) then error(failure.err, 0) end
      if now.found or case ~= now.case then
        teller:begin(one.path)
        teller:tell(case, failure, now.run, now.part)
      end
      now.case, now.run, now.part = nil, nil, nil
    end,
  })
end

-- Whether a case of a matrix or a suite is wanted.
local function is_wanted(now, name)
  if not now.part then return true end
  local found = matches(name, now.part)
  now.found = now.found or found
  return found
end

function run.run(options, paths)
  local all = load_all(paths)
  if options.list then return list(all, options.only) end
  local now, selected = {}, select(all, options.only)
  surroundings.wanted = function(name) return is_wanted(now, name) end
  surroundings.seed = tonumber(options.seed) or options.seed or 1
  surroundings.show = terminal.is_watched() and io.stderr or nil
  surroundings.outputs = outputs_of(options, now)
  surroundings.over = function(result) now.run = result end
  surroundings.ends = ends
  local teller = outcome.new(options.tap and "tap" or "plain", surroundings.seed)
  for _, one in ipairs(all) do perform(one, selected, teller, now) end
  if teller.count == 0 then stop_for_nothing(options.only) end
  teller:finish()
  return teller.failed == 0 and 0 or status.failed
end

return run
