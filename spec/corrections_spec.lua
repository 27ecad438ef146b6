-- The corrections of wolfSSL's source (script/lib/corrections), on sources small enough to read.
local read = require("spec.support").read

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

describe("the corrections of wolfSSL's source", function()
  local folder

  -- Its exit status, and what it says.
  local function correct(name)
    local command = "script/lib/corrections/%s %s 2>&1; echo status $?"
    local pipe = io.popen(command:format(name, folder))
    local said = pipe:read("*a")
    pipe:close()
    return tonumber(said:match("status (%d+)\n$")), said
  end

  before_each(function()
    local pipe = io.popen("mktemp -d")
    folder = pipe:read("*l")
    pipe:close()
    assert(os.execute("mkdir -p " .. folder .. "/wolfcrypt/src"))
  end)

  after_each(function()
    os.execute("rm -rf " .. folder)
  end)

  describe("vzeroupper", function()
    local sp, poly1305

    before_each(function()
      sp = folder .. "/wolfcrypt/src/sp_x86_64_asm.S"
      poly1305 = folder .. "/wolfcrypt/src/poly1305_asm.S"
      write(sp, file(affected.sp, dirty))
      write(poly1305, file(affected.poly1305, dirty))
    end)

    it("clears the registers before the return of the sixteen functions, and changes nothing else",
      function()
        local status, said = correct "vzeroupper"
        assert.equal(0, status)
        assert.matches("corrected 16 functions", said)
        assert.equal(file(affected.sp, clean), read(sp))
        assert.equal(file(affected.poly1305, clean), read(poly1305))
      end)

    it("leaves a source alone that upstream has mended", function()
      correct "vzeroupper"
      local status, said = correct "vzeroupper"
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
        local status, said = correct "vzeroupper"
        assert.equal(1, status)
        assert.matches("refused", said)
        assert.equal(text, read(sp))
        assert.equal(file(affected.poly1305, dirty), read(poly1305))
      end)
    end
  end)

  describe("least-used", function()
    -- Two searches as wolfSSL has them, with that line or without it.
    local function searches(line)
      local parts = {}
      for i, bits in ipairs { 256, 384 } do
        local search = "        if (i == sp_cache_%d_last) {\n%s"
          .. "            least = sp_cache_%d[0].cnt;\n"
        parts[i] = search:format(bits, line, bits)
      end
      return table.concat(parts, "            for (j=1; j<FP_ENTRIES; j++) {\n")
    end

    local first = "            i = 0;\n"

    -- The source for one processor has it, that for another none.
    local function source(text)
      write(folder .. "/wolfcrypt/src/sp_int.c", "int i;\n")
      write(folder .. "/wolfcrypt/src/sp_x86_64.c", text)
      return function() return read(folder .. "/wolfcrypt/src/sp_x86_64.c") end
    end

    it("lets each search begin at the first place, and changes nothing else", function()
      local now = source(searches "")
      local status, said = correct "least-used"
      assert.equal(0, status)
      assert.matches("corrected 2 searches", said)
      assert.equal(searches(first), now())
    end)

    it("leaves a source alone that upstream has mended", function()
      local now = source(searches(first))
      assert.equal(3, (correct "least-used"))
      assert.equal(searches(first), now())
    end)

    for what, text in pairs {
      ["has one that begins in other words"] = searches "" .. searches "            j = 1;\n",
      ["has none"] = "int j;\n",
    } do
      it("refuses a source that " .. what .. ", and touches no file", function()
        local now = source(text)
        local status, said = correct "least-used"
        assert.equal(1, status)
        assert.matches("refused", said)
        assert.equal(text, now())
      end)
    end
  end)
end)
