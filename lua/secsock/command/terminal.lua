--- What the command says and asks: colours where they are seen, passwords where they are not.
local quote = require "secsock.quote"
local status = require "secsock.command.status"

local terminal = {}

local function succeeds(command)
  local ended = os.execute(command)
  return ended == true or ended == 0
end

-- Whether standard output is coloured: on a terminal that can, unless the user wants none
-- (https://no-color.org). It is found out once.
local coloured

local function is_coloured()
  if coloured == nil then
    local refused = (os.getenv "NO_COLOR" or "") ~= "" or os.getenv "TERM" == "dumb"
    coloured = not refused and succeeds "test -t 1"
  end
  return coloured
end

local codes = { bold = "1", dim = "2", red = "31", green = "32", cyan = "36" }

--- A text in a colour or in bold.
function terminal.paint(style, text)
  if not is_coloured() then return text end
  return "\27[" .. codes[style] .. "m" .. text .. "\27[m"
end

--- Whether somebody sees what goes to standard error.
function terminal.is_watched() return succeeds "test -t 2" end

--- Text on standard output, at once.
function terminal.write(text)
  status.check(io.stdout:write(text))
  status.check(io.stdout:flush())
end

--- The same, a line.
function terminal.say(format, ...)
  local line = select("#", ...) > 0 and format:format(...) or format
  terminal.write(line .. "\n")
end

--- Text of a stranger's as terminals may get it: without control characters, those in UTF-8 too.
function terminal.harmless(text)
  return (text:gsub("%c", "."):gsub("\194[\128-\159]", "."))
end

--- A line for whoever has to know that something is wrong.
function terminal.complain(format, ...)
  io.stderr:write(format:format(...), "\n")
end

--- The text of a file, or, of "-", that of standard input.
function terminal.read(path)
  local file = path == "-" and io.stdin or status.check(io.open(path, "rb"))
  local text, why = file:read "*a"
  if path ~= "-" then file:close() end
  return text or status.stop("unusable", "%s: %s", path, why)
end

-- Asks, and reads a line without an echo, where there is a terminal; and leaves that as it was
-- however it ends: by Ctrl-C, too.
local READ_SECRET = [[
  saved=$(stty -g 2>/dev/null)
  trap '[ -z "$saved" ] || { stty "$saved"; echo >&2; }' EXIT
  trap 'exit 130' HUP INT TERM
  [ -z "$saved" ] || stty -echo
  printf '%s ' "$question" >&2
  IFS= read -r line && printf '%s\n' "$line"]]

--- A password that the user types.
function terminal.ask_secret(question)
  local shell = io.popen("question=" .. quote.word(question) .. "\n" .. READ_SECRET)
  local ok, answer = pcall(shell.read, shell, "*l")
  shell:close()
  if not ok then error(answer, 0) end
  return answer or status.stop("unusable", "no password was given")
end

--- A new password: typed twice.
function terminal.ask_new_secret(question)
  local secret = terminal.ask_secret(question)
  if terminal.ask_secret "The same again:" ~= secret then
    status.stop("unusable", "these are two different passwords")
  end
  return secret
end

--- The password in a file: its first line.
function terminal.secret_of(path)
  local file = status.check(io.open(path, "r"))
  local line = file:read "*l"
  file:close()
  return line or status.stop("unusable", "%s: there is no password in it", path)
end

--- What `open(password)` gives: without a password if it can be had without, else with that of the
-- file, or with the one that the user types.
function terminal.unlock(what, password_file, open)
  local value, err, details = open(nil)
  if err == "password" then
    local secret = password_file and terminal.secret_of(password_file)
      or terminal.ask_secret("Password of " .. what .. ":")
    value, err, details = open(secret)
  end
  return status.check(value, err, details)
end

return terminal
