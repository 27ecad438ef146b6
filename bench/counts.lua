--- Instructions, which no other program disturbs: counts.lua BUILT [SUBJECT...]
--
-- Each work is done so often under callgrind, then twice as often; what lies between is its own. It
-- is the processor that valgrind plays that counts: one with AVX2, but without SHA instructions.
local built = arg[1]
local subjects = { (table.unpack or unpack)(arg, 2) }
if #subjects == 0 then subjects = { "secsock", "wolfssl" } end

local works = {
  { name = "a full handshake, X25519 and ECDSA", work = "hs13-x25519-ecdsa", size = 0, count = 4 },
  { name = "a resumed one", work = "hs13-resumed", size = 0, count = 8 },
  { name = "a record of 64 bytes", work = "record", size = 64, count = 200 },
  { name = "a record of 16 KiB", work = "record", size = 16384, count = 50 },
}

local function instructions(subject, work, count)
  local command = ("valgrind --tool=callgrind --callgrind-out-file=/dev/null " ..
    "%s/%s %s/material %s %d %d 2>&1"):format(built, subject, built, work.work, work.size, count)
  local pipe = assert(io.popen(command))
  local output = pipe:read "*a"
  pipe:close()
  return tonumber(output:match "Collected : (%d+)") or error(output, 0)
end

io.write(("%-36s"):format "instructions, both ends", "")
for _, subject in ipairs(subjects) do io.write(("%12s"):format(subject)) end
io.write "\n"
for _, work in ipairs(works) do
  io.write(("%-36s"):format(work.name))
  for _, subject in ipairs(subjects) do
    local once = instructions(subject, work, work.count)
    local twice = instructions(subject, work, 2 * work.count)
    io.write(("%12.0f"):format((twice - once) / work.count))
    io.flush()
  end
  io.write "\n"
end
