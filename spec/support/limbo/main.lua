-- script/limbo's program: see there for what it takes.
local corpus = require "spec.support.limbo.corpus"
local judge = require "spec.support.limbo.judge"
local profile = require "spec.support.limbo.profile"
local report = require "spec.support.limbo.report"

local flags = { ["--verbose"] = "verbose", ["--progress"] = "progress" }
local valued = { ["--filter"] = "filter", ["--explain"] = "explain" }

local function fail(text)
  io.stderr:write("script/limbo: ", text, "\n")
  os.exit(2)
end

local function read_arguments(words)
  local options, i = {}, 1
  while words[i] do
    local word = words[i]
    if flags[word] then
      options[flags[word]] = true
    elseif valued[word] then
      i = i + 1
      options[valued[word]] = words[i] or fail(word .. " needs a value")
    elseif word:find "^%-" or options.file then
      fail("what is " .. word .. "?")
    else
      options.file = word
    end
    i = i + 1
  end
  return options
end

local function wanted(cases, options)
  local some = {}
  for _, case in ipairs(cases) do
    local exact = not options.explain or case.id == options.explain
    if exact and case.id:find(options.filter or "") then some[#some + 1] = case end
  end
  return some
end

-- The most memory that this process has had, where the system tells.
local function peak()
  local file = io.open "/proc/self/status"
  local kilobytes = file and file:read("*a"):match "VmHWM:%s*(%d+)"
  if file then file:close() end
  return kilobytes and (", %d MB"):format(math.floor(kilobytes / 1024)) or ""
end

local function run(cases, choices, options)
  local tally = report.tally()
  for i, case in ipairs(cases) do
    if options.progress then io.stderr:write(("\r%d of %d "):format(i, #cases)) end
    local outcome = judge.case(case, choices[case.id].profile)
    tally:add(outcome)
    if options.explain then io.write(report.whole(outcome, choices[case.id]), "\n") end
  end
  if options.progress then io.stderr:write "\r\27[K" end
  return tally
end

local function main(options)
  local all, err = corpus.read(options.file or fail "which file?")
  if not all then fail(err) end
  local cases = wanted(all, options)
  if #cases == 0 then fail "there is no such case" end
  local choices = profile.choose(all)
  local tally = run(cases, choices, options)
  for _, outcome in ipairs(options.explain and {} or tally.failed) do
    io.write(options.verbose and report.whole(outcome, choices[outcome.case.id]) .. "\n"
             or report.line(outcome))
  end
  io.write(tally:table(), tally:reasons())
  io.write(("%d cases in %.1f s%s\n"):format(#cases, os.clock(), peak()))
  io.write(tally:summary(#cases), "\n")
  return #tally.failed == 0
end

os.exit(main(read_arguments(arg)) and 0 or 1)
