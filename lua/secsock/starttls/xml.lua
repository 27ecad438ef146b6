--- As much XML as a STARTTLS dialogue in XMPP needs: it reads one tag or element off a talk and not
-- a byte more. Comments, processing instructions, DTDs and unknown entities do not occur in XMPP
-- (RFC 6120, section 11.1) and are refused.
local xml = {}

local DEPTH_LIMIT = 8

local entities = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'" }

local function decode(text)
  return (text:gsub("&(%a+);", entities))
end

--- For text to go into an attribute.
function xml.encode(text)
  return (text:gsub("[&<>'\"]", function(c) return ("&#%d;"):format(c:byte()) end))
end

-- The text up to a tag, and what stands between the brackets of the tag.
local function markup(t)
  local text, inside, quote = {}, {}, nil
  local byte = t:bytes(1)
  while byte and byte ~= "<" do
    text[#text + 1] = byte
    byte = t:bytes(1)
  end
  byte = byte and t:bytes(1)
  while byte and (quote or byte ~= ">") do
    inside[#inside + 1] = byte
    if byte == quote then quote = nil
    elseif not quote and (byte == '"' or byte == "'") then quote = byte
    end
    byte = t:bytes(1)
  end
  if byte then return table.concat(text), table.concat(inside) end
  return nil
end

--- One tag: a table of `name`, `namespace`, `attributes`; `empty` or `closing` if it is; `before`,
-- the text in front of it; `scope`, the namespaces of the prefixes inside it. The `first` tag of
-- all may come after an XML declaration.
function xml.tag(t, scope, first)
  local before, inside = markup(t)
  if first and inside and inside:find "^%?xml%s.*%?$" then before, inside = markup(t) end
  if not inside then return nil end
  local closing, name, at = inside:match "^(/?)([%a_][%w_.:-]*)()"
  if not name then return t:unexpected("protocol", "<" .. inside .. ">") end
  local attributes, inner = {}, setmetatable({}, { __index = scope })
  while true do
    local key, _, value, behind = inside:match("^%s+([%a_][%w_.:-]*)%s*=%s*(['\"])(.-)%2()", at)
    if not key then break end
    attributes[key], at = decode(value), behind
    local prefix = key == "xmlns" and "" or key:match "^xmlns:(.+)$"
    if prefix then inner[prefix] = decode(value) end
  end
  local empty = inside:match("^%s*(/?)$", at)
  if not empty then return t:unexpected("protocol", "<" .. inside .. ">") end
  local prefix, plain = name:match "^([^:]+):([^:]+)$"
  return {
    name = plain or name, namespace = inner[prefix or ""], attributes = attributes,
    closing = closing == "/", empty = empty == "/", before = decode(before), scope = inner,
  }
end

--- One element: its tag, the elements in it as its items, the text in it as `text`. Where the
-- element around it ends instead, that closing tag.
function xml.element(t, scope, depth)
  depth = depth or 1
  if depth > DEPTH_LIMIT then return t:fail("limit", "the peer's elements nest too deep") end
  local element = xml.tag(t, scope)
  if not element or element.closing or element.empty then return element end
  local item
  local text = {}
  repeat
    item = xml.element(t, element.scope, depth + 1)
    if not item then return nil end
    text[#text + 1] = item.before
    if not item.closing then element[#element + 1] = item end
  until item.closing
  if item.name ~= element.name or item.namespace ~= element.namespace then
    return t:unexpected("protocol", "</" .. item.name .. ">")
  end
  element.text = table.concat(text)
  return element
end

return xml
