--- Folding: many events that are alike become one, so that a long run remains one that people can
-- look at.
local fold = {}

-- How many of a kind, one after the other, may stand by themselves, and how many of them do where
-- there are more.
local limits = { plain = { 60, 20 }, data = { 3, 0 } }
local OTHERS = { 8, 2 }

local function names_of(event)
  local names = {}
  for i, message in ipairs(event.messages or {}) do names[i] = message.name end
  return table.concat(names, " ")
end

-- Whether two events are of the same kind: who sends what.
local function is_alike(one, other)
  return one.who == other.who and one.kind == other.kind and one.name == other.name
    and one.text == other.text and names_of(one) == names_of(other)
end

local foldable = { plain = true, data = true, handshake = true, alert = true, encrypted = true,
                   stray = true, change_cipher_spec = true, note = true, wire = true }

-- One event in the place of those from `first` to `last`.
local function together(events, first, last)
  local one = {}
  for key, value in pairs(events[first]) do one[key] = value end
  one.count, one.bytes, one.size, one.length = last - first + 1, nil, 0, one.length and 0
  for i = first, last do
    one.size = one.size + (events[i].size or 0)
    one.length = one.length and one.length + (events[i].length or 0)
  end
  return one
end

-- Two ends that begin TLS at the same moment.
local function join_upgrades(events)
  local all = {}
  for _, event in ipairs(events) do
    local last = all[#all]
    if event.kind == "upgrade" and last and last.kind == "upgrade" then
      all[#all] = { kind = "upgrade", who = "both", time = last.time }
    else
      all[#all + 1] = event
    end
  end
  return all
end

-- Adds the events from `first` to `last`, which are alike.
local function add(all, events, first, last)
  local limit = limits[events[first].kind] or OTHERS
  local alone = last - first < limit[1] and last or first + limit[2] - 1
  for i = first, alone do all[#all + 1] = events[i] end
  if alone < last then all[#all + 1] = together(events, alone + 1, last) end
end

-- Events, with those that are alike and follow one another in one.
local function in_rows(events)
  local all, first = {}, 1
  while first <= #events do
    local last = first
    while foldable[events[first].kind] and events[last + 1]
      and is_alike(events[first], events[last + 1]) do
      last = last + 1
    end
    add(all, events, first, last)
    first = last + 1
  end
  return all
end

local SHOWN, MOST = 6, 16 -- of an exchange: from its beginning, and in all

-- What was sent in an exchange from `first` to `last`: one event for each end, by its role too.
local function totals(events, first, last)
  local of = {}
  for i = first, last do
    local event = events[i]
    local one = of[event.who] or { kind = "data", who = event.who, time = event.time,
                                   protected = true, count = 0, size = 0, length = 0 }
    one.count = one.count + (event.count or 1)
    one.size, one.length = one.size + event.size, one.length + (event.length or 0)
    if not of[event.who] then of[#of + 1] = one end
    of[event.who] = one
  end
  return of
end

-- Events, with long exchanges of data, there and back, shortened.
local function in_exchanges(events)
  local all, first = {}, 1
  while first <= #events do
    local last = first
    while events[first].kind == "data" and events[last + 1] and events[last + 1].kind == "data" do
      last = last + 1
    end
    local alone = last - first < MOST and last or first + SHOWN - 1
    for i = first, alone do all[#all + 1] = events[i] end
    for _, one in ipairs(alone < last and totals(events, alone + 1, last) or {}) do
      all[#all + 1] = one
    end
    first = last + 1
  end
  return all
end

--- The same events, fewer of them: what stands for several has their `count`, and the sums of their
-- sizes.
---@param events secsock.event[]
---@return secsock.event[]
function fold.all(events) return in_exchanges(in_rows(join_upgrades(events))) end

return fold
