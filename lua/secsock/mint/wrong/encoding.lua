--- What is no certificate at all: its encoding or its structure is wrong (X.690; RFC 5280, 4.1).
local change = require "secsock.mint.wrong.change"
local der = require "secsock.mint.der"
local keys = require "secsock.mint.keys"
local pem = require "secsock.mint.pem"

-- The same element with its length in more octets than it takes.
local function long_form(bytes)
  local tag, content = der.read(bytes)
  local form = #content < 128 and 1 or #content < 256 and 2 or 3
  return der.header(tag, #content, form) .. content
end

return function(word)
  word("version_4", "malformed", "its version does not exist", {
    parts = function(parts) parts.version = der.context(0, der.integer(3)) end,
  })

  word("version_1_extensions", "malformed", "it is of version 1 and has extensions", {
    parts = function(parts) parts.version = "" end,
  })

  word("version_2_extensions", "malformed", "it is of version 2 and has extensions", {
    parts = function(parts) parts.version = der.context(0, der.integer(1)) end,
  })

  word("version_spelled_out", "malformed", "it spells out version 1", {
    parts = function(parts) parts.version = der.context(0, der.integer(0)) end,
  })

  word("serial_padded", "malformed", "its serial number begins with an octet too many",
    change.serial "\0\0\1")

  word("serial_missing", "malformed", "it has no serial number", {
    parts = function(parts) parts.serial = "" end,
  })

  word("algorithms_differ", "malformed", "its algorithm is another inside than outside", {
    seal = { outer = keys.algorithms.rsa_sha512 },
  })

  word("algorithm_parameters", "malformed", "its algorithm has NULL beside it inside alone", {
    parts = function(parts)
      local _, content = der.read(parts.algorithm)
      parts.algorithm = der.sequence(content, der.null)
    end,
  })

  word("extension_twice", "malformed", "it has one extension twice", {
    parts = function(parts) table.insert(parts.extensions, parts.extensions[1]) end,
  })

  word("extensions_empty", "malformed", "its extensions are an empty sequence", {
    parts = function(parts) parts.extensions_as = der.context(3, der.sequence()) end,
  })

  word("names_empty", "malformed", "its names are an empty sequence",
    { parts = change.valued("subjectAltName", der.sequence()) })

  word("purposes_empty", "malformed", "its purposes are an empty sequence",
    { parts = change.valued("extKeyUsage", der.sequence()) })

  word("policies_empty", "malformed", "its policies are an empty sequence",
    { parts = change.valued("certificatePolicies", der.sequence()) })

  word("extension_trailing", "malformed", "an octet stands behind the value of an extension", {
    parts = function(parts)
      local extension = change.find(parts, "subjectKeyIdentifier")
      extension.value = extension.value .. "\0"
    end,
  })

  word("boolean_ber", "malformed", "a TRUE is not 255", {
    parts = function(parts)
      local extension = change.find(parts, "keyUsage")
      extension.critical, extension.critical_as = false, "\1\1\1"
    end,
  })

  word("length_padded", "malformed", "a length takes more octets than it needs", {
    parts = function(parts) parts.subject = long_form(parts.subject) end,
  })

  word("length_indefinite", "malformed", "the length of a sequence is left open, as BER may", {
    parts = function(parts)
      local _, content = der.read(parts.subject)
      parts.subject = "\48\128" .. content .. "\0\0"
    end,
  })

  word("length_too_large", "malformed", "a length reaches beyond what holds it", {
    parts = function(parts)
      local _, content = der.read(parts.serial)
      parts.serial = der.header(2, 2 ^ 24) .. content
    end,
  })

  word("length_huge", "malformed", "a length is larger than any memory", {
    parts = function(parts) parts.serial = "\2\136\127" .. ("\255"):rep(7) .. "\1" end,
  })

  word("string_constructed", "malformed", "a string is made of pieces, as BER may", {
    parts = function(parts)
      local extension = change.find(parts, "subjectKeyIdentifier")
      local _, content = der.read(extension.value)
      extension.value = der.tlv(0x24, der.octet_string(content))
    end,
  })

  word("tag_long", "malformed", "a tag is written in the long form", {
    parts = function(parts)
      local _, content = der.read(parts.serial)
      parts.serial = "\31\2" .. string.char(#content) .. content
    end,
  })

  word("trailing_bytes", "malformed", "an octet stands behind it", {
    bytes = function(bytes) return bytes .. "\0" end,
    judge = function(options, made) options.chain = pem(made.der) end,
  })

  word("trailing_inside", "malformed", "an element stands behind its extensions", {
    tbs = function(bytes)
      local _, content = der.read(bytes)
      return der.sequence(content, der.null)
    end,
  })

  word("trailing_signature", "malformed", "an element stands behind its signature", {
    bytes = function(bytes)
      local _, content = der.read(bytes)
      return der.sequence(content, der.null)
    end,
  })

  word("signature_unused_bits", "malformed", "its signature ends within an octet", {
    seal = {
      signature = function(bits)
        local _, content = der.read(bits)
        return der.bit_string(content:sub(2, -2) .. "\0", 4)
      end,
    },
  })

  word("truncated", "malformed", "its end is missing", {
    bytes = function(bytes) return bytes:sub(1, -20) end,
    judge = function(options, made) options.chain = made.der end,
  })

  word("empty", "malformed", "it is an empty sequence", {
    bytes = function() return der.sequence() end,
  })

  word("time_without_seconds", "malformed", "a date has no seconds",
    change.field("not_before", der.tlv(0x17, "2001010000Z")))
  word("time_zone", "malformed", "a date is not in UTC",
    change.field("not_before", der.tlv(0x17, "200101000000+0100")))
  word("time_local", "malformed", "a date has no Z behind it",
    change.field("not_before", der.tlv(0x18, "20200101000000")))
  word("time_fraction", "malformed", "a date has fractions of seconds",
    change.field("not_after", der.tlv(0x18, "20990101000000.5Z")))
  word("time_month", "malformed", "a date is in the thirteenth month",
    change.field("not_before", der.utc_time "20201301000000Z"))
  word("time_day", "malformed", "a date is the 30th of February",
    change.field("not_before", der.utc_time "20200230000000Z"))
  word("time_hour", "malformed", "a date has an hour 24",
    change.field("not_before", der.utc_time "20200101240000Z"))
  word("time_not_digits", "malformed", "a date has letters in it",
    change.field("not_before", der.tlv(0x17, "2001O1000000Z")))
  word("time_null", "malformed", "a date is no date", change.field("not_after", der.null))

  word("oid_padded", "malformed", "an object identifier has a part of more octets than it takes", {
    parts = function(parts)
      parts.subject = der.sequence(der.set(der.sequence("\6\4\85\4\128\3", der.utf8 "a")))
    end,
  })

  word("oid_empty", "malformed", "an object identifier has no octets", {
    parts = function(parts)
      parts.subject = der.sequence(der.set(der.sequence(der.tlv(6, ""), der.utf8 "a")))
    end,
  })

  word("rdn_empty", "malformed", "a part of its subject is an empty set", {
    parts = function(parts) parts.subject = der.sequence(der.set()) end,
  })
end
