---@meta _

-- Errors, which secsock.core makes in C.

--- What went wrong. tostring() of it is the message.
---@class secsock.error
---@field code string             "SECSOCK_E_TRUNCATED"
---@field message string          one line for people: what, where and why
---@field errno? integer          where a system call failed
---@field alert? string           the name of the TLS alert, in RFC 8446's words
---@field alert_received? boolean whether the peer sent it, else this end did
---@field verdict? secsock.verdict
