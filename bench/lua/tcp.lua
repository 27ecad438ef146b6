--- Connected pairs of LuaSocket's sockets, and the name that certificates are for.
local socket = require "socket"

local tcp = { NAME = "bench.example" }

local listener, port

function tcp.pair()
  if not listener then
    listener = assert(socket.bind("127.0.0.1", 0, 128))
    port = select(2, listener:getsockname())
  end
  local near = assert(socket.connect("127.0.0.1", port))
  local far = assert(listener:accept())
  near:setoption("tcp-nodelay", true)
  far:setoption("tcp-nodelay", true)
  return near, far
end

return tcp
