--- ManageSieve (RFC 5804).
local talk = require "secsock.starttls.talk"

local hidden, shown = { ['"'] = "\1", ["\\"] = "\2" }, { ["\1"] = '"', ["\2"] = "\\" }

-- One line: the word that it begins with, "" for none, and its strings, which are quoted or
-- literals (section 4). What follows a literal belongs to the line.
local function record(t)
  local first = t:line()
  local line, strings = first, {}
  while line do
    for text in line:gsub('\\(["\\])', hidden):gmatch '"([^"]*)"' do
      strings[#strings + 1] = text:gsub("[\1\2]", shown)
    end
    local count = line:match "{(%d+)%+?}$"
    if not count then return first:match "^%a*":upper(), strings, first end
    local literal = t:bytes(tonumber(count))
    strings[#strings + 1] = literal
    line = literal and t:line()
  end
  return nil
end

local function refused(t, word, line)
  local no = word == "NO" or word == "BYE"
  return t:unexpected(no and "starttls refused" or "protocol", line)
end

-- The capabilities, which the server lists of its own accord when it is connected to and again
-- after the upgrade (section 2.2).
local function listing(t)
  local capabilities = {}
  while true do
    local word, strings, line = record(t)
    if not word then return nil end
    if word == "OK" then break end
    if word ~= "" or #strings == 0 then return refused(t, word, line) end
    capabilities[strings[1]:upper()] = strings[2] or ""
  end
  t.facts.capabilities = capabilities
  return true
end

local function command(t, verb)
  local word, _, line
  if t:say(verb) then word, _, line = record(t) end
  return word and (word == "OK" or refused(t, word, line))
end

local refuse = talk.refuse 'NO (ENCRYPT-NEEDED) "STARTTLS comes first"'
local secured = { '"IMPLEMENTATION" "$name"', '"SASL" ""', '"SIEVE" ""', '"VERSION" "1.0"', "OK" }
local offered = { '"STARTTLS"' }
for _, line in ipairs(secured) do offered[#offered + 1] = line end

return {
  client = talk.dialogue("sieve", {}, function(t)
    return listing(t)
      and t:need "STARTTLS"
      and command(t, "STARTTLS")
      and t:upgrade()
      and listing(t)
  end),

  server = talk.server("sieve", { name = "text" }, {
    greeting = offered,
    commands = {
      CAPABILITY = offered,
      NOOP = "OK",
      LOGOUT = talk.leave "OK",
      STARTTLS = talk.go("OK", 'NO "No parameters allowed"'),
    },
    otherwise = refuse,
    farewell = secured,
  }),
}
