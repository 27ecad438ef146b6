// Looks at diagrams after layout, each in a frame of its own, and writes down what is not as it
// should be: a line for each check of each page, "page, check: what was found". Before it come
// `pages` and `left`, their number.

"use strict";

const near = (a, b) => Math.abs(a - b) <= 1.5;
const box = (element) => element.getBoundingClientRect();
const rows = (page) => [...page.querySelectorAll(".events > li")];
const kinds = (page, kind) => rows(page).filter((row) => row.dataset.kind === kind);
const lane = (row) => row.querySelector(".lane");
const name = (element) =>
  `${element.className || element.tagName} "${element.textContent.slice(0, 30)}"`;

const checks = {
  fits(page) {
    const root = page.documentElement;
    return root.scrollWidth > root.clientWidth ? [`${root.scrollWidth} wide`] : [];
  },

  // Nothing leaves the space between the lifelines, nor its own box.
  overflow(page) {
    const found = [];
    for (const row of rows(page)) {
      const outer = box(lane(row));
      for (const element of lane(row).querySelectorAll("*:not(svg, svg *, .aside)")) {
        const inner = box(element);
        if (inner.left < outer.left - 1 || inner.right > outer.right + 1 ||
            inner.bottom > outer.bottom + 7) found.push(name(element));
        if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
          found.push("content of " + name(element));
      }
    }
    return found;
  },

  // Labels stand above their arrows, rows below one another.
  overlap(page) {
    const found = [];
    let last = -Infinity;
    for (const row of rows(page)) {
      const label = row.querySelector(".label"), arrow = row.querySelector(".arrow");
      if (label && box(label).bottom > box(arrow).top + 1) found.push(name(row));
      if (box(row).top < last - 1) found.push("above its predecessor: " + name(row));
      last = box(row).bottom;
    }
    return found;
  },

  // Two straight lines without a gap, from one head each.
  lifelines(page) {
    const found = [], all = rows(page), first = box(lane(all[0]));
    all.forEach((row, i) => {
      const it = box(lane(row));
      if (!near(it.left, first.left) || !near(it.right, first.right))
        found.push("bent: " + name(row));
      if (i > 0 && !near(it.top, box(lane(all[i - 1])).bottom)) found.push("a gap: " + name(row));
      const style = page.defaultView.getComputedStyle(lane(row));
      if (style.borderLeftWidth !== "3px" || style.borderRightWidth !== "3px") found.push("none");
    });
    const heads = [...page.querySelectorAll(".heads b")].map(box);
    const over = (head, x) => head.left < x && x < head.right && head.bottom <= first.top + 1;
    if (!over(heads[0], first.left) || !over(heads[1], first.right)) found.push("heads");
    return found;
  },

  // From one lifeline to the other, with the head where the bytes arrive.
  arrows(page) {
    const found = [];
    for (const row of page.querySelectorAll(".sent")) {
      const outer = box(lane(row)), line = box(row.querySelector(".arrow line"));
      const head = box(row.querySelector(".arrow path"));
      if (line.width < outer.width - 8) found.push("short: " + name(row));
      const client = row.classList.contains("from-client");
      const at = client ? outer.right - head.right : head.left - outer.left;
      if (at < -4 || at > 8) found.push("head: " + name(row));
    }
    return found;
  },

  // Each at the side of the end that it is about.
  sides(page) {
    const found = [];
    for (const element of page.querySelectorAll(".own .card, .sent .label > :last-child")) {
      const outer = box(element.closest(".lane")), inner = box(element);
      const left = inner.left - outer.left, right = outer.right - inner.right;
      const client = element.closest("li").classList.contains("from-client");
      if (client ? left > 30 : right > 30) found.push(name(element));
    }
    return found;
  },

  // Behind all that is in the clear, before the handshake.
  upgrade(page) {
    const all = rows(page), of = (kind) => all.findIndex((row) => row.dataset.kind === kind);
    const rule = kinds(page, "upgrade")[0];
    if (!rule) return ["none"];
    const plain = all.map((row) => row.dataset.kind).lastIndexOf("plain");
    const wide = box(rule.querySelector(".card")).width >= box(lane(rule)).width - 8;
    const found = of("upgrade") < plain ? ["before plaintext"] : [];
    if (of("handshake") >= 0 && of("handshake") < of("upgrade")) found.push("behind the handshake");
    return wide ? found : [...found, "narrow"];
  },

  // A tree: each certificate below its issuer and further in, problems below their certificate.
  chain(page) {
    const found = [];
    for (const tree of page.querySelectorAll(".chain:not(.unused)")) {
      const subjects = [...tree.querySelectorAll(".subject")].map(box);
      subjects.forEach((it, i) => {
        const above = subjects[i - 1];
        if (above && (it.left <= above.left + 5 || it.top < above.bottom - 2))
          found.push("no tree");
      });
      for (const problem of tree.querySelectorAll(".problems li")) {
        const subject = problem.closest(".top, .below").querySelector(".subject");
        if (box(problem).top < box(subject).bottom - 2) found.push(name(problem));
      }
    }
    return found;
  },

  // Large enough, and to be told from what is behind it: WCAG 2.2, success criterion 1.4.3.
  legible(page) {
    const found = new Set(), view = page.defaultView;
    const number = (text) => text.match(/[\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = number(view.getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] > 0) return colour;
      }
      return [255, 255, 255];
    };
    for (const element of page.querySelectorAll("main *:not(svg, svg *, .aside)")) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!own) continue;
      const style = view.getComputedStyle(element);
      const [a, b] = [light(number(style.color)), light(behind(element))].sort((x, y) => y - x);
      if ((a + 0.05) / (b + 0.05) < 4.5) found.add(`pale: ${name(element)}`);
      if (parseFloat(style.fontSize) < 8.5) found.add(`small: ${name(element)}`);
    }
    return [...found];
  },

  loads(page) {
    return page.defaultView.performance.getEntriesByType("resource").map((entry) => entry.name);
  },
};

const facts = (page) => [
  `rows ${rows(page).length}`,
  `dark ${page.defaultView.matchMedia("(prefers-color-scheme: dark)").matches}`,
  `problems ${page.querySelectorAll(".problems li").length}`,
  `certificates ${page.querySelectorAll(".verdict .subject").length}`,
  `wire ${page.querySelectorAll(".wire").length}`,
  `alarms ${[...page.querySelectorAll(".alarm")].map((row) => row.className.match(/from-\w+/)[0])}`,
  `folded ${page.querySelectorAll(".folded").length}`,
  `scripts ${page.scripts.length}`,
];

const report = [];
for (const { title, width, dark, html } of pages) {
  const frame = document.createElement("iframe");
  const scheme = dark ? "dark" : "light";
  frame.style = `border: 0; height: 900px; width: ${width}px; color-scheme: ${scheme}`;
  frame.onload = () => {
    const page = frame.contentDocument;
    for (const [check, look] of Object.entries(checks))
      report.push(`${title}, ${check}: ${look(page).join("; ")}`);
    for (const fact of facts(page)) report.push(`${title}, ${fact}`);
    if (--left === 0) document.getElementById("report").textContent = report.join("\n");
  };
  frame.srcdoc = html;
  document.body.append(frame);
}
