// The record of practice: what was coded in the self-check and how it compares with the provisional key, to print.
import { agreementViews } from "./takes.js";
import { actionButton, el, heading, plural } from "./view.js";

// take: a finished one; entries: its excerpts as PracticeStore keeps them.
export function recordView({ take, entries, columns, catalog, coder, statement, level }) {
  const titles = new Map(catalog.map(({ id, title }) => [id, title]));
  const units = entries.reduce((sum, { answers }) => sum + new Set(answers.filter(([, , value]) => value !== null).map(([unit]) => unit)).size, 0);
  const day = (time) => new Date(time).toLocaleDateString("en", { year: "numeric", month: "long", day: "numeric" });
  const box = el("section", { class: "om-record", "data-part": "record", "aria-label": "Record of practice" },
    heading(level, "Record of practice"),
    el("p", { text: "Opening Minds: a living handbook of implicit learning in therapy" }),
    el("dl", { class: "om-record-facts" },
      fact("Code word", coder), fact("Begun and handed in", `${day(take.started)}, ${day(take.done)}`),
      fact("What was coded", `${plural(units, "unit")} in ${plural(entries.length, "excerpt")}, before any feedback${take.round > 1 ? `; for the ${take.round}th time, so that the excerpts were known` : ""}`),
      fact("Keys", entries.map(({ excerpt, key_version: version }) => `${titles.get(excerpt) ?? excerpt} (version ${version})`).join(", "))),
    el("p", { text: "This record certifies nothing. It has no threshold, and nobody passes or fails: the answer key is provisional, "
      + "the excerpts are invented, and no certified trainer has coded them. It says how often one reader and one key agreed." }),
    el("p", { text: statement }),
    el("p", { text: "Certified training is another matter. It is given by the people to whom an instrument belongs: coders watch recordings with a trainer, "
      + "code the same material independently of one another, are compared with certified coders, and are tested again after months. "
      + "Ask the authors of the MISC for training in it, and the centers that train in mentalization-based treatment for that." }),
    ...agreementViews({ finished: entries, columns, level: level + 1 }));
  return [el("p", { class: "om-record-actions" }, actionButton("print-record", "Print the record", { class: "om-button om-primary", onclick: () => printOnly(box) })), box];
}

const fact = (term, text) => el("div", {}, el("dt", { text: term }), el("dd", { dir: "auto", text }));

// Print one part of the page: its ancestors stay, whatever stands beside them is left out.
function printOnly(box) {
  const marked = [];
  for (let node = box; node !== document.body; node = node.parentElement) {
    node.classList.add("om-printed");
    marked.push(node);
  }
  document.documentElement.classList.add("om-print-one");
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("om-print-one");
    for (const node of marked) node.classList.remove("om-printed");
  }, { once: true });
  print();
}
