--- JSON (RFC 8259), one way: values to text, with the keys in order, indented for people.
local json = {}

local list = {}

--- Marks a table as a list, which an empty one does not look like.
function json.list(items)
  return setmetatable(items or {}, list)
end

-- How many bytes the UTF-8 character at `at` has (RFC 3629, section 4); 0 when there is none.
local forms = {
  "^[\1-\127]()",
  "^[\194-\223][\128-\191]()",
  "^\224[\160-\191][\128-\191]()",
  "^[\225-\236\238\239][\128-\191][\128-\191]()",
  "^\237[\128-\159][\128-\191]()",
  "^\240[\144-\191][\128-\191][\128-\191]()",
  "^[\241-\243][\128-\191][\128-\191][\128-\191]()",
  "^\244[\128-\143][\128-\191][\128-\191]()",
}

local function width(text, at)
  if text:byte(at) == 0 then return 1 end -- which is the end of a pattern in Lua 5.1
  for _, form in ipairs(forms) do
    local behind = text:match(form, at)
    if behind then return behind - at end
  end
  return 0
end

-- The text in UTF-8; a byte that is none becomes the replacement character.
local function utf8_of(text)
  local pieces, at = {}, 1
  while at <= #text do
    local count = width(text, at)
    pieces[#pieces + 1] = count > 0 and text:sub(at, at + count - 1) or "\239\191\189"
    at = at + math.max(count, 1)
  end
  return table.concat(pieces)
end

local escapes = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t",
}

local function escape(character)
  return escapes[character] or ("\\u%04x"):format(character:byte())
end

local function quote(text)
  if text:find "[\128-\255]" then text = utf8_of(text) end
  return '"' .. text:gsub('[%c"\\]', escape) .. '"'
end

-- Whole numbers without the ".0" of Lua 5.3 and later.
local function number(value)
  if value ~= value or value == math.huge or value == -math.huge then
    error("JSON has no such number", 0)
  end
  return value % 1 == 0 and ("%.0f"):format(value) or ("%.17g"):format(value)
end

local encode

local function enclose(open, items, close, indent)
  if #items == 0 then return open .. close end
  local inner = "\n" .. indent .. "  "
  return open .. inner .. table.concat(items, "," .. inner) .. "\n" .. indent .. close
end

local function encode_list(value, indent)
  local items = {}
  for i, item in ipairs(value) do items[i] = encode(item, indent .. "  ") end
  return enclose("[", items, "]", indent)
end

local function encode_object(value, indent)
  local keys, items = {}, {}
  for key in pairs(value) do
    if type(key) ~= "string" then error("a key of a JSON object is a string", 0) end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    items[i] = quote(key) .. ": " .. encode(value[key], indent .. "  ")
  end
  return enclose("{", items, "}", indent)
end

function encode(value, indent)
  local kind = type(value)
  if kind == "string" then return quote(value) end
  if kind == "number" then return number(value) end
  if kind == "boolean" then return tostring(value) end
  if kind ~= "table" then error("JSON has no " .. kind, 0) end
  local is_list = getmetatable(value) == list or #value > 0
  return (is_list and encode_list or encode_object)(value, indent)
end

--- A value as text: strings, numbers, booleans and tables of them. A table is a list when it has
-- items or is marked as one.
function json.encode(value)
  return encode(value, "")
end

return json
