--- Certificates, verdicts and connections, for people.
local facts = require "secsock.command.facts"
local terminal = require "secsock.command.terminal"

local show = {}

local paint, say = terminal.paint, terminal.say

--- A title.
function show.title(format, ...)
  say(paint("bold", format:format(...)))
end

--- One end of a connection, which may be gone by now.
function show.end_of(address, port)
  return address and ("%s port %d"):format(address, port) or "it is gone"
end

-- A fact, unless there is none.
local function line(title, value)
  if value and value ~= "" then
    say("%s%s", paint("dim", ("    %-12s"):format(title)), terminal.harmless(tostring(value)))
  end
end

local function names_of(cert)
  local names = {}
  for i, name in ipairs(cert.names) do
    names[i] = name.kind == "dns" and name.value or ("%s (%s)"):format(name.value, name.kind)
  end
  return table.concat(names, ", ")
end

local function key_of(key)
  return key.curve and key.type .. " " .. key.curve or ("%s, %d bits"):format(key.type, key.bits)
end

--- A certificate, as facts.cert() tells of it.
function show.cert(cert)
  say("  %s", terminal.harmless(cert.subject))
  line("issued by", cert.issuer)
  line("valid", cert.not_before:sub(1, 10) .. " to " .. cert.not_after:sub(1, 10))
  line("for", names_of(cert))
  line("key", key_of(cert.key) .. (cert.private_key and ", private key present" or ""))
  line("signed", cert.signature)
  line("usage", cert.key_usage and table.concat(cert.key_usage, ", "))
  line("purposes", cert.purposes and table.concat(cert.purposes, ", "))
  line("serial", cert.serial)
  line("SHA-256", cert.sha256)
  line("pin", cert.pin)
  line("called", cert.friendly_name)
  if cert.pem then terminal.write(cert.pem) end
end

--- The certificates of a verdict, and what it says.
---@param verdict secsock.verdict
---@param with_pem? boolean
function show.verdict(verdict, with_pem)
  local chain = verdict:chain()
  if #chain > 0 then show.title("%d certificate%s", #chain, #chain == 1 and "" or "s") end
  for _, cert in ipairs(chain) do show.cert(facts.cert(cert, with_pem)) end
  show.title "The verdict"
  local style = verdict:ok() and "green" or "red"
  for text in verdict:explain():gmatch "[^\n]+" do
    local mine = style or (text:find "^[ │]*! " and "red")
    text = terminal.harmless(text)
    say("  %s", mine and paint(mine, text) or text)
    style = nil
  end
end

--- What two ends have agreed on.
---@param info secsock.info
function show.negotiated(info)
  show.title "Negotiated"
  line("version", info.version)
  line("cipher", info.cipher)
  line("group", info.group)
  line("signature", info.signature)
  line("protocol", info.alpn)
  line("name sent", info.sni)
  line("resumed", info.resumed and "yes")
end

local marks = { client = "C", server = "S" }

--- A line of a dialogue. Long ones appear in part.
function show.said(who, text)
  text = terminal.harmless(text)
  if #text > 200 then text = text:sub(1, 197) .. "..." end
  text = ("  %s: %s"):format(marks[who], text)
  say(who == "client" and paint("cyan", text) or text)
end

return show
