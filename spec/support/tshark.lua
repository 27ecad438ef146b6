--- What tshark, which has nothing of secsock in it, makes of a capture file.
local shell = require "spec.support.shell"

local tshark = {}

-- Every checksum is to be looked at.
local COMMAND = "tshark -n -r %s -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE %s"
  .. " -T fields -E separator=/t -E aggregator='|'%s"

--- The packets of a file: for each a table of the fields that are asked for, where it has them, all
-- values of one field with "|" between them. `protocol`: { [port] = "smtp" }.
function tshark.read(path, fields, protocols)
  local as, words = "", ""
  for port, protocol in pairs(protocols or {}) do
    as = as .. (" -d tcp.port==%d,%s"):format(port, protocol)
  end
  for _, field in ipairs(fields) do words = words .. " -e " .. field end
  local packets = {}
  local said = shell.run(COMMAND:format(path, as, words) .. " 2>/dev/null")
  for line in said:gmatch "([^\n]*)\n" do
    local packet, i = {}, 0
    for value in (line .. "\t"):gmatch "([^\t]*)\t" do
      i = i + 1
      if value ~= "" then packet[fields[i]] = value end
    end
    packets[#packets + 1] = packet
  end
  return packets
end

--- All values of one field, one after the other.
function tshark.all(packets, field)
  local found = {}
  for _, packet in ipairs(packets) do
    for value in (packet[field] or ""):gmatch "[^|]+" do found[#found + 1] = value end
  end
  return found
end

return tshark
