--- Bytes, text and values as text that is safe to show, wherever they come from; words for a shell.
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

-- Well-formed UTF-8 of more than one byte (RFC 3629, section 4).
local sequences = {
  "^[\194-\223][\128-\191]", "^\224[\160-\191][\128-\191]",
  "^[\225-\236\238\239][\128-\191][\128-\191]", "^\237[\128-\159][\128-\191]",
  "^\240[\144-\191][\128-\191][\128-\191]", "^[\241-\243][\128-\191][\128-\191][\128-\191]",
  "^\244[\128-\143][\128-\191][\128-\191]",
}

-- What would change how the text around it looks: control characters, and marks of direction.
local invisible = { "^\194[\128-\159]", "^\226\128[\142\143\168-\174]", "^\226\129[\166-\169]" }

local function match_any(patterns, text, at)
  local rest = text:sub(at, at + 3)
  for _, pattern in ipairs(patterns) do
    local found = rest:match(pattern)
    if found then return found end
  end
  return nil
end

-- Text that is not ASCII, with what must not be shown as numbers.
local function show_foreign(text)
  local parts, at = {}, 1
  while at <= #text do
    local hidden = match_any(invisible, text, at)
    local shown = not hidden and match_any(sequences, text, at)
    local part = shown or hidden or text:sub(at, at)
    parts[#parts + 1] = shown or part:gsub(".", function(c) return ("\\%03d"):format(c:byte()) end)
    at = at + #part
  end
  return table.concat(parts)
end

--- Text as it is, as far as it is text.
---@param text string
---@return string
function quote.text(text)
  text = text:gsub("%c", function(c) return escapes[c] or ("\\%03d"):format(c:byte()) end)
  return (text:gsub("[\128-\255]+", show_foreign))
end

--- A word for a shell.
---@param word string|number
---@return string
function quote.word(word)
  return "'" .. tostring(word):gsub("'", "'\\''") .. "'"
end

local DEPTH = 4 -- of tables that are shown

local function of_table(value, depth)
  if depth == 0 then return "{ … }" end
  local keys, parts = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do
    local name = type(key) == "string" and key or "[" .. quote.value(key, depth - 1) .. "]"
    parts[i] = name .. " = " .. quote.value(value[key], depth - 1)
  end
  return #parts > 0 and "{ " .. table.concat(parts, ", ") .. " }" or "{}"
end

--- Any value, about as it is written in Lua.
---@param value any
---@param depth? integer  of tables; 4 unless said
---@return string
function quote.value(value, depth)
  if type(value) == "string" then
    return '"' .. quote.text(value:gsub('["\\]', "\\%0")) .. '"'
  end
  local plain = type(value) == "table" and not getmetatable(value)
  return plain and of_table(value, depth or DEPTH) or tostring(value)
end

return quote
