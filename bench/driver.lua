--- A subject's program, which does one work and answers: see bench/driver.c.
local cjson = require "cjson"
local quoted = require("secsock.quote").word

---@class bench.subject
---@field name string
---@field command string[]   the program and its first arguments
local driver = {}

--- Runs it on one CPU with these arguments more; what it answers. It ends when this process does.
---@param subject bench.subject
---@param cpu integer
---@return table
function driver.ask(subject, cpu, ...)
  local words = { "exec setpriv --pdeathsig TERM taskset -c", cpu }
  for _, list in ipairs { subject.command, { ... } } do
    for _, word in ipairs(list) do words[#words + 1] = quoted(word) end
  end
  local output = assert(io.popen(table.concat(words, " ")))
  local answer = output:read "*l"
  local ended = output:close()
  if not answer or not ended then
    error(("%s failed at: %s"):format(subject.name, table.concat({ ... }, " ")), 0)
  end
  return cjson.decode(answer)
end

return driver
