---@meta _
-- luacheck: ignore 212 241

-- Captures, which secsock.core makes in C.

--- A file for Wireshark, tshark and their like: what travels over the sockets that it is given to.
---@class secsock.capture
local capture = {}

--- 1, or why nothing is recorded any more: a full disk ends the capture and no connection.
---@return 1? ok
---@return string? err  "file", "memory"
---@return secsock.error? details
function capture:status() end

--- Ends it for all its sockets. May be repeated.
---@return 1? ok
---@return string? err  as for c:status()
---@return secsock.error? details
function capture:close() end
