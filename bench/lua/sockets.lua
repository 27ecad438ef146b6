--- Connected pairs of LuaSocket's sockets, and the name that certificates are for.
local socket = require "socket"
local unix = require "socket.unix"

local sockets = { NAME = "bench.example" }

local listener, port

--- Over loopback.
function sockets.tcp()
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

--- Over a local socket.
function sockets.unix()
  local path, server, near = os.tmpname(), unix.stream(), unix.stream()
  os.remove(path)
  assert(server:bind(path))
  assert(server:listen())
  assert(near:connect(path))
  local far = assert(server:accept())
  server:close()
  os.remove(path)
  return near, far
end

return sockets
