-- The certificate picker: lists the identities of a store, asks which one is to be shown, and shows
-- it to a server, such as examples/message_server.lua.
--
--     picker.lua FOLDER [HOST [PORT [NAME [TRUST [PFX]]]]]
--
-- FOLDER is where the store is kept. With PFX that file's identity is put into it first. Passwords
-- are asked for where one is needed, and do not appear on the terminal. Without HOST nothing is
-- shown to anybody. What is "" counts as not said.
local secsock = require "secsock"

local function argument(index)
  if arg[index] ~= "" then return arg[index] end
end

local folder, host, port = argument(1), argument(2), tonumber(argument(3) or 8443)
local name, trust = argument(4) or host, argument(5) or "build/certificates/root.pem"
local pfx = argument(6)
if not folder then
  io.stderr:write "picker.lua FOLDER [HOST [PORT [NAME [TRUST [PFX]]]]]\n"
  os.exit(2)
end

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local function ask(question)
  io.write(question, " ")
  io.stdout:flush()
  return check(io.read "*l", "nobody answers")
end

-- Reads a line without an echo, where there is a terminal, and leaves that as it was however it
-- ends: by Ctrl-C, too.
local READ_SECRET = [[
  saved=$(stty -g 2>/dev/null)
  trap '[ -z "$saved" ] || stty "$saved"; echo >&2' EXIT
  trap 'exit 130' HUP INT TERM
  [ -z "$saved" ] || stty -echo
  IFS= read -r line && printf '%s\n' "$line"]]

local function ask_secret(question)
  io.write(question, " ")
  io.stdout:flush()
  local shell = io.popen(READ_SECRET)
  local ok, answer = pcall(shell.read, shell, "*l")
  shell:close()
  return check(ok and answer, "nobody answers")
end

-- What `open` gives, without a password if it can be had without, else with the one asked for.
local function unlock(what, open)
  local value, err, why = open(nil)
  if err == "password" then
    value, err, why = open(ask_secret("Password of " .. what .. ":"))
  end
  return check(value, err, why)
end

local store = unlock(folder, function(password)
  return secsock.store.open(folder, "my", { write = pfx ~= nil, password = password })
end)
if pfx then
  store:add(unlock(pfx, function(password) return secsock.cert.load(pfx, password) end))
end

local identities = {}
for cert in store:find("privatekey"):certs() do
  identities[#identities + 1] = cert
  print(("%3d  %s, until %s, for %s"):format(
    #identities, cert:subject(), os.date("!%Y-%m-%d", cert:notafter()),
    table.concat(cert:extkeyusage() or { "anything" }, " and ")))
end
local chosen = check(identities[tonumber(ask "Which one?")], "there is no such certificate")
print("\nYou are " .. chosen:subject() .. ".")

if host then
  local s = check(secsock.new { peername = name, trust = trust, identity = chosen, timeout = 5 })
  check(s:connect(host, port))
  check(s:send "Hello from somebody who was picked.<EOF>", s:lasterror())
  print("Server says: " .. check(s:receive "*a", s:lasterror()))
  s:close()
end
