--- Scenarios: who the peer is, what is wrong with it, what the wire does, and what must come out.
--
--     local scenario = require "secsock.scenario"
--     local ca = scenario.ca "Test Root"
--
--     it("refuses a certificate for another host", function()
--       local r = scenario.run {
--         server = { identity = ca:issue { dns = "other.example" } },
--         client = { trust = ca, peername = "mail.example" },
--       }
--       assert.rejected(r.client, "name_mismatch")
--       assert.alert(r.server, "bad_certificate")
--     end)
--
-- Both ends run in this process, over memory, with a clock that moves only when both wait, and in
-- an order that the seed decides: a run can be repeated. What the library draws at random is not
-- the seed's, such as ECDSA's signatures, which differ in size: where a wire splits at random, only
-- Ed25519 keys make runs the same to the byte.
--
-- An end takes what secsock.new takes, and a script: see secsock.scenario.script. Without one it
-- upgrades, exchanges a word and closes. Its TLS may misbehave: see secsock.scenario.hostile. The
-- wire takes faults: see secsock.scenario.fault. For the assertions of luassert, require
-- secsock.scenario.assertions.
local check = require "secsock.check"
local diagram = require "secsock.diagram"
local external = require "secsock.scenario.external"
local hostile = require "secsock.scenario.hostile"
local matrix = require "secsock.scenario.matrix"
local mint = require "secsock.mint"
local script = require "secsock.scenario.script"
local stage = require "secsock.scenario.stage"
local suites = require "secsock.scenario.suites"
local surroundings = require "secsock.scenario.surroundings"

local scenario = {}

---@class secsock.scenario.end: secsock.options
---@field script? string|table|fun(me: secsock.scenario.actor): any  a string is a STARTTLS protocol
---@field starttls? table  options of that dialogue
---@field hostile? table   what scenario.hostile has made it

---@class secsock.scenario.options
---@field client? secsock.scenario.end|secsock.scenario.external
---@field server? secsock.scenario.end|secsock.scenario.external
---@field wire? secsock.scenario.wire|secsock.scenario.man
---@field transport? "memory"|"tcp"  tcp: each end has a connection to the wire, over loopback, by
---                                   the real clock; programs always have one
---@field seed? integer|string       1 unless said
---@field capture? string            a new file for Wireshark, with the secrets
---@field diagram? string            a file for a diagram, which replaces an older one: a page where
---                                   its name ends in .html, else text

--- What came out.
---@class secsock.scenario.run
---@field client secsock.scenario.result
---@field server secsock.scenario.result
---@field crossed secsock.scenario.crossing[]  laws: none, unless secsock is broken
---@field seed integer|string
---@field seconds number  by the clock of the run
---@field events secsock.scenario.event[]
local run = {}

-- What has happened is looked into when somebody wants to see it.
function run:__index(key)
  if key == "events" then return self.report:all() end
  return run[key]
end

--- The sequence of the run, for people.
---@return string
function run:sequence()
  return ("seed %s\n%s"):format(self.seed, diagram(self))
end

run.__tostring = run.sequence

local known = {
  client = "table", server = "table", wire = "table|function", transport = "string",
  seed = "number|string", capture = "string", diagram = "string",
}

-- Draws a run into a file.
local function write_diagram(result, path)
  local file, err = io.open(path, "w")
  local ok = file
  if file then
    ok, err = file:write(diagram(result, path:find "%.html$" and "html" or "text"), "\n")
    local closed, why = file:close()
    if not (ok and closed) then ok, err = nil, path .. ": " .. tostring(err or why) end
  end
  if not ok then error(("option 'diagram': %s"):format(err), 0) end
end

local function run_checked(options)
  check.inner_options(options, known)
  local over = options.transport or "memory"
  if over ~= "memory" and over ~= "tcp" then
    error(("option 'transport': 'memory' or 'tcp' expected, got '%s'"):format(over), 0)
  end
  local complete = { client = {}, server = {}, seed = surroundings.seed }
  for name, value in pairs(options) do complete[name] = value end
  for name, value in pairs(surroundings.outputs(complete)) do
    complete[name] = complete[name] or value
  end
  local result = setmetatable(stage.run(complete), run)
  result.client.run, result.server.run = result, result
  if complete.diagram then write_diagram(result, complete.diagram) end
  surroundings.over(result)
  return result
end

--- Runs both ends to the end of their scripts.
---@param options secsock.scenario.options
---@return secsock.scenario.run
function scenario.run(options)
  return (check.blame_caller(run_checked, options))
end

--- A script: a dialogue of secsock.starttls, for either role, then a word in each direction.
---@param protocol string
---@param options? table  of the dialogue
function scenario.starttls(protocol, options)
  return (check.blame_caller(script.starttls, protocol, options))
end

--- A script: TLS at once, and a word in each direction.
scenario.direct = script.direct

--- Runs the product of dimensions: see secsock.scenario.matrix.
---@param options table
---@return secsock.scenario.matrix
function scenario.matrix(options)
  return (check.blame_caller(matrix.run, scenario.run, options))
end

--- An end that is not secsock's: a program, as a list of words or a text for the shell, in which
--- $port is the port to listen on or to connect to; or a server that runs already, by host and
--- port. The clock of such a run is the real one.
---@param from string|{ [integer]: string, input?: string, host?: string, port?: integer }
---@return secsock.scenario.external
function scenario.external(from)
  return (check.blame_caller(external.new, from))
end

--- An end whose TLS misbehaves, in one word: see secsock.scenario.hostile.
---@param from secsock.scenario.hostile
---@return secsock.scenario.end
function scenario.hostile(from)
  return (check.blame_caller(hostile.new, from))
end

--- Ready-made suites for programs: see secsock.scenario.suites.
---@type secsock.scenario.suites
scenario.suites = suites(scenario.run)

--- A root that issues certificates: see secsock.mint. An end takes what it has made as it is.
scenario.ca = mint.ca

return scenario
