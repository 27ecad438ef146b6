--- What came out of scenarios, told case by case: for people, or as the Test Anything Protocol.
local file = require "secsock.scenario.file"
local quote = require "secsock.quote"
local terminal = require "secsock.command.terminal"

local paint, say = terminal.paint, terminal.say

local outcome = {}

-- Whether a message says itself where that was.
local function is_placed(message, path)
  return message:find(path:match "[^/]*$" .. ":", 1, true) ~= nil
end

-- Whether a message shows a run: see run:sequence().
local function shows_run(message) return ("\n" .. message):find "\nseed [^\n]+\n" ~= nil end

-- All there is to say about a failure. `run` is the last of the case.
local function explain(path, failure, run)
  local err = failure.err
  local message = type(err) == "table" and type(err.message) == "string" and err.message
    or tostring(err)
  local parts = { message }
  local place = file.place(path, failure.trace)
  if place:find "\n" or not is_placed(message, path) then parts[2] = place end
  if run and not shows_run(message) then
    parts[#parts + 1] = "The last run: " .. run:sequence()
  end
  return (table.concat(parts, "\n"):gsub("\t", "    "))
end

-- The words by which a case that has failed comes again. `part`: what of it was wanted.
local function again(self, case, part)
  local name = part and case.name .. " " .. part or case.name
  return ("Again: secsock run %s --only %s --seed %s"):format(quote.word(self.path),
    quote.word(name), quote.word(self.seed))
end

-- ---------------------------------------------------------------------------------- for people

local plain = {}

function plain.begin(self, path)
  self.titles = {}
  say(paint("bold", path))
end

-- Tells what a case is in, as far as the one before was not.
local function tell_titles(self, titles)
  local is_new = false
  for i, title in ipairs(titles) do
    is_new = is_new or self.titles[i] ~= title
    if is_new then say(("  "):rep(i) .. terminal.harmless(title)) end
  end
  self.titles = titles
end

local looks = { passed = { "green", "ok" }, failed = { "red", "FAILED" },
                pending = { "cyan", "pending" } }

function plain.tell(self, case, word, failure)
  tell_titles(self, case.titles or {})
  local indent = ("  "):rep(#self.titles + 1)
  local look = looks[word]
  say("%s%s %s", indent, paint(look[1], ("%-7s"):format(look[2])),
    terminal.harmless(case.title or case.name))
  if not failure then return end
  for line in failure:gmatch "[^\n]+" do
    say("%s        %s", indent, terminal.harmless(line))
  end
end

function plain.finish(self)
  local text = ("%d passed, %d failed"):format(self.passed, self.failed)
  if self.pending > 0 then text = ("%s, %d pending"):format(text, self.pending) end
  say("\n%s, seed %s", paint(self.failed > 0 and "red" or "green", text), self.seed)
end

-- ----------------------------------------------------------------------------------------- TAP

local tap = {}

function tap.begin(self, path)
  if self.count == 0 then say "TAP version 13" end
  say("# %s", path)
end

function tap.tell(self, case, word, failure)
  local result = word == "failed" and "not ok" or "ok"
  local name = terminal.harmless(case.name):gsub("[#\\]", "\\%0")
  say("%s %d - %s%s", result, self.count, name, word == "pending" and " # SKIP pending" or "")
  for line in (failure or ""):gmatch "[^\n]+" do say("# %s", terminal.harmless(line)) end
end

function tap.finish(self)
  say("1..%d", self.count)
  say("# seed %s", self.seed)
end

-- ------------------------------------------------------------------------------------ together

outcome.__index = outcome

--- Somebody who tells what comes out.
---@param format "plain"|"tap"
---@param seed integer|string
function outcome.new(format, seed)
  return setmetatable({
    format = format == "tap" and tap or plain, seed = seed,
    count = 0, passed = 0, failed = 0, pending = 0,
  }, outcome)
end

--- A file begins, unless it has.
function outcome:begin(path)
  if path == self.path then return end
  self.path = path
  self.format.begin(self, path)
end

--- A case is over.
---@param run? secsock.scenario.run  the last
---@param part? string  of its matrices and suites, what was wanted
function outcome:tell(case, failure, run, part)
  local is_pending = not (case.body or failure)
  local word = failure and "failed" or is_pending and "pending" or "passed"
  self.count, self[word] = self.count + 1, self[word] + 1
  local text = failure and explain(self.path, failure, run)
  if failure and case.body then text = text .. "\n" .. again(self, case, part) end
  self.format.tell(self, case, word, text)
end

--- All is over.
function outcome:finish() self.format.finish(self) end

return outcome
