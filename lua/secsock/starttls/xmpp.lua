--- XMPP (RFC 6120, section 5).
local talk = require "secsock.starttls.talk"
local xml = require "secsock.starttls.xml"

local STREAMS = "http://etherx.jabber.org/streams"
local TLS = "urn:ietf:params:xml:ns:xmpp-tls"
local SASL = "urn:ietf:params:xml:ns:xmpp-sasl"

local HEADER = "<?xml version='1.0'?><stream:stream %s version='1.0' xmlns='jabber:client' "
  .. "xmlns:stream='" .. STREAMS .. "'>"
local OFFER = "<stream:features><starttls xmlns='" .. TLS .. "'><required/></starttls>"
  .. "</stream:features>"
local VIOLATION = "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
  .. "</stream:error></stream:stream>"

local function is(element, name, namespace)
  return element.name == name and element.namespace == namespace and not element.closing
end

local function find(element, name, namespace)
  for _, item in ipairs(element) do
    if is(item, name, namespace) then return item end
  end
  return nil
end

-- The peer's stream header: the scope of what follows.
local function header(t)
  local tag = xml.tag(t, {}, true)
  if not tag then return nil end
  if is(tag, "stream", STREAMS) and not tag.empty then return tag.scope, tag.attributes end
  return t:unexpected("protocol", "<" .. tag.name .. ">")
end

-- Fails because of an element that is not the one hoped for.
local function other(t, element)
  if element.closing then return t:fail("closed", "after %s the peer ended its stream", t.said) end
  local reason = element[1] and element[1].name or ""
  local refused = is(element, "error", STREAMS) or is(element, "failure", TLS)
  return t:unexpected(refused and "starttls refused" or "protocol",
                      ("<%s> %s"):format(element.name, reason))
end

-- ------------------------------------------------------------------------------------- client

-- Opens a stream and reads what the server can do.
local function open(t)
  local domain = t.options.domain or t.options.peername or t.socket:peername()
  assert(domain, "the option 'domain' is missing")
  t.said = "the stream header"
  if not t:send(HEADER:format("to='" .. xml.encode(domain) .. "'")) then return nil end
  local scope, attributes = header(t)
  local features = scope and xml.element(t, scope)
  if not features then return nil end
  if not is(features, "features", STREAMS) then return other(t, features) end
  local facts = t.facts
  facts.id, facts.from, facts.features, facts.mechanisms = attributes.id, attributes.from, {}, {}
  for i, item in ipairs(features) do
    facts.features[i] = { name = item.name, namespace = item.namespace }
  end
  for i, item in ipairs(find(features, "mechanisms", SASL) or {}) do
    facts.mechanisms[i] = item.text
  end
  return scope
end

local function offered(t)
  return find(t.facts.features, "starttls", TLS)
    or t:fail("starttls unavailable", "the server does not offer STARTTLS")
end

local function starttls(t, scope)
  t.said = "STARTTLS"
  local answer = t:send("<starttls xmlns='" .. TLS .. "'/>") and xml.element(t, scope)
  return answer and (is(answer, "proceed", TLS) or other(t, answer))
end

-- ------------------------------------------------------------------------------------- server

-- This stream ends with the upgrade; nothing is ever derived from its id.
local function greet(t)
  local from = ("from='%s' id='clear'"):format(xml.encode(t.options.domain or "localhost"))
  t.said = "the stream features"
  return t:send(HEADER:format(from) .. OFFER)
end

local function asked(t, scope)
  local element = xml.element(t, scope)
  if not element or is(element, "starttls", TLS) then return element end
  return t:send(element.closing and "</stream:stream>" or VIOLATION) and other(t, element)
end

return {
  client = talk.dialogue("xmpp", { domain = "text" }, function(t)
    local scope = open(t)
    return scope
      and offered(t)
      and starttls(t, scope)
      and t:upgrade()
      and open(t)
  end),

  server = talk.dialogue("xmpp", { domain = "text" }, function(t)
    local scope = header(t)
    return scope
      and greet(t)
      and asked(t, scope)
      and t:send("<proceed xmlns='" .. TLS .. "'/>")
      and t:upgrade()
  end),
}
