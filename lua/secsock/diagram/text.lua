--- Sequence diagrams as text: two lifelines, what goes from one to the other, and what each of them
-- finds.
--
--                client                                  server
--        0.000     │◀──────────────────── 220 mail.example ─│
--        0.000     │─ EHLO me.example ─────────────────────▶│
local fold = require "secsock.diagram.fold"
local width = require "secsock.diagram.width"
local words = require "secsock.diagram.words"

local TIME, MOST, LEAST = 11, 86, 56 -- columns: before the first lifeline, and between both

local function pad(text, columns) return text .. (" "):rep(columns - width.of(text)) end

local function pad_left(text, columns) return (" "):rep(columns - width.of(text)) .. text end

-- --------------------------------------------------------------------------------------- arrows

-- What is protected has a double shaft.
local function shaft_of(event) return event.protected and "═" or "─" end

local MARGIN = 8 -- columns of an arrow beside its label

-- The lines of an arrow: the shaft is in the first.
local function arrow(event, inner)
  local shaft, lines = shaft_of(event), width.wrap(words.of(event), inner - MARGIN)
  for i, text in ipairs(lines) do
    local left = inner - width.of(text) - 4
    if event.who == "client" then
      lines[i] = i == 1 and shaft .. " " .. text .. " " .. shaft:rep(left) .. "▶"
        or pad("  " .. text, inner)
    else
      lines[i] = i == 1 and "◀" .. shaft:rep(left) .. " " .. text .. " " .. shaft
        or pad_left(text .. "  ", inner)
    end
  end
  return lines
end

-- ------------------------------------------------------------------------ what stays where it is

-- A block of lines at the lifeline that it belongs to.
local function beside(event, lines, inner)
  local widest = 0
  for _, line in ipairs(lines) do widest = math.max(widest, width.of(line)) end
  for i, line in ipairs(lines) do
    lines[i] = event.who == "client" and pad("  " .. line, inner)
      or pad_left(pad(line, widest) .. "  ", inner)
  end
  return lines
end

-- What goes on below a line of a tree: its branches, but for the one that ends there.
local function indent_of(line)
  local indent, rest = "", line
  repeat
    local branch = rest:match "^ +" or rest:match "^│" or rest:match "^└─"
    indent = indent .. (branch == "└─" and "  " or branch or "")
    rest = rest:sub(#(branch or "") + 1)
  until not branch
  return indent .. "  "
end

local function add_wrapped(lines, text, most)
  for _, line in ipairs(width.wrap(text, most, indent_of(text))) do lines[#lines + 1] = line end
end

local marks = { secure = "✓ ", failed = "✗ ", crossing = "✗ " }

local function mark_of(event)
  local verdict = event.verdict
  if not verdict then return marks[event.kind] or "· " end
  if not verdict:ok() then return "✗ " end
  return #verdict:chain() > 0 and "✓ " or "· "
end

local function own(event, inner)
  local lines = {}
  add_wrapped(lines, mark_of(event) .. words.of(event), inner - 4)
  if event.kind == "verdict" then
    for _, line in ipairs(words.tree(event.verdict)) do
      add_wrapped(lines, "  " .. line, inner - 4)
    end
  end
  return beside(event, lines, inner)
end

-- A text in the middle of a line of `with`.
local function centred(text, with, inner)
  local left = inner - width.of(text) - 2
  local before = math.floor(left / 2)
  return with:rep(before) .. " " .. text .. " " .. with:rep(left - before)
end

local function wire(event, inner)
  local lines = width.wrap(words.of(event), inner - MARGIN)
  for i, line in ipairs(lines) do lines[i] = centred(line, i == 1 and "┄" or " ", inner) end
  return lines
end

local function rule(event, inner) return { centred(words.of(event), "━", inner) } end

local shapes = { upgrade = rule, clear = rule, wire = wire }

local function lines_of(event, inner)
  local shape = shapes[event.kind] or (words.is_sent(event) and arrow or own)
  return shape(event, inner)
end

-- -------------------------------------------------------------------------------------- together

-- Columns between the lifelines: enough for what is said, unless that is too much.
local function inner_width(events)
  local widest = LEAST
  for _, event in ipairs(events) do
    widest = math.max(widest, width.of(words.of(event)) + MARGIN)
    for _, line in ipairs(event.kind == "verdict" and words.tree(event.verdict) or {}) do
      widest = math.max(widest, width.of(line) + 6)
    end
  end
  return math.min(widest, MOST)
end

local function head(inner)
  return (" "):rep(TIME - 2) .. pad("client", inner - 1) .. "server"
end

local edges = { upgrade = { "┝", "┥" }, clear = { "┝", "┥" } }
local LIFELINES = { "│", "│" }

--- The text of events.
---@param events secsock.event[]
---@return string
return function(events)
  events = fold.all(events)
  local inner = inner_width(events)
  local lines = { head(inner) }
  local last
  for _, event in ipairs(events) do
    local edge, time = edges[event.kind] or LIFELINES, ("%9.3f"):format(event.time)
    for _, text in ipairs(lines_of(event, inner)) do
      lines[#lines + 1] = pad(time ~= last and time or "", TIME) .. edge[1] .. text .. edge[2]
      last = time
    end
  end
  return table.concat(lines, "\n")
end
