--- How the pages look: light or dark as the reader has it, wide or narrow. Nothing is loaded.
return [[
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1f2430; --soft: #5d6472; --line: #d9d6cd;
  --plain: #9a8f7c; --tls: #c08a1e; --secure: #157a55; --bad: #c2362f; --wire: #984507;
  --plain-tint: transparent; --tls-tint: #fdf4df; --secure-tint: #eaf6f0;
  --bad-tint: #fdeceb; --wire-tint: #fff1e3; --code: #2b4a7d;
  --rule: #84590a;
  --time: 4.2rem; --edge: 1.6rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171d; --card: #1d222b; --ink: #e6e8ec; --soft: #98a0ae; --line: #343b47;
    --plain: #8d8574; --tls: #d9a441; --secure: #43bd8d; --bad: #ff7b72; --wire: #f0964a;
    --tls-tint: #262116; --secure-tint: #14261f; --bad-tint: #33191a; --wire-tint: #2f2113;
    --code: #a5c4f7; --rule: #d9a441;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
    sans-serif;
}
main { max-width: 68rem; margin: 0 auto; padding: 2.2rem 1.2rem 4rem; }
h1 { margin: 0; font-size: 1.5rem; font-weight: 650; letter-spacing: -0.01em; }
.summary { margin: .35rem 0 1.8rem; color: var(--soft); }
code, .mono, time {
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
code, .mono { font-size: .87em; overflow-wrap: anywhere; }
code { color: var(--code); }

/* The two lifelines are the edges of what lies between them. */
.heads, .events > li { display: grid; grid-template-columns: var(--time) 1fr var(--edge); }
.heads { position: sticky; top: 0; z-index: 1; background: var(--paper); padding: .5rem 0 .3rem; }
.heads div { grid-column: 2; display: flex; justify-content: space-between; }
.heads b {
  padding: .2rem .85rem; border-radius: 99px; background: var(--ink); color: var(--paper);
  font-weight: 600; font-size: .9rem; margin: 0 -1.4rem;
}
figure { margin: 0; }
.events { list-style: none; margin: 0; padding: 0; }
.events > li { --left: var(--plain); --right: var(--plain); }
time { color: var(--soft); font-size: .74rem; padding: .42rem .7rem 0 0; text-align: right; }
.lane {
  position: relative; min-width: 0; padding: .28rem 0;
  border: 0 solid; border-width: 0 3px; border-left-color: var(--left);
  border-right-color: var(--right);
}
.client-tls { --left: var(--tls) !important; } .server-tls { --right: var(--tls) !important; }
.client-secure { --left: var(--secure) !important; }
.server-secure { --right: var(--secure) !important; }
.client-over { --left: var(--line) !important; } .server-over { --right: var(--line) !important; }
.tls .lane { background: var(--tls-tint); } .secure .lane { background: var(--secure-tint); }

/* For those who hear the page: whose it is. */
.aside { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

/* What goes from one end to the other. */
.sent .label { padding: 0 1rem; display: flex; flex-wrap: wrap; gap: .3rem; align-items: baseline; }
.from-server .label { justify-content: flex-end; text-align: right; }
.arrow { display: block; overflow: visible; color: var(--plain); margin-top: .1rem; }
.arrow line, .arrow path { stroke: currentColor; stroke-width: 1.6; fill: none; }
.arrow path { fill: currentColor; stroke-linejoin: round; }
.protected .arrow { color: var(--secure); }
.alarm .arrow { color: var(--bad); }
.record {
  display: inline-flex; flex-wrap: wrap; max-width: 100%; border: 1px solid var(--line);
  border-radius: .4rem; background: var(--card); font-size: .86rem; text-align: left;
}
.record > * { padding: .08rem .5rem; min-width: 0; overflow-wrap: anywhere; }
.record > * + * { border-left: 1px solid var(--line); }
.record .size { color: var(--soft); font-size: .78rem; padding-top: .14rem; }
.protected .record { border-color: var(--secure); }
.alarm .record { border-color: var(--bad); background: var(--bad-tint); color: var(--bad); }
.alarm .size { color: var(--bad) !important; }
.faint .record { color: var(--soft); }
.folded .record { box-shadow: 3px 3px 0 -1px var(--card), 3px 3px 0 0 var(--line),
  6px 6px 0 -1px var(--card), 6px 6px 0 0 var(--line); margin: 0 6px 6px 0; }

/* What one end finds, or becomes. */
.own .card { width: fit-content; max-width: min(82%, 46rem); margin: .1rem .9rem; }
.own.from-server .card { margin-left: auto; }
.note .card { color: var(--soft); font-size: .88rem; }
.note .card::before { content: "• "; }
.verdict .card, .became .card, .bad .card {
  border: 1px solid var(--line); border-left: 4px solid var(--mark); border-radius: .5rem;
  background: var(--card); padding: .45rem .8rem; overflow-wrap: anywhere;
}
.from-server .card { text-align: left; }
.good { --mark: var(--secure); } .bad { --mark: var(--bad); }
.card > strong { color: var(--mark); font-weight: 650; }
.chips { display: inline-flex; flex-wrap: wrap; gap: .3rem; margin-left: .5rem; }
.chips span {
  border: 1px solid var(--line); border-radius: 99px; padding: 0 .55rem; font-size: .8rem;
}

/* The chain: a tree from its anchor down, each certificate with its problems. */
.chain, .chain ul { list-style: none; margin: 0; padding: 0; }
.chain { margin-top: .4rem; }
.chain .below { margin-left: .55rem; padding-left: 1.05rem; position: relative; }
.chain .below::before {
  content: ""; position: absolute; left: 0; top: -.15rem; width: .8rem; height: 1.05rem;
  border: solid var(--soft); border-width: 0 0 1.5px 1.5px; border-bottom-left-radius: .35rem;
}
.subject { font-weight: 600; }
.tag {
  font-size: .72rem; border: 1px solid currentColor; border-radius: .3rem; padding: 0 .35rem;
  color: var(--secure); white-space: nowrap;
}
.facts { display: block; color: var(--soft); font-size: .84rem; }
.problems { margin: .15rem 0 .2rem !important; }
.problems li {
  color: var(--bad); background: var(--bad-tint); border-radius: .35rem; padding: .1rem .5rem;
  margin: .15rem 0; font-size: .88rem;
}
.problems cite { color: var(--soft); font-style: normal; font-size: .8rem; }
.unused { margin-top: .4rem; border-top: 1px dashed var(--line); padding-top: .3rem; }

/* What the wire does, and the moment of the upgrade. */
.wire .card {
  width: fit-content; max-width: 82%; margin: .15rem auto; padding: .15rem .8rem;
  border: 1.5px dashed var(--wire); border-radius: .5rem; color: var(--wire);
  background: var(--wire-tint); font-size: .9rem; overflow-wrap: anywhere;
}
.rule .card {
  display: flex; align-items: center; gap: .8rem; color: var(--tls); padding: .35rem 0;
}
.rule.clear .card { color: var(--plain); }
.rule .card::before, .rule .card::after {
  content: ""; flex: 1; border-top: 2px solid currentColor;
}
.rule strong {
  color: var(--rule); display: inline-flex; gap: .45rem; align-items: center; font-weight: 650;
}
.rule svg { width: 1rem; height: 1rem; fill: none; stroke: currentColor; stroke-width: 2; }
.crossing .card { background: var(--bad); border-color: var(--bad); }
.crossing .card > strong { color: var(--paper); }
@media (max-width: 42rem) {
  :root { --time: 2.9rem; --edge: .9rem; }
  main { padding: 1.2rem .5rem 3rem; }
  body { font-size: 14px; }
  time { font-size: .62rem; padding-right: .35rem; }
  .heads b { margin: 0 -.7rem; }
  .sent .label { padding: 0 .5rem; }
  .own .card, .wire .card { max-width: 94%; margin-left: .5rem; margin-right: .5rem; }
  .own.from-server .card { margin-left: auto; }
}
@media print { .heads { position: static; } }
]]
