--- Sequence diagrams as a page of HTML that needs nothing else: no network, no scripts.
local chain = require "secsock.diagram.chain"
local element = require "secsock.diagram.element"
local fold = require "secsock.diagram.fold"
local style = require "secsock.diagram.style"
local words = require "secsock.diagram.words"

local new, raw = element.new, element.raw

-- ---------------------------------------------------------------------------------------- arrows

-- A shaft from one lifeline to the other, double for what is protected; its head is drawn from the
-- end of it.
local SINGLE = '<line x1="0" y1="6" x2="100%" y2="6"/>'
local DOUBLE = '<line x1="0" y1="4.5" x2="100%" y2="4.5"/>'
  .. '<line x1="0" y1="7.5" x2="100%" y2="7.5"/>'
local HEADS = {
  client = '<svg x="100%" overflow="visible"><path d="M-10 1.5L-1 6L-10 10.5Z"/></svg>',
  server = '<path d="M10 1.5L1 6L10 10.5Z"/>',
}

local function arrow(event)
  return raw('<svg class="arrow" width="100%" height="12" aria-hidden="true">'
    .. (event.protected and DOUBLE or SINGLE) .. HEADS[event.who] .. "</svg>")
end

-- ---------------------------------------------------------------------------------------- records

-- What is in the box of a record: parts, each with a border of its own.
local boxes = {}

function boxes.handshake(event)
  local parts = {}
  if event.continued then parts[1] = new("span", {}, "… " .. event.continued) end
  for _, message in ipairs(event.messages or {}) do
    parts[#parts + 1] = new("span", "message", message.name .. " ",
                            new("b", "mono", tostring(message.size)))
  end
  return #parts > 0 and parts or new("span", {}, "encrypted handshake")
end

function boxes.data(event)
  local title = event.length and "data" or "encrypted data"
  local text = words.of(event):match '^[^"]*: (".*)$'
  return { new("span", {}, title), text and new("span", {}, new("code", {}, text)) }
end

-- Their size stands beside them.
function boxes.encrypted() return new("span", {}, "encrypted") end

function boxes.alert(event)
  return new("span", {}, event.name and words.of(event) or "encrypted alert")
end

local function boxed(event)
  if event.count then return new("span", {}, words.of(event)) end
  return boxes[event.kind] and boxes[event.kind](event) or new("span", {}, words.of(event))
end

local function label(event)
  if event.kind == "plain" and not event.count then return new("code", {}, words.of(event)) end
  return new("span", { class = "record", title = words.size(event.size or 0) .. " on the wire" },
    boxed(event), not event.count and event.size
      and new("span", "size", words.size(event.size)))
end

local ALARMING = { stray = true, reset = true }
local FAINT = { change_cipher_spec = true, ["end"] = true, encrypted = true }

local function sent_classes(event)
  local alarm = ALARMING[event.kind] or event.level == "fatal"
  return "sent" .. (event.protected and " protected" or "") .. (alarm and " alarm" or "")
    .. (FAINT[event.kind] and " faint" or "") .. (event.count and " folded" or "")
end

local function sent(event)
  return sent_classes(event), { new("div", "label", label(event)), arrow(event) }
end

-- --------------------------------------------------------------------- what stays where it is

local function card(...) return new("div", "card", ...) end

local LOCK = '<svg viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="7" width="10" height="7" '
  .. 'rx="1.5"/><path d="M5 7V5a3 3 0 0 1 6 0v2"/></svg>'

-- By kind: classes, and what is shown.
local shapes = {}

function shapes.upgrade(event)
  return "rule upgrade", card(new("strong", {}, raw(LOCK), words.of(event)))
end

function shapes.clear(event) return "rule clear", card(new("strong", {}, words.of(event))) end

function shapes.wire(event) return "wire", card(words.of(event)) end

function shapes.verdict(event)
  local verdict = event.verdict
  if verdict:ok() and #verdict:chain() == 0 then return "own note", card(words.of(event)) end
  return "own verdict " .. (verdict:ok() and "good" or "bad"),
    card(new("strong", {}, words.of(event)), chain(verdict))
end

function shapes.secure(event)
  local chips = {}
  for i, fact in ipairs(words.agreed(event.info)) do chips[i] = new("span", "mono", fact) end
  return "own became good", card(new("strong", {}, "is secure"), new("span", "chips", chips))
end

function shapes.failed(event)
  return "own bad", card(new("strong", {}, "fails"), ": " .. event.message)
end

function shapes.crossing(event)
  return "own bad crossing", card(new("strong", {}, words.of(event)))
end

local function note(event) return "own note", card(words.of(event)) end

-- ----------------------------------------------------------------------------------------- rows

-- How the lifelines are from an event on: in the clear, in a handshake, secure, over.
local becomes = { upgrade = "tls", secure = "secure", clear = "plain", failed = "over",
                  closed = "over" }

local function note_phase(phases, event)
  local phase = becomes[event.kind]
  for who in pairs(phases) do
    if phase and (event.who == who or event.who == "both") then phases[who] = phase end
  end
end

-- Both are secure, or one of them has begun to be.
local function tint_of(phases)
  local client, server = phases.client, phases.server
  if client == "over" or server == "over" then return "" end
  if client == "secure" and server == "secure" then return " secure" end
  return (client ~= "plain" or server ~= "plain") and " tls" or ""
end

local function row(event, phases, time)
  local classes, content
  if words.is_sent(event) then
    classes, content = sent(event)
  else
    classes, content = (shapes[event.kind] or note)(event)
  end
  note_phase(phases, event)
  classes = ("%s from-%s client-%s server-%s%s"):format(classes, event.who, phases.client,
                                                        phases.server, tint_of(phases))
  return new("li", { class = classes, ["data-kind"] = event.kind },
    new("time", {}, time),
    new("div", "lane", new("span", "aside", event.who .. ": "), content))
end

-- -------------------------------------------------------------------------------------- together

-- What there was in all, in a line; and by which seed it comes again.
local function summary(events, seed)
  local bytes = { client = 0, server = 0 }
  for _, event in ipairs(events) do
    if bytes[event.who] then bytes[event.who] = bytes[event.who] + (event.size or 0) end
  end
  local last = events[#events]
  local took = last and last.time > 0 and (", in %.3f s"):format(last.time) or ""
  return ("%s to the server, %s to the client%s%s"):format(words.size(bytes.client),
    words.size(bytes.server), took, seed and ", seed " .. seed or "")
end

-- Nothing may be loaded, whatever is in the page.
local POLICY = "default-src 'none'; style-src 'unsafe-inline'"
local TITLE = "A connection, and what happened on it"

local function page_head()
  return new("head", {},
    raw '<meta charset="utf-8">',
    raw '<meta name="viewport" content="width=device-width, initial-scale=1">',
    raw(('<meta http-equiv="Content-Security-Policy" content="%s">'):format(POLICY)),
    new("title", {}, TITLE), new("style", {}, raw(style)))
end

local function rows_of(events)
  local rows, phases, last = {}, { client = "plain", server = "plain" }, nil
  for _, event in ipairs(fold.all(events)) do
    local time = ("%.3f"):format(event.time)
    rows[#rows + 1] = row(event, phases, time ~= last and time)
    rows[#rows + 1] = raw "\n"
    last = time
  end
  return rows
end

--- The page of events.
---@param events secsock.event[]
---@param seed? integer|string  of the run
---@return string
return function(events, seed)
  return "<!doctype html>\n" .. new("html", { lang = "en" }, page_head(), raw "\n",
    new("body", {}, new("main", {},
      new("h1", {}, TITLE), new("p", "summary", summary(events, seed)),
      new("figure", { role = "group", ["aria-label"] = "Sequence diagram: client and server" },
        new("div", "heads", new("div", {}, new("b", {}, "client"), new("b", {}, "server"))),
        raw "\n", new("ol", "events", rows_of(events)))))).html .. "\n"
end
