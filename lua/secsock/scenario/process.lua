--- A program in the background: started, fed, and stopped by its process id.
local process = {}
process.__index = process

local LIFE = 60 -- seconds: none outlives whoever started it for longer

local function quote(word)
  return "'" .. tostring(word):gsub("'", "'\\''") .. "'"
end

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

--- Starts a program: a list of words. It reads `input`, then the end.
---@param command string[]
---@param input? string
function process.start(command, input)
  -- Each file is there already, for nobody else to read or to replace.
  local self = setmetatable({
    said = os.tmpname(), heard = os.tmpname(), ending = os.tmpname(),
  }, process)
  write(self.heard, input or "")
  -- The shell tells its id at once, and its exit status in the end.
  local shell = "{ timeout %d %s <%s >%s 2>&1 & echo $!; wait $!; echo $? >%s; } 2>/dev/null &"
  local pipe = assert(io.popen(shell:format(LIFE, command_of(command), quote(self.heard),
    quote(self.said), quote(self.ending))))
  self.pid = assert(pipe:read "*l")
  pipe:close()
  return self
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
---@param await fun(ended: fun(): boolean)  waits for that, for some time
---@return string output
---@return integer? status
function process:stop(await)
  local function ended() return self:status() ~= nil end
  local status = self:status()
  if not status then
    os.execute("kill " .. self.pid .. " 2>/dev/null")
    await(ended)
  end
  local output = self:output()
  for _, path in ipairs { self.said, self.heard, self.ending } do os.remove(path) end
  return output, status
end

return process
