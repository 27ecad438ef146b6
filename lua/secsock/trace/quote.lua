--- Bytes as text that is safe to show, wherever they come from.
local quote = {}

local escapes = { ["\r"] = "\\r", ["\n"] = "\\n", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\" }

local function escape(bytes)
  return (bytes:gsub('[%c"\\\127-\255]', function(c)
    return escapes[c] or ("\\%03d"):format(c:byte())
  end))
end

--- Between quotes, and at most so many of them.
---@param bytes string
---@param most integer
---@return string
function quote.bytes(bytes, most)
  return '"' .. escape(bytes:sub(1, most)) .. '"'
    .. (#bytes > most and ("… (%d bytes)"):format(#bytes) or "")
end

--- A line of ASCII as it is, without its end; anything else between quotes.
---@param bytes string
---@param most integer
---@return string
function quote.line(bytes, most)
  local line = bytes:match "^([\32-\126]+)\r\n$"
  return line and #line <= most and line or quote.bytes(bytes, most)
end

return quote
