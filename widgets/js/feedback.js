// What a reader is told about one unit: first what was seen rightly, then the key's reason, then one question to go on with.
import { NO_CODE } from "./exercise.js";
import { match } from "./score.js";
import { el, percentText, listing } from "./view.js";

export const MATCHES = {
  full: { sign: "\u25cf", word: "Full match" },
  part: { sign: "\u25d0", word: "Part match" },
  no: { sign: "\u25cb", word: "No match" },
  none: { sign: "\u2013", word: "Not coded" },
};

// Feedback on a unit as plain data: { unit, number, columns: [...], question }, matches first.
export function unitFeedback(exercise, unit, codes) {
  const order = Object.keys(MATCHES);
  const columns = exercise.columnsOf(unit)
    .filter((column) => exercise.key[unit.id]?.[column.id])
    .map((column) => columnFeedback(exercise, column, codes[unit.id]?.[column.id] ?? null, exercise.key[unit.id][column.id]))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const ask = columns.find((column) => column.kind !== "full") ?? columns[0];
  return { unit: unit.id, number: exercise.numbers.get(unit.id), columns, question: ask ? questionFor(exercise, ask) : "" };
}

function columnFeedback(exercise, column, chosen, entry) {
  const { kind, credit } = match(chosen, entry);
  const others = Object.entries(entry.why_not ?? {}).filter(([value]) => kind === "full" || value === chosen);
  return {
    id: column.id, name: column.name, kind, credit: credit ?? 0, chosen, value: entry.value, entry,
    mine: exercise.label(column.id, chosen),
    key: exercise.label(column.id, entry.value),
    saw: sawRightly(exercise, column, chosen, entry, kind),
    reason: entry.reason,
    whyNot: others.map(([value, text]) => ({ value: short(value), text })),
    split: Object.entries(entry.split ?? {}).sort((a, b) => b[1] - a[1])
      .map(([value, share]) => ({ value, share, label: exercise.label(column.id, value), short: short(value) })),
    folded: entry.finest && entry.finest !== entry.value ? foldingNote(entry) : "",
  };
}

function sawRightly(exercise, column, chosen, entry, kind) {
  if (kind === "part") return "A careful reader may well see the same and answer as you did.";
  if (kind === "full" || kind === "none") return "";
  if (chosen === NO_CODE) return "Nothing that called for a code. Being sparing guards against reading too much into a unit; here the key does find a code.";
  if (entry.value === NO_CODE) return `Something that looked like ${chosen}. Asking what a unit does is how coding begins; here the key finds that no code applies.`;
  if (stem(chosen) === stem(entry.value)) return `The kind of act: ${chosen} and ${entry.value} are two forms of it.`;
  return "Something happens in this unit that deserves a code. The key sees that too, under another name.";
}

const short = (value) => (value === null ? "not coded" : value === NO_CODE ? "none" : value);
const stem = (code) => code.split("-")[0]; // AF-p and AF-r are two forms of AF

function foldingNote({ finest, value }) {
  return value === NO_CODE
    ? `In a finer lens the key is ${finest}; here that counts as none.`
    : `In a finer lens the key is ${finest}; here that counts as ${value}.`;
}

function questionFor(exercise, { id, kind, chosen, value }) {
  const neighbours = exercise.code(id, value === NO_CODE ? chosen : value)?.confused_with ?? [];
  if (kind === "full") {
    const pair = neighbours.find((other) => exercise.code(id, other.code)) ?? neighbours[0];
    if (pair) return `What would have to be different for this to be ${pair.code}? ${pair.question}`;
    return value === NO_CODE
      ? "Which code comes nearest here, and what does the unit lack for it?"
      : "Which words or cues told you?";
  }
  const pair = neighbours.find((other) => other.code === chosen)
    ?? exercise.code(id, chosen)?.confused_with?.find((other) => other.code === value);
  if (pair) return `${chosen} or ${value}? ${pair.question}`;
  if (!chosen || chosen === NO_CODE) return value === NO_CODE ? "Which code comes nearest here, and what does the unit lack for it?"
    : `Compare the definition of ${value} with the unit: which words or cues fit it?`;
  return value === NO_CODE
    ? `Compare the definition of ${chosen} with the unit: which part of it is not there?`
    : `Compare the definitions of ${chosen} and ${value}: which words of the unit decide between them?`;
}

// One sentence for the live region.
export function feedbackInWords({ number, columns }) {
  return `Unit ${number}. ${columns.map((column) => (
    `${column.name}: ${MATCHES[column.kind].word.toLowerCase()}; you ${short(column.chosen)}, key ${short(column.value)}.`)).join(" ")}`;
}

export function feedbackView(feedback, actions) {
  return el("div", { class: "om-feedback", "data-part": "feedback", role: "group", "aria-label": `Feedback on unit ${feedback.number}` },
    feedback.columns.map((column) => columnView(column, feedback.columns.length > 1)),
    feedback.question && el("p", { class: "om-question" }, el("strong", { text: "To go on: " }), feedback.question),
    actions);
}

function columnView(column, named) {
  const { sign, word } = MATCHES[column.kind];
  const line = (term, text) => text && el("div", {}, el("dt", { text: term }), el("dd", { dir: "auto", text }));
  return el("div", { class: "om-verdict", "data-kind": column.kind, "data-column": column.id },
    el("p", { class: "om-verdict-head" },
      el("span", { class: "om-sign", "aria-hidden": "true", text: sign }),
      el("strong", { text: named ? `${column.name}: ${word.toLowerCase()}` : word }),
      " ",
      el("span", { class: "om-answers" }, "You: ", el("b", { text: column.mine }), ". Provisional key: ", el("b", { text: column.key }), ".")),
    column.split.length ? splitView(column) : null,
    el("dl", {},
      line("What you saw", column.saw),
      line(column.kind === "full" ? "You and the key saw" : "What the key saw", column.reason),
      column.whyNot.map(({ value, text }) => line(`Why not ${value}`, text)),
      line("Finer", column.folded)));
}

function splitView({ split, kind, credit }) {
  const shares = split.map(({ label, share }) => `${label} ${percentText(share)}`);
  const earned = kind === "none" ? "" : ` Your answer earns ${kind === "full" ? "full credit" : `${Number(credit.toFixed(2))} of 1`}.`;
  return el("div", { class: "om-split" },
    el("p", {}, el("strong", { text: "Careful readers may differ here." }),
      ` Our own judgment of the split: ${listing(shares)}.${earned}`),
    el("div", { class: "om-split-bar", "aria-hidden": "true" },
      split.map(({ short, share }) => {
        const part = el("span", { text: `${short} ${percentText(share)}` });
        part.style.flexGrow = share;
        return part;
      })));
}

// The text of "I disagree with this key".
export function disagreement(exercise, feedback) {
  const { excerpt, lens } = exercise;
  const unit = exercise.units.get(feedback.unit);
  return {
    title: `Key of ${excerpt.id}, unit ${unit.id} (${lens.id}, key version ${excerpt.key_version})`,
    body: [
      `Excerpt: ${excerpt.title} (${excerpt.id}), key version ${excerpt.key_version}, lens ${lens.id}`,
      `Unit ${feedback.number} (${unit.id}), ${unit.speaker}: ${unit.text}`,
      ...feedback.columns.map((column) => `${column.name}: the key says ${column.key} (${column.reason}); I say ${column.mine}.`),
      "I disagree, because: ",
    ].join("\n"),
  };
}
