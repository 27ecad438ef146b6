--- Files and folders that the command makes.
local status = require "secsock.command.status"
local terminal = require "secsock.command.terminal"

local files = {}

local function succeeds(command, ...)
  local ended = os.execute(command:format(...))
  return ended == true or ended == 0
end

-- Makes an empty file, which may not be there yet; nobody else may ever read it.
local NEW = "{ umask 077 && set -C && : >%s; } 2>/dev/null"

--- Writes a new file, which its owner alone can read: it may hold a key.
---@param path string
---@param bytes string
---@param force? boolean  one that is there already is replaced
function files.write(path, bytes, force)
  if force then os.remove(path) end
  if not succeeds(NEW, terminal.quote(path)) then
    status.stop("unusable", "%s is there already, or cannot be made", path)
  end
  local file = status.check(io.open(path, "wb"))
  local ok, why = file:write(bytes)
  local closed, reason = file:close()
  if not (ok and closed) then status.stop("unusable", "%s: %s", path, why or reason) end
end

--- Sees to it that a folder is there.
---@param path string
function files.folder(path)
  if not succeeds("mkdir -p -- %s 2>/dev/null", terminal.quote(path)) then
    status.stop("unusable", "%s: the folder cannot be made", path)
  end
end

--- Names for files, each once, made of any text.
---@param extension string
---@return fun(text: string): string
function files.namer(extension)
  local counts = {}
  return function(text)
    local name = text:gsub("[^%w.,=+-]+", "-"):gsub("^[-.]+", ""):gsub("-+$", ""):sub(1, 120)
    if name == "" then name = "run" end
    counts[name] = (counts[name] or 0) + 1
    return name .. (counts[name] > 1 and "-" .. counts[name] or "") .. extension
  end
end

return files
