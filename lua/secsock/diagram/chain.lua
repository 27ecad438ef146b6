--- The chain of a verdict as a tree, each certificate with its problems.
local element = require "secsock.diagram.element"

local new = element.new

local function date(seconds) return os.date("!%Y-%m-%d", seconds) end

local function key_of(cert)
  if cert:curve() then return cert:keytype() .. " " .. cert:curve() end
  return ("%s, %d bits"):format(cert:keytype(), cert:keybits())
end

local function names_of(cert)
  local names = {}
  for i, san in ipairs(cert:sans()) do names[i] = san.value end
  return #names > 0 and " · for " .. table.concat(names, ", ") or ""
end

local function facts_of(cert)
  return ("valid %s to %s · %s"):format(date(cert:notbefore()), date(cert:notafter()), key_of(cert))
end

-- The problems of one certificate, or, without one, of the peer as a whole.
local function problems_of(verdict, cert)
  local items = {}
  for _, detail in ipairs(verdict:details()) do
    if detail.cert == cert then
      items[#items + 1] = new("li", {}, new("b", {}, detail.problem), " " .. detail.text .. " ",
                              new("cite", {}, detail.section))
    end
  end
  return #items > 0 and new("ul", "problems", items)
end

local function certificate(verdict, cert, is_leaf, is_anchor)
  return {
    new("span", "subject", cert:subject()), " ",
    is_anchor and new("span", "tag", "trust anchor"),
    new("span", "facts", facts_of(cert) .. (is_leaf and names_of(cert) or "")),
    problems_of(verdict, cert),
  }
end

-- Only the anchor's line is neither indented nor marked.
local function is_anchored(verdict, top)
  return verdict:explain():find("\n  " .. top:subject() .. " (trust anchor)\n", 1, true) ~= nil
end

-- The path from its index-th certificate down to the leaf.
local function tree(verdict, path, index)
  local is_top = index == #path
  return new("li", is_top and "top" or "below",
    certificate(verdict, path[index], index == 1, is_top and is_anchored(verdict, path[index])),
    index > 1 and new("ul", {}, tree(verdict, path, index - 1)))
end

-- What was sent and is not in the path.
local function unused(verdict, path)
  local items, used = {}, {}
  for _, cert in ipairs(path) do used[cert:sha256()] = true end
  for _, cert in ipairs(verdict:chain()) do
    if not used[cert:sha256()] then
      items[#items + 1] = new("li", {}, certificate(verdict, cert))
    end
  end
  return #items > 0 and new("ul", "chain unused", "also sent, and not used:", items)
end

--- What stands in the card of a verdict.
---@param verdict secsock.verdict
return function(verdict)
  local path = verdict:path()
  return {
    problems_of(verdict, nil),
    #path > 0 and new("ul", "chain", tree(verdict, path, #path)),
    unused(verdict, path),
  }
end
