--- Servers of the protocols that are not made of lines: the dialogues of secsock.starttls, with
-- what an attacker changes in their words, and after the upgrade as much as makes a client say who
-- it is.
local der = require "secsock.mint.der"
local starttls = require "secsock.starttls"
local watched = require "secsock.scenario.suites.watched"

---@class secsock.scenario.messages
---@field stripped? fun(data: string): string   the server does not offer TLS
---@field refused? fun(data: string): string    … or says no when asked
---@field injected? fun(data: string): string   answers to what comes next, behind the go-ahead
---@field serve? fun(me: secsock.scenario.actor) after the upgrade
local words = {}

-- ----------------------------------------------------------------------------------------- XMPP

local STREAM = "<stream:stream xmlns='jabber:client' version='1.0' id='2' from='localhost' "
  .. "xmlns:stream='http://etherx.jabber.org/streams'><stream:features><mechanisms "
  .. "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
  .. "</stream:features>"

words.xmpp = {
  stripped = function(data) return (data:gsub("<starttls.-</starttls>", "")) end,
  refused = function(data)
    return (data:gsub("<proceed", "<failure"))
  end,
  injected = function(data)
    return data:find "<proceed" and data .. "<?xml version='1.0'?>" .. STREAM or data
  end,
  serve = function(me)
    watched.wait(me)
    me.socket:send(STREAM)
  end,
}

-- ----------------------------------------------------------------------------------------- LDAP

local function ldap_message(id, operation, code)
  local result = der.tlv(10, string.char(code)) .. der.tlv(4, "") .. der.tlv(4, "")
  return der.sequence(der.integer(id), der.tlv(operation, result))
end

local BIND_RESPONSE, SEARCH_DONE = 0x61, 0x65
local SUCCESS, UNAVAILABLE = 0, 52
local GO = der.sequence(der.integer(1), der.tlv(0x78, der.tlv(10, "\0") .. der.tlv(4, "")
  .. der.tlv(4, "")))

words.ldap = {
  refused = function(data) return data == GO and ldap_message(1, 0x78, UNAVAILABLE) or data end,
  injected = function(data)
    return data == GO and data .. ldap_message(2, BIND_RESPONSE, SUCCESS) or data
  end,
  serve = function(me)
    watched.wait(me)
    me.socket:send(ldap_message(2, BIND_RESPONSE, SUCCESS))
    watched.wait(me)
    me.socket:send(ldap_message(3, SEARCH_DONE, SUCCESS))
  end,
}

-- ---------------------------------------------------------------------------- PostgreSQL, MySQL

local WELCOME = "R\0\0\0\8\0\0\0\0" .. "Z\0\0\0\5I" -- AuthenticationOk, ReadyForQuery

words.postgres = {
  refused = function(data) return data == "S" and "N" or data end,
  injected = function(data) return data == "S" and data .. WELCOME or data end,
  serve = function(me)
    watched.wait(me)
    me.socket:send(WELCOME)
  end,
}

local OK = "\7\0\0\3\0\0\0\2\0\0\0" -- the fourth packet

-- The flag SSL (0x800) stands in the second octet behind the greeting's connection id, scramble and
-- filler.
local function without_ssl(data)
  local at = data:match "^...%z\10[^%z]*%z()"
  if not at then return data end
  local flags = data:byte(at + 14)
  return data:sub(1, at + 13) .. string.char(flags - 8) .. data:sub(at + 15)
end

words.mysql = {
  stripped = without_ssl,
  injected = function(data) return data:find "^...%z\10" and data .. OK or data end,
  serve = function(me)
    watched.wait(me)
    me.socket:send(OK)
  end,
}

-- ------------------------------------------------------------------------------------- a visit

-- What a dialogue cannot do without.
local options = { mysql = { scramble = "abcdefghijklmnopqrst" } }

local messages = { words = words, options = options }

-- The socket as a dialogue sees it: its words are changed, and it stays open.
local function changed(me, change, upgrade, seen)
  local real = me.socket
  local own = {
    send = function(_, data)
      local said = change and change(data) or data
      seen.struck = seen.struck or said ~= data
      return real:send(said)
    end,
    upgrade = upgrade,
    close = function() return 1 end,
  }
  return setmetatable(own, { __index = function(_, name)
    local value = real[name]
    if type(value) ~= "function" then return value end
    return function(_, ...) return value(real, ...) end
  end })
end

-- What becomes of the upgrade: nothing, where the server has said no; a failure; or itself.
local function upgrade_of(me, twist, seen)
  local function failed(message) return nil, "protocol", { message = message } end
  if twist.stripped or twist.refused then
    return function() return failed "the server has said no" end
  elseif twist.fails then
    return function()
      seen.struck = watched.fail(me)
      return failed "the handshake was made to fail"
    end
  end
end

--- Has a client served by the dialogue of `protocol`, changed by `twist`: the name of a field
-- above, or "fails" or "silent", as for secsock.scenario.suites.visit.
---@param me secsock.scenario.actor
---@param protocol string
---@param twist table<string, true>
---@param seen secsock.scenario.seen
function messages.serve(me, protocol, twist, seen)
  local is = messages.words[protocol]
  local change
  for name in pairs(twist) do change = change or is[name] end
  local socket = changed(me, change, upgrade_of(me, twist, seen), seen)
  local ok = starttls[protocol].server(socket, options[protocol])
  if ok and not twist.silent then is.serve(me) else watched.wait(me) end
end

return messages
