---@meta _
-- luacheck: ignore 212 241

-- Verdicts: what secsock.core implements in C. The other annotations are where the Lua is.

--- Everything that validation found out about one peer.
---@class secsock.verdict
local verdict = {}

--- Whether no problem was found.
---@return boolean
function verdict:ok() end

--- The names of the problems, each once: those of the peer as a whole, then from the leaf to the
--- anchor.
---@return string[]
function verdict:problems() end

---@class secsock.problem
---@field problem string     "expired"
---@field cert? secsock.cert  which one it is about
---@field text string        a sentence with the particulars
---@field section string     of the rule that is broken: "RFC 5280, 4.2.1.1", "BR 7.1.2.7.10"
---@field alert string       what the peer is told

--- Every problem of every certificate.
---@return secsock.problem[]
function verdict:details() end

---@param problem string
---@return boolean
function verdict:has(problem) end

--- The certificates that the peer sent, the leaf first.
---@return secsock.cert[]
function verdict:chain() end

--- The best path from the leaf to, if it was found, the trust anchor.
---@return secsock.cert[]
function verdict:path() end

--- The name that was asked for.
---@return string?
function verdict:peername() end

---@return "matched"|"mismatched"|"unchecked"
function verdict:name() end

--- What is known about the revocation of the path's index-th certificate, the leaf's unless said;
--- nil past its end.
---@param index? integer
---@return "unknown"|"good"|"revoked"|nil
function verdict:revocation(index) end

--- Whether the certificates are those of an earlier handshake.
---@return boolean
function verdict:resumed() end

--- The moment that validity was judged at, in seconds since 1970.
---@return integer
function verdict:time() end

--- The chain as a tree, for people.
---@return string
function verdict:explain() end
