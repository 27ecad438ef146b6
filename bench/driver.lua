--- A subject's program, which answers one question at a time: see bench/driver.c.
local cjson = require "cjson"

---@class bench.driver
---@field name string
local driver = {}
driver.__index = driver

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- Starts it on one CPU. A FIFO is its standard input, for a pipe of Lua's goes one way.
---@param name string
---@param command string[]
---@param cpu integer
---@param folder string   for the FIFO
---@return bench.driver
function driver.start(name, command, cpu, folder)
  local fifo, words = ("%s/%s.fifo"):format(folder, name), {}
  for i, word in ipairs(command) do words[i] = quoted(word) end
  os.remove(fifo)
  assert(os.execute("mkfifo " .. quoted(fifo)))
  local output = assert(io.popen(("exec taskset -c %d %s <%s"):format(
    cpu, table.concat(words, " "), quoted(fifo))))
  local self = setmetatable({ name = name, output = output }, driver)
  self.input = assert(io.open(fifo, "w"))
  self.input:setvbuf "line"
  os.remove(fifo)
  return self
end

--- Its answer to a line.
---@param line string
---@return table
function driver:ask(line)
  self.input:write(line, "\n")
  local answer = self.output:read "*l"
  if not answer then error(("%s ended at: %s"):format(self.name, line), 0) end
  return cjson.decode(answer)
end

--- Ends it. It is told to, for those that were started later hold its input open, too.
function driver:stop()
  self.input:write "quit\n"
  self.input:close()
  self.output:close()
end

return driver
