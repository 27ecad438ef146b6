--- What is asked: smtp://host:port and its like.
local ports = require "secsock.starttls.ports"
local status = require "secsock.command.status"

local target = {}

-- By their schemes: the port unless said, and the STARTTLS dialogue; where there is none, TLS comes
-- at once.
local schemes = {
  ftps = { 990 },
  https = { 443 },
  imaps = { 993 },
  ldaps = { 636 },
  nntps = { 563 },
  pop3s = { 995 },
  postgresql = { ports.postgres, "postgres" },
  smtps = { 465 },
  submission = { 587, "smtp" },
  tls = {},
  xmpps = { 5223 },
}
for protocol, port in pairs(ports) do schemes[protocol] = { port, protocol } end

--- The names of all schemes; or of those that have a dialogue.
function target.schemes(with_dialogue)
  local names = {}
  for name, scheme in pairs(schemes) do
    if scheme[2] or not with_dialogue then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- The name of a scheme's dialogue; nil where TLS comes at once.
function target.dialogue(scheme)
  return schemes[scheme][2]
end

-- The host and what follows it. An IPv6 address stands in brackets (RFC 3986, section 3.2.2).
local function split(authority)
  local host, port = authority:match "^%[([%x:.]+)%](.*)$"
  if not host then host, port = authority:match "^([^:%[%]@]+)(.*)$" end
  return host, port
end

--- The host, port and dialogue of a URL, which without a scheme is one of tls; and it in full.
function target.parse(url)
  local name, rest = url:match "^(%a[%w+.-]*)://(.*)$"
  name = (name or "tls"):lower()
  local scheme = schemes[name]
  if not scheme then
    status.stop("usage", "there is no scheme '%s'; there are %s", name,
      table.concat(target.schemes(), ", "))
  end
  local host, tail = split((rest or url):match "^[^/]*")
  if not host or (tail ~= "" and not tail:find "^:%d*$") then
    status.stop("usage", "not a URL as smtp://host:port: '%s'", url)
  end
  local port = tonumber(tail:match "%d+") or scheme[1]
  if not port or port < 1 or port > 65535 then
    status.stop("usage", "which port? '%s' has none, as tls://host:port or smtp://host have", url)
  end
  local shown = host:find ":" and "[" .. host .. "]" or host
  return {
    url = ("%s://%s:%d"):format(name, shown, port),
    host = host, port = port, dialogue = scheme[2],
  }
end

return target
