--- Debian's servers for the specs, by way of the script `servers` beside this file.
local running = {}
running.__index = running

local here = debug.getinfo(1, "S").source:match "^@(.*)/[^/]*$"

local function run(command)
  local status = os.execute(command)
  assert(status == true or status == 0, "failed: " .. command)
end

--- Starts servers, each given as "SERVER=CERTIFICATE".
function running.start(...)
  local folder = os.tmpname()
  os.remove(folder)
  local self = setmetatable({ folder = folder, certificates = folder .. "/certificates" }, running)
  run(here .. "/certificates " .. self.certificates)
  run(here .. "/servers start " .. folder .. " " .. table.concat({ ... }, " "))
  -- Should this process be killed; to the shell, it is PPID.
  run(here .. "/servers guard " .. folder .. " $PPID </dev/null >/dev/null 2>&1 &")
  return self
end

--- The port on 127.0.0.1 where a server answers.
function running:port(server, certificate, protocol)
  for line in io.lines(self.folder .. "/ports") do
    local what, port = line:match "^(.*) (%d+)$"
    if what == server .. " " .. certificate .. " " .. protocol then return tonumber(port) end
  end
  error("there is no " .. certificate .. " " .. server .. " for " .. protocol)
end

function running:stop()
  run(here .. "/servers stop " .. self.folder)
  run("rm -rf " .. self.folder)
end

return running
