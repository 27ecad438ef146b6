--- A program in the background: started, fed, and stopped by its process id.
local process = {}
process.__index = process

local LIFE = 120 -- seconds: none outlives whoever started it for longer

local quote = require("secsock.quote").word

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "*a" or ""
  if file then file:close() end
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function command_of(command)
  local words = {}
  for i, word in ipairs(command) do words[i] = quote(word) end
  return table.concat(words, " ")
end

--- A program that has not begun: a list of words. It is to read `input`, then the end.
---@param command string[]
---@param input? string
function process.new(command, input)
  -- Each file is there already, for nobody else to read or to replace.
  local self = setmetatable({
    command = command,
    said = os.tmpname(), heard = os.tmpname(), ending = os.tmpname(), leader = os.tmpname(),
  }, process)
  write(self.heard, input or "")
  return self
end

--- Starts it. Who is interrupted meanwhile can stop it nevertheless: a shell in the background,
-- which Ctrl-C does not reach, leaves its id in a file, and its exit status in the end.
-- (os.execute() would have this process, too, ignore Ctrl-C while it waits.)
function process:start()
  local shell = "{ timeout %d %s <%s >%s 2>&1 & "
    .. "echo $! >%s; exec >&-; wait $!; echo $? >%s; } 2>/dev/null &"
  self.begun = true
  local pipe = assert(io.popen(shell:format(LIFE, command_of(self.command), quote(self.heard),
    quote(self.said), quote(self.leader), quote(self.ending))))
  pipe:read "*a" -- the end: the id is there
  pipe:close()
end

--- The id of the `timeout` that it runs beneath, which leads their group; once it has begun.
---@return string?
function process:pid()
  return read(self.leader):match "^(%d+)\n"
end

--- Its exit status, once it has ended.
---@return integer?
function process:status()
  return tonumber(read(self.ending):match "^(%d+)\n")
end

--- All that it has said so far, on either output.
---@return string
function process:output()
  return read(self.said)
end

--- Ends it if need be: what it has said, and its exit status if it has ended by itself.
---@param await fun(found: fun(): any): any  waits for that, for some time
---@return string output
---@return integer? status
function process:stop(await)
  local function kill(id) os.execute("kill -s TERM -- " .. id .. " 2>/dev/null") end
  local status = self:status()
  local id = self.begun and not status and await(function() return self:pid() end)
  if id then
    kill(id)
    await(function() return self:status() end)
    kill("-" .. id) -- its group, should timeout have died just as it forked
  end
  local output = self:output()
  for _, path in ipairs { self.said, self.heard, self.ending, self.leader } do os.remove(path) end
  return output, status
end

return process
