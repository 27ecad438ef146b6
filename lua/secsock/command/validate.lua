--- secsock validate: judges a chain without a connection.
local secsock = require "secsock"
local facts = require "secsock.command.facts"
local settings = require "secsock.command.settings"
local show = require "secsock.command.show"
local status = require "secsock.command.status"
local terminal = require "secsock.command.terminal"

local validate = {
  name = "validate",
  summary = "judge a chain of certificates without a connection",
  usage = "[OPTION]... CHAIN",
  arguments = { 1, 1 },
  complete = "file",
  about = {
    "Judges the certificates in the file CHAIN, in PEM or DER, as a handshake would: the first is "
      .. "the peer's, others may follow in any order. With - they are read from standard input.",
    "The exit status is the verdict. A server is trusted only if it is said by which name.",
    "In JSON there are trusted, problems (their names, each once), details (a sentence for each of "
      .. "them), chain, path, peername, name, time and resumed.",
  },
  groups = {
    { "What is asked",
      { "name", "NAME", "whom it should be issued for: a host, an address or a mailbox" },
      { "purpose", "PURPOSE", "what it is to be used as; server unless said",
        of = { "server", "client", "any" } },
      { "ocsp", "FILE", "an OCSP response that came with it, in DER" } },
    settings.judging,
    { "How to tell it", settings.json, settings.pem },
  },
  examples = {
    { "secsock validate chain.pem --name mail.example --trust ca.pem",
      "is this a good certificate for mail.example?" },
    { "secsock validate chain.pem --name mail.example --time 2030-01-01",
      "and will it be one then?" },
  },
}

function validate.run(options, arguments)
  local path = arguments[1]
  local from_input = path == "-"
  local verdict = status.attempt(secsock.validate, {
    config = settings.config(options),
    chain = from_input and terminal.read(path) or nil,
    ocsp = from_input and options.ocsp and terminal.read(options.ocsp) or nil,
    chainfile = not from_input and path or nil,
    ocspfile = not from_input and options.ocsp or nil,
    name = options.name,
    purpose = options.purpose,
  })
  if options.json then
    settings.tell_json(facts.verdict(verdict, options.pem))
  else
    show.verdict(verdict, options.pem)
  end
  return verdict:ok() and status.trusted or status.untrusted
end

return validate
