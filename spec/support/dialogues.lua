--- What the STARTTLS dialogues are tested with: transcripts, see spec.support.transcript. All that
-- a peer says is written down here byte by byte, and owes nothing to the code under test.
--
-- For each protocol: a transcript in which all goes well, for the client and for the server under
-- test; what the client learns from it; and transcripts that end badly, with the word they end in.
local protocols = {}
for _, kind in ipairs { "lines", "messages" } do
  for name, protocol in pairs(require("spec.support.dialogues." .. kind)) do
    protocols[name] = protocol
  end
end
return protocols
