--- Text in the columns of a terminal: how many a text takes, and lines that are no wider than they
-- may be.
local width = {}

local SEQUENCE = "[%z\1-\127\194-\244][\128-\191]*"

-- First and last of the code points that take two columns, and of those that take none (Unicode's
-- East Asian Width, by its large blocks; combining marks).
local blocks = {
  { 0x300, 0x36F, 0 }, { 0x1100, 0x115F, 2 }, { 0x200B, 0x200F, 0 }, { 0x2E80, 0xA4CF, 2 },
  { 0xAC00, 0xD7A3, 2 }, { 0xF900, 0xFAFF, 2 }, { 0xFE30, 0xFE6F, 2 }, { 0xFF00, 0xFF60, 2 },
  { 0x1F300, 0x1FAFF, 2 }, { 0x20000, 0x3FFFD, 2 },
}

local FIRSTS = { { 0xF0, 0x40000 }, { 0xE0, 0x1000 }, { 0xC0, 0x40 } }

local function code_point(sequence)
  local first = sequence:byte()
  local code = first
  for _, one in ipairs(FIRSTS) do
    if first >= one[1] then
      code = first - one[1]
      break
    end
  end
  for i = 2, #sequence do code = code * 64 + sequence:byte(i) - 128 end
  return code
end

local function columns(sequence)
  if #sequence == 1 then return 1 end
  local code = code_point(sequence)
  for _, block in ipairs(blocks) do
    if code >= block[1] and code <= block[2] then return block[3] end
  end
  return 1
end

--- How many columns a text takes.
---@param text string
---@return integer
function width.of(text)
  local count = 0
  for sequence in text:gmatch(SEQUENCE) do count = count + columns(sequence) end
  return count
end

-- The first part of a text, which takes at most so many columns, and the rest; the part ends at a
-- space where there is one in its second half.
local function cut(text, most)
  local at, space, used = 0, nil, 0
  for sequence in text:gmatch(SEQUENCE) do
    used = used + columns(sequence)
    if used > most then
      at = space or at
      return (text:sub(1, at):gsub(" $", "")), (text:sub(at + 1):gsub("^ ", ""))
    end
    at = at + #sequence
    if sequence == " " and used > most / 2 then space = at end
  end
  return text, nil
end

--- Lines of at most so many columns; `indent` begins those that go on, unless it would leave less
--- than half of them.
---@param text string
---@param most integer
---@param indent? string
---@return string[]
function width.wrap(text, most, indent)
  local lines, line, rest = {}, cut(text, most)
  lines[1] = line
  if width.of(indent or "") > most / 2 then indent = nil end
  while rest and rest ~= "" do
    line, rest = cut(rest, most - width.of(indent or ""))
    lines[#lines + 1] = (indent or "") .. line
  end
  return lines
end

return width
