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
    "A case that fails shows what happened in its last run. The exit status is 0 if all is well, "
      .. "1 if a case has failed, and 2 if a file cannot be read or has no case.",
  },
  groups = {
    { "Which cases",
      { "only", "PATTERN", "those whose full name holds this text, or matches it as a pattern of "
        .. "Lua's" },
      { "list", nil, "tell the names of the cases, and run none" } },
    { "How to run them",
      { "seed", "SEED", "a number or a word that decides in which order things happen, for runs "
        .. "that do not say; 1 unless said" },
      { "capture", "FOLDER", "record each run in a new file there, for Wireshark; it holds the "
        .. "secrets by which that reads all of it" },
      { "diagram", "FOLDER", "draw each run as a page for a browser, in a new file there" } },
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

-- The cases that are wanted, as a set; it ends the command if there is none.
local function select(all, wanted)
  local selected = {}
  for _, one in ipairs(all) do
    for _, case in ipairs(one.cases) do
      selected[case] = not wanted or matches(case.name, wanted) or nil
    end
  end
  if not next(selected) then status.stop("usage", "--only: there is no case '%s'", wanted) end
  return selected
end

local function list(all, selected)
  for _, one in ipairs(all) do
    for _, case in ipairs(one.cases) do
      if selected[case] then terminal.say("%s", terminal.harmless(case.name)) end
    end
  end
  return 0
end

-- ------------------------------------------------------------------------------------- running

local kinds = { capture = ".pcapng", diagram = ".html" }

-- A name in a folder for what is left of the case.
local function new_path(folder, name_of, now)
  local path = folder .. "/" .. name_of(now.case and now.case.name or "between cases")
  files.refuse(path)
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
        found[kind] = new_path(options[kind], name_of, now)
      end
    end
    return found
  end
end

-- What is no failure of a case: a file that is in the way, and Ctrl-C.
local function ends(err) return status.is_failure(err) or status.is_interruption(err) end

-- Runs the cases of one file, and has it told what becomes of them.
local function perform(one, selected, teller, now)
  teller:begin(one.path)
  one:run(selected, {
    begin = function(case) now.case, now.run = case, nil end,
    over = function(case, failure)
      if failure and ends(failure.err) then error(failure.err, 0) end
      teller:tell(case, failure, now.run)
      now.case, now.run = nil, nil
    end,
  })
end

function run.run(options, paths)
  local all = load_all(paths)
  local selected = select(all, options.only)
  if options.list then return list(all, selected) end
  local now = {}
  surroundings.seed = tonumber(options.seed) or options.seed or 1
  surroundings.show = terminal.is_watched() and io.stderr or nil
  surroundings.outputs = outputs_of(options, now)
  surroundings.over = function(result) now.run = result end
  surroundings.ends = ends
  local teller = outcome.new(options.tap and "tap" or "plain", surroundings.seed)
  for _, one in ipairs(all) do perform(one, selected, teller, now) end
  teller:finish()
  return teller.failed == 0 and 0 or status.failed
end

return run
