--- Ends what this end has to say, and hears the peer out, which loses nothing and can still
-- complain; but for so many seconds at most, and a moment.
---@param s secsock.socket
---@param seconds number
---@return string err  "closed" when the peer has ended orderly, too
---@return secsock.error? details
return function(s, seconds)
  local ends = os.time() + math.ceil(seconds)
  s:settimeout(seconds)
  local ok, err = s:shutdown "send"
  while ok and os.time() <= ends do
    ok, err = s:receive(1)
  end
  return err or "timeout", s:lasterror()
end
