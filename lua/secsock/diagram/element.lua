--- Elements of HTML, as text. What comes from elsewhere is escaped here and nowhere else.
local quote = require "secsock.quote"

local entities = {
  ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;",
}

---@class secsock.diagram.element
---@field html string
local element = {}
element.__index = element

--- Text as HTML shows it.
---@param text string
---@return string
function element.escape(text) return (quote.text(text):gsub("[&<>\"']", entities)) end

-- The attributes of an element, in order; "class" is what needs no name.
local function attributes(of)
  if type(of) == "string" then of = { class = of } end
  local names, parts = {}, {}
  for name in pairs(of) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    parts[i] = (' %s="%s"'):format(name, element.escape(of[name]))
  end
  return table.concat(parts)
end

--- An element: its name, its attributes (or its class), and what is in it: texts, elements, lists
-- of both; what is nil or false is left out.
---@param name string
---@param of string|table<string, string>
---@return secsock.diagram.element
function element.new(name, of, ...)
  local parts = { "<", name, attributes(of), ">" }
  local function add(content)
    if getmetatable(content) == element then
      parts[#parts + 1] = content.html
    elseif type(content) == "table" then
      for _, one in ipairs(content) do add(one) end
    elseif content then
      parts[#parts + 1] = element.escape(content)
    end
  end
  for i = 1, select("#", ...) do add((select(i, ...))) end
  parts[#parts + 1] = "</" .. name .. ">"
  return element.raw(table.concat(parts))
end

--- HTML that is known to be right.
---@param html string
---@return secsock.diagram.element
function element.raw(html) return setmetatable({ html = html }, element) end

return element
