--- LuaSocket without TLS: what no library that protects the same messages can go below.
local socket = require "socket"
local sockets = require "bench.lua.sockets"

local subject = { name = "lua-plain" }

function subject.version() return socket._VERSION end

function subject.context() end

function subject.open(_, _, place) return sockets[place]() end

function subject.upgrade(client, server) return client, server end

function subject.send(s, data) return assert(s:send(data)) end

function subject.receive(s, pattern) return assert(s:receive(pattern)) end

function subject.close(s) s:close() end

return subject
