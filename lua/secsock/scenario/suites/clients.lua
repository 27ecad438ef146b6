--- What is done to the client of a STARTTLS protocol, case by case: see secsock.scenario.suites.
local validation = require "secsock.scenario.suites.validation"

local clear = "it says in the clear what is for the server alone"
local acts = "it goes on as if what it was told in the clear had been said in TLS"

-- Twists that a protocol of lines and one of messages have under the names of
-- secsock.scenario.suites.visit and .messages; nil where it has none.

local function twist_of(service, for_lines, for_messages)
  if service.parse then return for_lines(service) end
  return for_messages and service[for_messages] and { [for_messages] = true } or nil
end

-- What is offered in the clear by who wants to see a password, with TLS or without.
local function both(service)
  local names = { service.upgrade == "AUTH" and "AUTH TLS" or service.upgrade }
  for _, name in ipairs(service.stripped) do names[#names + 1] = name end
  return names
end

-- How a run shows what the attacker was after: why, or nil.

local function told_in_clear(seen)
  if seen.told_before then return "it tells its secret in the clear" end
  if seen.clear[1] then return ('it says "%s" in the clear'):format(seen.clear[1]:sub(1, 60)) end
end

local function said_more_than(seen, unasked)
  local more = #seen.after - #unasked.after
  if more > 0 then return ("it says %d bytes more than without the injected bytes"):format(more) end
end

local function said_more(seen, control) return said_more_than(seen, control:silent(true)) end

local function rest_alone(control, service) return control:silent(service.injected:sub(3)) end

local function completed(seen, control, service)
  return said_more_than(seen, rest_alone(control, service))
end

-- There are clients that take anything for an answer.
local function takes_anything(control, service)
  return said_more_than(rest_alone(control, service), control:silent(true))
    and "the rest of an answer alone will do for it"
end

local function went(seen) return seen.went and "it connects to where it is sent" end

-- There are clients that log in so whether it is offered or not: they remember nothing.
local function used(seen, control, service)
  local kept = service.kept
  local uses_it_anyway = control:unoffered(kept.secured).after:find(kept.used, 1, true)
  if not uses_it_anyway and seen.after:find(kept.used, 1, true) then
    return ("it uses %s, which was offered in the clear alone"):format(kept.used)
  end
end

---@class secsock.scenario.client_case: secsock.scenario.suite.case
---@field twist? fun(service: table): table?  nil: the protocol has no such thing
---@field shows fun(seen: table, control: table, service: table): string?
---@field server? fun(lab: secsock.scenario.lab, version: string): table  unless all is right
---@field wire? secsock.scenario.wire
---@field tries? integer  how often an attacker may try: once unless said
---@field obstacle? fun(control: table, service: table): string?  why it cannot be judged
---@field elsewhere? boolean  there is another server
---@type secsock.scenario.client_case[]
local cases = {
  {
    name = "stripped", class = "stripping", judged = clear, shows = told_in_clear,
    text = "the server's offer of TLS is taken away",
    reference = "RFC 3207, section 6; RFC 8314; NO STARTTLS",
    twist = function(service)
      return twist_of(service, function()
        return { clear = service.stripped, refusal = service.unknown }
      end, "stripped")
    end,
  },
  {
    name = "refused", class = "stripping", judged = clear, shows = told_in_clear,
    text = "the request for TLS is answered with no",
    reference = "RFC 3207, section 4.1; CVE-2021-22946",
    twist = function(service)
      return twist_of(service, function()
        return { clear = both(service), refusal = service.refused }
      end, "refused")
    end,
  },
  {
    name = "unknown", class = "stripping", judged = clear, shows = told_in_clear,
    text = "the request for TLS is answered as if nobody knew it",
    reference = "NO STARTTLS; CVE-2021-32066",
    twist = function(service)
      return twist_of(service, function()
        return { clear = both(service), refusal = service.unknown }
      end)
    end,
  },
  {
    name = "handshake_fails", class = "stripping", judged = clear, shows = told_in_clear,
    text = "the handshake ends in an alert, and the server goes on in the clear",
    reference = "RFC 3207, section 4.1",
    twist = function(service)
      return { fails = true, clear = service.parse and both(service) }
    end,
  },
  {
    name = "preauth", class = "preauth", judged = clear, shows = told_in_clear,
    text = "the greeting says that nobody need log in, which rules STARTTLS out",
    reference = "RFC 9051, section 7.1.4; CVE-2020-12398, CVE-2020-14093",
    twist = function(service)
      return service.preauth and {
        greeting = service.preauth, clear = service.stripped, refusal = service.unknown,
      }
    end,
  },
  {
    name = "response_injected", class = "response injection", judged = acts, shows = said_more,
    tries = 3, -- some take the bytes or not as it happens
    text = "answers to what comes first in TLS follow the go-ahead, in the clear",
    reference = "NO STARTTLS; CVE-2021-22947, CVE-2020-14954, CVE-2021-23222",
    twist = function(service)
      return twist_of(service, function()
        return { behind = service.injected, silent = true }
      end, "injected")
    end,
  },
  {
    name = "answer_completed", class = "response injection", judged = acts, shows = completed,
    obstacle = takes_anything,
    text = "an answer begins behind the go-ahead, in the clear, and ends in TLS",
    reference = "RFC 3207, section 4.2; NO STARTTLS",
    twist = function(service)
      return twist_of(service, function()
        return { behind = service.injected:sub(1, 2), silent = service.injected:sub(3) }
      end)
    end,
  },
  {
    name = "offer_kept", class = "state kept", judged = acts, shows = used,
    text = "a way to log in is offered in the clear, but not in TLS",
    reference = "RFC 3207, section 4.2; RFC 9051, section 6.2.1",
    twist = function(service)
      local kept = service.kept
      return kept and { clear = kept.clear, secured = kept.secured }
    end,
  },
}

for _, is in ipairs {
  { "greeting", "the greeting sends it to another server, which is the attacker's" },
  { "refusal", "the request for TLS is answered by sending it to another server" },
} do
  local where, text = is[1], is[2]
  cases[#cases + 1] = {
    name = "referral_in_" .. where, class = "referral", text = text, shows = went,
    judged = "it connects there", reference = "RFC 2221; NO STARTTLS", elsewhere = true,
    twist = function(service)
      return service.referral and { [where] = service.referral[where] }
    end,
  }
end

for _, certificate in ipairs(validation.some) do
  certificate.twist = function() return {} end
  cases[#cases + 1] = certificate
end

return cases
