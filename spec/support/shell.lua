--- Commands, and where what has been built is.
local shell = {}

--- What a command says, on either output. It must succeed.
function shell.run(command)
  local pipe = assert(io.popen("{ " .. command .. "; } 2>&1; echo status $?"))
  local said, status = pipe:read("*a"):match "^(.*)status (%d+)\n$"
  pipe:close()
  if status ~= "0" then error(("%s: status %s\n%s"):format(command, status, said), 2) end
  return said
end

--- A file of a build, such as "release/libsecsock.so"; OUTDIR is as for script/build.
function shell.built(path)
  return (os.getenv "OUTDIR" or "build") .. "/" .. path
end

return shell
