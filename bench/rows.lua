--- What is measured: each row is a work of the drivers with a size, and how its figures are told.
local rows = {}

---@class bench.row
---@field name string
---@field driver "c"|"lua"  whose subjects do it
---@field work string
---@field size integer
---@field unit string
---@field per? number       timed: the value is so many units for each time it is done, by seconds
---@field figure? string    not timed: the member of the answer that is the value
---@field less? boolean     a smaller value is a better one
---@field heap? boolean     the subjects run with heap.so
---@field rounds? integer    in so many rounds alone
---@field plot? string      the growth plot that it is a point of
---@field only? table<string, true>  the subjects that do it
---@field floor? boolean    sockets without TLS do it, too

-- What needs no TLS but a socket.
local ON_SOCKETS = { "%-tcp", "%-local", "^lua%-bulk", "^lua%-pingpong", "^lua%-gather" }

local function row(from)
  from.driver, from.size = from.driver or "c", from.size or 0
  for _, pattern in ipairs(ON_SOCKETS) do
    from.floor = from.floor or from.name:find(pattern) ~= nil
  end
  rows[#rows + 1] = from
end

local handshakes = {
  "hs13-x25519-ecdsa", "hs13-p256-ecdsa", "hs13-mlkem-ecdsa", "hs13-x25519-rsa", "hs13-p256-rsa",
  "hs13-mlkem-rsa", "hs13-mutual", "hs13-fresh", "hs13-p256-fresh", "hs13-mlkem-fresh",
  "hs13-mutual-fresh", "hs13-resumed", "hs12-ecdsa", "hs12-rsa", "hs12-fresh", "hs12-resumed",
  "hs13-tcp", "starttls-tcp",
}
for _, work in ipairs(handshakes) do row { name = work, work = work, unit = "/s", per = 1 } end

-- The drivers send so many records, or messages that may share one, before they read the first.
local BURST, MESSAGES = 4, 16
local sizes = { ["16k"] = 16384, ["1k"] = 1024, ["64"] = 64 }

local function bulk(driver, prefix, works)
  for _, work in ipairs(works) do
    for _, size in ipairs { "16k", "1k", "64" } do
      row {
        name = prefix .. work .. "-" .. size, driver = driver, work = work, size = sizes[size],
        unit = "MB/s", per = BURST * sizes[size] / 1e6,
      }
    end
  end
end

bulk("c", "", {
  "bulk-aes128", "bulk-aes256", "bulk-chacha", "bulk-aes128-tcp", "bulk-aes128-local",
})
for _, work in ipairs { "pingpong", "pingpong-tcp", "pingpong-local" } do
  row { name = work, work = work, size = 64, unit = "/s", per = 1 }
end

row { name = "validate-real", work = "validate-real", unit = "/s", per = 1 }
row { name = "validate-web", work = "validate", size = 0, unit = "/s", per = 1 }
row { name = "validate-3", work = "validate", size = 3, unit = "/s", per = 1 }

for _, which in ipairs { "client_idle", "server_idle", "client_peak", "server_peak" } do
  row {
    name = "memory-" .. which:gsub("_", "-"), work = "memory", unit = "bytes", figure = which,
    less = true, heap = true,
  }
end
for _, which in ipairs { "client_allocations", "server_allocations" } do
  row {
    name = "memory-" .. which:gsub("_", "-"), work = "memory", unit = "calls", figure = which,
    less = true, heap = true,
  }
end
row {
  name = "memory-10000-servers", work = "many", size = 10000, unit = "bytes", figure = "resident",
  less = true, rounds = 1,
}
row { name = "start-load", work = "load", size = 5, unit = "ms", figure = "ms", less = true }
row { name = "first-connection", work = "first", size = 5, unit = "ms", figure = "ms", less = true }

-- ----------------------------------------------------------------------------------------- Lua

for _, work in ipairs { "lua-hs13", "lua-hs12", "lua-mutual", "lua-starttls" } do
  row { name = work, driver = "lua", work = work:sub(5), unit = "/s", per = 1 }
end
bulk("lua", "lua-", { "bulk", "bulk-local" })
for _, work in ipairs { "pingpong", "pingpong-local" } do
  row { name = "lua-" .. work, driver = "lua", work = work, size = 64, unit = "/s", per = 1 }
end
for _, work in ipairs { "gather", "gather-local" } do
  row {
    name = "lua-" .. work, driver = "lua", work = work, size = 64, unit = "/s", per = MESSAGES,
  }
end
row {
  name = "lua-memory-idle-pair", driver = "lua", work = "memory", unit = "bytes",
  figure = "idle_pair", less = true, heap = true,
}

-- -------------------------------------------------------------------------------------- growth

--- What grows with what: `per` is in what unit the slope is told.
---@class bench.plot
---@field name string
---@field title string
---@field x string
---@field log boolean   the sizes are spread over powers
---@field per integer   the slope is told for so many
rows.plots = {
  { name = "record", title = "a record sent and received", x = "bytes", log = true, per = 1024 },
  { name = "chain", title = "validation", x = "certificates below the root", per = 1 },
  { name = "anchors", title = "validation of a chain of three", x = "anchors", log = true,
    per = 1000 },
  { name = "connections", title = "a message there and back on each in turn",
    x = "connections open", log = true, per = 1000 },
  { name = "idle", title = "a message there and back on one", x = "connections open", log = true,
    per = 1000 },
}

-- Ten thousand pairs of others take a gigabyte.
local two = { secsock = true, wolfssl = true }

-- Ten thousand of anything take seconds before they are there: once is enough.
local function growth(plot, work, list, only)
  for _, size in ipairs(list) do
    row {
      name = ("%s-%d"):format(plot, size), work = work, size = size, unit = "us", per = 1,
      less = true, plot = plot, only = only, rounds = size == 10000 and 1 or nil,
    }
  end
end

growth("record", "record", { 16, 64, 256, 1024, 4096, 16384 })
growth("chain", "validate", { 1, 2, 4, 8, 16, 32 })
growth("anchors", "anchors", { 1, 10, 100, 1000, 10000 })
growth("connections", "connections", { 1, 10, 100, 1000, 10000 }, two)
growth("idle", "idle", { 1, 10, 100, 1000, 10000 }, two)

return rows
