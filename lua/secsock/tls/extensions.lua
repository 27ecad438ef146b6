--- Extensions, as a list of { number, content }, in the order in which they are sent.
local bytes = require "secsock.tls.bytes"
local numbers = require "secsock.tls.numbers"

---@alias secsock.tls.extension { [1]: integer, [2]: string }

local extensions = {}

--- One, by its name or its number.
---@param name string|integer
---@param content string
---@return secsock.tls.extension
function extensions.one(name, content) return { numbers.of(numbers.extensions, name), content } end

--- Its content in a list; nil when it is not there.
---@param list secsock.tls.extension[]
---@param name string|integer
---@return string?
function extensions.find(list, name)
  local number = numbers.of(numbers.extensions, name)
  for _, extension in ipairs(list) do
    if extension[1] == number then return extension[2] end
  end
end

--- Puts one in the place of that with its number, or behind all others; without content takes it
--- out.
---@param list secsock.tls.extension[]
---@param name string|integer
---@param content? string
function extensions.set(list, name, content)
  local number = numbers.of(numbers.extensions, name)
  for i, extension in ipairs(list) do
    if extension[1] == number then
      if content then extension[2] = content else table.remove(list, i) end
      return
    end
  end
  if content then list[#list + 1] = { number, content } end
end

--- The list as a vector.
---@param list secsock.tls.extension[]
---@return string
function extensions.write(list)
  local parts = {}
  for i, extension in ipairs(list) do
    parts[i] = bytes.number(extension[1], 2) .. bytes.vector(2, extension[2])
  end
  return bytes.vector(2, table.concat(parts))
end

--- The list that a reader comes to; an empty one at its end.
---@param reader secsock.tls.reader
---@return secsock.tls.extension[]
function extensions.read(reader)
  local list = {}
  if reader:is_done() then return list end
  local inner = bytes.reader(reader:vector(2))
  while not inner:is_done() do list[#list + 1] = { inner:number(2), inner:vector(2) } end
  return list
end

--- A vector of numbers of two bytes, and what is in one.
---@param list integer[]
---@return string
function extensions.numbers(list)
  local parts = {}
  for i, number in ipairs(list) do parts[i] = bytes.number(number, 2) end
  return bytes.vector(2, table.concat(parts))
end

---@param content string
---@return integer[]
function extensions.read_numbers(content)
  local list, inner = {}, bytes.reader(bytes.reader(content):vector(2))
  while not inner:is_done() do list[#list + 1] = inner:number(2) end
  return list
end

return extensions
