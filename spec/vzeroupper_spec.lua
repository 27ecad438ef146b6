-- The correction of wolfSSL's assembly (script/lib/vzeroupper), on sources small enough to read.

local affected = {
  poly1305 = { "poly1305_setkey_avx2" },
  sp = {
    "sp_2048_get_from_table_avx2_16", "sp_2048_get_from_table_avx2_32",
    "sp_3072_get_from_table_avx2_24", "sp_3072_get_from_table_avx2_48",
    "sp_4096_get_from_table_avx2_64", "sp_256_get_point_33_avx2_4", "sp_256_get_entry_64_avx2_4",
    "sp_256_get_entry_65_avx2_4", "sp_256_mod_inv_avx2_4", "sp_384_get_point_33_avx2_6",
    "sp_384_get_entry_64_avx2_6", "sp_384_get_entry_65_avx2_6", "sp_521_get_point_33_avx2_9",
    "sp_521_get_entry_64_avx2_9", "sp_521_get_entry_65_avx2_9",
  },
}

local function assembly(name, body)
  return ("%s:\n%s        repz retq\n.size\t%s,.-%s\n"):format(name, body, name, name)
end

local dirty = "        vpxor\t%ymm0, %ymm0, %ymm0\n"
local clean = dirty .. "        vzeroupper\n"

local function file(names, body)
  local parts = { assembly("sp_scalar", "        movq\t%rax, %rdx\n"), assembly("tidy", clean) }
  for _, name in ipairs(names) do
    parts[#parts + 1] = assembly(name, body)
  end
  return table.concat(parts)
end

local function write(path, text)
  local out = assert(io.open(path, "w"))
  out:write(text)
  out:close()
end

local function read(path)
  local input = assert(io.open(path))
  local text = input:read("*a")
  input:close()
  return text
end

describe("the vzeroupper correction", function()
  local folder, sp, poly1305

  local function correct()
    local pipe = io.popen("script/lib/vzeroupper " .. folder .. " 2>&1; echo status $?")
    local said = pipe:read("*a")
    pipe:close()
    return tonumber(said:match("status (%d+)\n$")), said
  end

  before_each(function()
    local pipe = io.popen("mktemp -d")
    folder = pipe:read("*l")
    pipe:close()
    assert(os.execute("mkdir -p " .. folder .. "/wolfcrypt/src"))
    sp = folder .. "/wolfcrypt/src/sp_x86_64_asm.S"
    poly1305 = folder .. "/wolfcrypt/src/poly1305_asm.S"
    write(sp, file(affected.sp, dirty))
    write(poly1305, file(affected.poly1305, dirty))
  end)

  after_each(function()
    os.execute("rm -rf " .. folder)
  end)

  it("clears the registers before the return of the sixteen functions, and changes nothing else",
    function()
      local status, said = correct()
      assert.equal(0, status)
      assert.matches("corrected 16 functions", said)
      assert.equal(file(affected.sp, clean), read(sp))
      assert.equal(file(affected.poly1305, clean), read(poly1305))
    end)

  it("leaves a source alone that upstream has mended", function()
    correct()
    local status, said = correct()
    assert.equal(3, status)
    assert.matches("nothing to correct", said)
    assert.equal(file(affected.sp, clean), read(sp))
  end)

  local unknown = {
    ["has one affected function more"] = function(text)
      return text .. assembly("sp_new_avx2", dirty)
    end,
    ["has one affected function less"] = function(text)
      return text:gsub("vpxor", "vzeroupper\n        vpxor", 2)
    end,
    ["has an affected function that returns twice"] = function(text)
      return text .. assembly("sp_new_avx2", dirty .. "        repz retq\n")
    end,
    ["is written without ymm registers"] = function(text)
      return (text:gsub("ymm", "xmm"))
    end,
  }
  for what, change in pairs(unknown) do
    it("refuses a source that " .. what .. ", and touches no file", function()
      local text = change(file(affected.sp, dirty))
      write(sp, text)
      local status, said = correct()
      assert.equal(1, status)
      assert.matches("refused", said)
      assert.equal(text, read(sp))
      assert.equal(file(affected.poly1305, dirty), read(poly1305))
    end)
  end
end)

-- What is taken from Intel's library is as it should be; see script/lib/archive.
local taken = "build/release/internal/ipsec_mb.o"
local there = io.open(taken)

if there then
  there:close()
  describe("the AES-GCM of Intel's library", function()
    it("clears the registers before each return of a function that uses wide ones", function()
      local pipe = io.popen("objdump -d --no-show-raw-insn " .. taken)
      local wide, returns, left = false, 0, {}
      for line in pipe:lines() do
        if line:find "%%[yz]mm%d" then wide = true end
        if line:find "vzeroupper" then wide = false end
        if line:find "\tret" then
          returns = returns + 1
          if wide then left[#left + 1] = line end
          wide = false
        end
      end
      pipe:close()
      assert.is_true(returns > 6)
      assert.same({}, left)
    end)
  end)
end
