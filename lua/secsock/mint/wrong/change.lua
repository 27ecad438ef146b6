--- Steps that many words have.
local der = require "secsock.mint.der"
local extensions = require "secsock.mint.extensions"

local change = {}

change.DAY = 86400

--- The names of a description, of one kind, as a list.
function change.names(from, kind)
  local said = from[kind]
  return type(said) == "table" and said or { said }
end

--- The extension of a name, and where it stands.
function change.find(parts, name)
  for i, extension in ipairs(parts.extensions) do
    if extension.name == name then return extension, i end
  end
end

--- Leaves an extension out.
function change.without(name)
  return function(parts)
    local _, at = change.find(parts, name)
    table.remove(parts.extensions, at)
  end
end

--- Marks an extension, or takes the mark away.
function change.critical(name, critical)
  return function(parts) change.find(parts, name).critical = critical end
end

--- Gives an extension another value, or adds it with that.
function change.valued(name, value)
  return function(parts)
    local extension = change.find(parts, name)
    if not extension then
      extension = extensions.new(name)
      table.insert(parts.extensions, extension)
    end
    extension.value = value
  end
end

--- One field of the TBSCertificate, in DER.
function change.field(field, element)
  return { parts = function(parts) parts[field] = element end }
end

function change.serial(octets) return change.field("serial", der.integer(octets)) end

--- One name more, beside those that it is issued for.
function change.another(kind, value)
  return {
    fields = function(from)
      local had = change.names(from, kind)
      from.subject = from.subject or had[1]
      from[kind] = { value }
      for i, one in ipairs(had) do from[kind][i + 1] = one end
    end,
  }
end

--- A CA below, by a description.
function change.below(description)
  return function(ca) return ca:intermediate(description) end
end

return change
