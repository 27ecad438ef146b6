-- A hook that shows the chain: everything there is to know about a peer, and what is wrong with it.
--
--     chain.lua [HOST [PORT [NAME [TRUST [PROTOCOL]]]]]
--
-- PROTOCOL is one of the STARTTLS dialogues (smtp, imap, ldap, ...), or tls for a port where TLS
-- comes at once, as with HTTPS. The exit status is the verdict.
local secsock = require "secsock"
local starttls = require "secsock.starttls"

local host, port = arg[1] or "localhost", tonumber(arg[2] or 443)
local name, trust, protocol = arg[3] or host, arg[4] or { system = true }, arg[5] or "tls"

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local function list(title, items)
  if items and #items > 0 then print(("      %-12s%s"):format(title, table.concat(items, ", "))) end
end

local function show(cert)
  local sans = {}
  for i, san in ipairs(cert:sans()) do sans[i] = san.value .. " (" .. san.kind .. ")" end
  print("  " .. cert:subject())
  list("issued by", { cert:issuer() })
  list("from", { os.date("!%Y-%m-%d", cert:notbefore()) })
  list("until", { os.date("!%Y-%m-%d", cert:notafter()) })
  list("names", sans)
  list("key", { cert:keytype(), cert:curve() or cert:keybits() })
  list("signed", { cert:signaturealgorithm() })
  list("usage", cert:keyusage())
  list("purposes", cert:extkeyusage())
  list("SHA-256", { cert:sha256() })
  list("pin", { cert:pin() })
end

local function judge(_, verdict)
  print("The peer sent " .. #verdict:chain() .. " certificates:")
  for _, cert in ipairs(verdict:chain()) do show(cert) end
  print "The verdict:"
  io.write((verdict:explain():gsub("([^\n]+)", "  %1")))
  return nil -- as the verdict says
end

local deferred = protocol ~= "tls"
local s = check(secsock.new {
  peername = name, trust = trust, hook = judge, defer = deferred, timeout = 10,
})
check(s:connect(host, port))
if deferred then check(starttls[protocol].client(s)) end
s:close()
