--- Files and folders that the command makes.
local quote = require "secsock.quote"
local status = require "secsock.command.status"

local files = {}

local function succeeds(command, ...)
  local ended = os.execute(command:format(...))
  return ended == true or ended == 0
end

-- Makes an empty file, which may not be there yet. What is secret nobody else may ever read.
local NEW = "{ %sset -C && : >%s; } 2>/dev/null"

---@class secsock.command.file
---@field path string
---@field bytes string
---@field secret? boolean  its owner alone can read it

local function write(one, force)
  if force then os.remove(one.path) end
  local mask = one.secret and "umask 077 && " or ""
  if not succeeds(NEW, mask, quote.word(one.path)) then
    status.stop("unusable", "%s cannot be made", one.path)
  end
  local file = status.check(io.open(one.path, "wb"))
  local ok, why = file:write(one.bytes)
  local closed, reason = file:close()
  if not (ok and closed) then status.stop("unusable", "%s: %s", one.path, why or reason) end
end

--- Ends the command if there is such a file.
function files.refuse(path)
  local there = io.open(path, "rb")
  if not there then return end
  there:close()
  status.stop("unusable", "%s is there already", path)
end

--- Writes new files: all, or, where one of them is there already, none.
---@param list secsock.command.file[]
---@param force? boolean  those that are there are replaced
function files.write(list, force)
  for _, one in ipairs(force and {} or list) do files.refuse(one.path) end
  for _, one in ipairs(list) do write(one, force) end
end

--- Sees to it that a folder is there.
---@param path string
function files.folder(path)
  if not succeeds("mkdir -p -- %s 2>/dev/null", quote.word(path)) then
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
