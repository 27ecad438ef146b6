-- Explains a chain of certificates without a connection: what it is, and all that is wrong with it.
--
--     explain.lua CHAIN [NAME [TRUST [CRL [TIME]]]]
--
-- CHAIN is a file in PEM or DER: the certificate in question, then others in any order. NAME is
-- whom it should be issued for; without one it is judged as a client's. TRUST is a PEM file; the
-- system's anchors unless said. CRL is a file with lists of revoked certificates. TIME is the day
-- to judge it at, as in 2026-11-30. What is "" counts as not said. The exit status is the verdict.
local secsock = require "secsock"

local function argument(index)
  if arg[index] ~= "" then return arg[index] end
end

local path, name, trust = argument(1), argument(2), argument(3)
local crl, day = argument(4), argument(5)
if not path then
  io.stderr:write "explain.lua CHAIN [NAME [TRUST [CRL [YYYY-MM-DD]]]]\n"
  os.exit(2)
end

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

-- Noon of a day, in seconds since 1970: Lua's own os.time() would take it for local time.
local function noon(text)
  local year, month, d = text:match "^(%d%d%d%d)-(%d%d)-(%d%d)$"
  check(year, "a day is written as 2026-11-30")
  local at = os.time { year = year, month = month, day = d, hour = 12 }
  local utc = os.date("!*t", at)
  utc.isdst = os.date("*t", at).isdst
  return at + os.difftime(at, os.time(utc))
end

local verdict = check(secsock.validate {
  chainfile = path,
  name = name,
  purpose = name and "server" or "client",
  trust = trust or { system = true },
  crl = crl,
  time = day and noon(day) or nil,
})
io.write(verdict:explain())
os.exit(verdict:ok() and 0 or 1)
