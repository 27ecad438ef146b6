--- What diagrams say of events.
local quote = require "secsock.quote"

local words = {}

--- How many of something, for people: 950, "15.2 kB", "3.1 MB".
---@param bytes integer
---@return string
function words.size(bytes)
  if bytes < 10000 then return ("%d byte%s"):format(bytes, bytes == 1 and "" or "s") end
  if bytes < 999950 then return ("%.1f kB"):format(bytes / 1000) end
  return ("%.1f MB"):format(bytes / 1000000)
end

local SHOWN = 240 -- bytes of what was said

-- By kind: what is said of an event that goes from one end to the other.
local sent = {}

function sent.plain(event) return quote.line(event.bytes, SHOWN) end

function sent.stray(event) return "not TLS: " .. quote.bytes(event.bytes, SHOWN) end

function sent.handshake(event)
  if not event.messages then return "encrypted handshake, " .. words.size(event.size) end
  local parts = {}
  if event.continued then parts[1] = ("%s goes on, %s"):format(event.continued,
                                                              words.size(event.size)) end
  for _, message in ipairs(event.messages) do
    parts[#parts + 1] = ("%s %d"):format(message.name, message.size)
  end
  return #parts > 0 and table.concat(parts, ", ") or "a part of a message"
end

function sent.change_cipher_spec() return "change_cipher_spec" end

function sent.alert(event)
  if not event.name then return "encrypted alert, " .. words.size(event.size) end
  if event.name == "close_notify" then return event.name end
  return ("%s alert: %s (%d)"):format(event.level or "unknown", event.name, event.number)
end

function sent.data(event)
  if event.bytes then
    return ("%s: %s"):format(words.size(event.length), quote.bytes(event.bytes, SHOWN))
  end
  return event.length and words.size(event.length) .. " of data"
    or "encrypted data, " .. words.size(event.size)
end

function sent.encrypted(event) return "encrypted, " .. words.size(event.size) end

sent["end"] = function() return "ends what it sends" end

function sent.reset() return "breaks the connection off" end

-- What is said of one that concerns one end alone.
local own = {}

function own.upgrade(event)
  return event.who == "both" and "both ends begin TLS" or ("the %s begins TLS"):format(event.who)
end

local function judged(verdict)
  local count = #verdict:details()
  return count == 0 and "is trusted"
    or ("is not trusted: %d problem%s"):format(count, count == 1 and "" or "s")
end

-- The moment is left out: what is repeated should look the same.
function own.verdict(event)
  local verdict = event.verdict
  if verdict:ok() and #verdict:chain() == 0 then return "asks for no certificate" end
  return ("%s %s%s"):format(verdict:peername() or "the peer", judged(verdict),
                            verdict:resumed() and ", as of the session that is resumed" or "")
end

--- What both ends have agreed on.
---@param info secsock.info
---@return string[]
function words.agreed(info)
  local facts = { info.version, info.cipher }
  facts[#facts + 1] = info.group
  facts[#facts + 1] = info.alpn
  facts[#facts + 1] = info.resumed and "resumed" or nil
  return facts
end

function own.secure(event) return "is secure: " .. table.concat(words.agreed(event.info), ", ") end

function own.clear(event) return ("the %s is in the clear again"):format(event.who) end

function own.failed(event) return "fails: " .. event.message end

function own.closed() return "closes" end

function own.note(event) return event.text end

function own.crossing(event) return ("CROSSES LAW %d: %s"):format(event.law, event.text) end

-- "to_client: strips …"
function own.wire(event)
  return ("on the way to the %s: the wire %s"):format(event.direction:match "^to_(.*)", event.text)
end

--- Whether an event goes from one end to the other.
---@param event secsock.event
---@return boolean
function words.is_sent(event) return sent[event.kind] ~= nil end

local function of_one(event)
  return quote.text((sent[event.kind] or own[event.kind])(event))
end

-- Several whose content differs, by their kind.
local several = { plain = "more lines", data = "records of data", encrypted = "encrypted records",
                  stray = "times what is not TLS" }

local function folded(event)
  local what = several[event.kind]
  if not what then return ("× %d %s"):format(event.count, of_one(event)) end
  return ("× %d %s, %s"):format(event.count, what, words.size(event.length or event.size))
end

--- What is said of an event.
---@param event secsock.event
---@return string
function words.of(event) return event.count and folded(event) or of_one(event) end

--- What stands below a verdict: its chain as a tree, with the problems in place. One line each.
---@param verdict secsock.verdict
---@return string[]
function words.tree(verdict)
  local lines = {}
  if verdict:ok() and #verdict:chain() == 0 then return lines end
  for line in verdict:explain():gsub("^[^\n]*\n", ""):gmatch "[^\n]+" do
    lines[#lines + 1] = quote.text((line:gsub("^  ", "")))
  end
  return lines
end

return words
