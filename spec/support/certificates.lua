--- The certificates that support/servers/certificates makes, for one spec file.
local certificates = {}

local here = debug.getinfo(1, "S").source:match "^@(.*)/[^/]*$"

--- Makes them, in a folder of their own.
function certificates.make()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute(here .. "/servers/certificates " .. folder))
  return folder
end

function certificates.remove(folder)
  os.execute("rm -rf " .. folder)
end

return certificates
