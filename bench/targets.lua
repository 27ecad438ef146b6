--- What the results are held to: told at the end of a run, and no reason for it to fail.
---@class bench.target
---@field rows string     a pattern of row names
---@field subject string
---@field base? string    the ratio to this one is meant, else the value
---@field least? number
---@field most? number
---@field what string
return {
  { rows = "^hs", subject = "secsock", base = "wolfssl", least = 0.97, what = "handshakes" },
  { rows = "^bulk%-%w+%-%w+$", subject = "secsock", base = "wolfssl", least = 0.97,
    what = "records in memory" },
  { rows = "^pingpong$", subject = "secsock", base = "wolfssl", least = 0.97,
    what = "messages in memory" },
  { rows = "^starttls", subject = "secsock", base = "wolfssl", least = 0.97, what = "STARTTLS" },
  { rows = "^bulk.*tcp%-16k", subject = "secsock", base = "wolfssl", least = 0.97,
    what = "large records over TCP" },
  { rows = "^bulk.*tcp%-1k", subject = "secsock", base = "wolfssl", least = 1.2,
    what = "1 KiB records over TCP" },
  { rows = "^bulk.*tcp%-64", subject = "secsock", base = "wolfssl", least = 1.2,
    what = "64-byte records over TCP" },
  { rows = "^pingpong%-tcp", subject = "secsock", base = "wolfssl", least = 1.2,
    what = "messages over TCP" },
  { rows = "^hs13%-[xp%d]+%-ecdsa", subject = "secsock", base = "openssl", least = 3,
    what = "ECDSA handshakes" },
  { rows = "^hs13%-mutual", subject = "secsock", base = "openssl", least = 3,
    what = "mutual ECDSA handshakes" },
  { rows = "^hs13%-[xp%d]+%-ecdsa", subject = "secsock", base = "openssl-own", least = 2.5,
    what = "ECDSA handshakes" },
  { rows = "^bulk%-aes%d+%-16k", subject = "secsock", base = "openssl", least = 1,
    what = "large records of AES-GCM" },
  { rows = "^bulk%-aes%d+%-16k", subject = "secsock", base = "openssl-own", least = 1,
    what = "large records of AES-GCM" },
  { rows = "^lua%-hs", subject = "lua-secsock", base = "lua-luasec", least = 3,
    what = "handshakes in Lua" },
  { rows = "^lua%-bulk%-64", subject = "lua-secsock", base = "lua-luasec", least = 2.5,
    what = "64-byte messages in Lua" },
  { rows = "^lua%-pingpong", subject = "lua-secsock", base = "lua-luasec", least = 2.5,
    what = "messages in Lua" },
  { rows = "^lua%-bulk%-16k", subject = "lua-secsock", base = "lua-luasec", least = 2,
    what = "large records in Lua" },
  { rows = "^memory%-%w+%-idle", subject = "secsock", most = 12288,
    what = "heap of an idle connection" },
  { rows = "^memory%-10000", subject = "secsock", most = 140e6,
    what = "10,000 idle connections" },
  { rows = "^first%-connection", subject = "secsock", most = 8,
    what = "a process's first connection" },
}
