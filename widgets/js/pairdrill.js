// Two confusable codes side by side: minimal pairs, the reason at once, mixed once each pair has been met.
import { DrillView, codeLabel, codeName, comingBack, definitionsOf, numberFrom, wholeName, yourAnswer } from "./drill.js";
import { cuedText, dataTable, el, heading, scrollBox } from "./view.js";

const FIRST_OPEN = 3; // pairs
const IN_BLOCK = 2; // items of a pair, before it is mixed with the others

const PAIR_SETTINGS = { therapy: "Therapy", care: "Care" };

// Which pairs are open: the first three, one more for each that is told apart or has no item left, and all that were begun.
export function openPairs(pairs, store) {
  const { drills } = store;
  const states = pairs.map((pair) => {
    const unseen = pair.items.filter(({ id }) => !Object.hasOwn(drills, id));
    return { pair, unseen, ...store.mastery(pair.id) };
  });
  const done = states.filter(({ reached, unseen }) => reached || !unseen.length).length;
  return states.filter(({ answered }, i) => answered || i < FIRST_OPEN + done);
}

// The next question: what is due; then the second item of a pair just begun, or a new pair; then the open pairs in turn;
// then what is left of the pairs that are told apart.
export function nextPairItem(pairs, store) {
  const items = new Map(pairs.flatMap((pair) => pair.items.map((item) => [item.id, { pair, item }])));
  const due = store.due().find((id) => items.has(id));
  if (due) return items.get(due);
  const left = openPairs(pairs, store).filter(({ unseen }) => unseen.length);
  const working = left.filter(({ reached }) => !reached);
  const block = working.find(({ pair, unseen }) => pair.items.length - unseen.length < IN_BLOCK);
  const { drills } = store;
  const lastMet = ({ pair }) => pair.items.map(({ id }) => drills[id]?.first.at ?? "").reduce((a, b) => (a > b ? a : b));
  const longestAgo = (states) => states.toSorted((a, b) => (lastMet(a) < lastMet(b) ? -1 : 1))[0];
  const chosen = block ?? longestAgo(working) ?? longestAgo(left);
  return chosen ? { pair: chosen.pair, item: chosen.unseen[0] } : null;
}

export class PairDrillView extends DrillView {
  // pairs in the order of difficulty: [{ id, codes: [two], question, items: [{ id, setting, before, texts, reasons }] }]
  constructor({ place, pairs, store, level }) {
    super({
      place, store, level, name: "pairs", arrows: true, title: "Tell two codes apart",
      lead: "Two texts, as alike as possible. Only the first sight of an item counts; what you miss comes back after 1, 3, 7 and 21 days.",
    });
    this.pairs = pairs;
    this.start();
  }

  pick() {
    return nextPairItem(this.pairs, this.store);
  }

  record({ pair, item }) {
    return { id: item.id, drill: "pair", pair: pair.id };
  }

  showQuestion(question) {
    const { pair, item } = question;
    // The same after a reload; new when the item comes back, so that the side is not what is remembered.
    const before = this.store.drills[item.id];
    const lot = numberFrom(`${item.id} ${before?.due ?? ""}`);
    question.sides = lot & 1 ? pair.codes : pair.codes.toReversed();
    question.asked = pair.codes[(lot >>> 1) & 1];
    const title = heading(this.level + 1, "", { class: "om-ask", tabIndex: -1 });
    title.append("Which of the two is ", ...wholeName(question.asked), "?");
    this.cards = question.sides.map((code, index) => el("div", { class: "om-card" },
      el("button", { type: "button", class: "om-choice", "data-action": "choose", "data-index": String(index) },
        el("kbd", { text: String(index + 1) }), el("span", { class: "om-text", dir: "auto" }, cuedText(item.texts[code.id])))));
    this.stage.replaceChildren(
      el("p", { class: "om-eyebrow", text: `${PAIR_SETTINGS[item.setting]} \u00b7 ${pairName(pair)}${before ? " \u00b7 comes back" : ""}` }),
      title,
      item.before ? el("p", { class: "om-before", dir: "auto" }, el("span", { class: "om-label", text: "Just before: " }), cuedText(item.before)) : "",
      el("div", { class: "om-cards", "data-part": "choices", role: "group", "aria-label": "Two texts" }, this.cards),
      definitionsOf("What decides", pair.codes, pair.question),
      el("p", { class: "om-note om-keys" }, "Keys: ", el("kbd", { text: "\u2190" }), " ", el("kbd", { text: "\u2192" }), " or ", el("kbd", { text: "1" }), " ", el("kbd", { text: "2" }), " to answer, ", el("kbd", { text: "Enter" }), " to go on."));
    return title;
  }

  showAnswer({ pair, item, sides, asked }, index) {
    const right = sides[index] === asked;
    this.cards.forEach((card, i) => {
      card.dataset.kind = sides[i] === asked ? "asked" : "other";
      card.firstChild.setAttribute("aria-pressed", String(i === index));
      card.append(el("div", { class: "om-why" }, el("p", {}, codeLabel(sides[i]), i === index && yourAnswer()), el("p", { dir: "auto", text: item.reasons[sides[i].id] })));
    });
    const where = sides.indexOf(asked) + 1;
    return { right, words: `: text ${where} is ${codeName(asked)}. The question that decides: ${pair.question}` };
  }

  progress({ pair }) {
    const { answered, right, reached } = this.store.mastery(pair.id);
    const of = Math.min(8, answered);
    return el("p", { class: "om-note", "data-part": "progress", text: `${pairName(pair)}: ${right} of ${answered < 8 ? of : "the last 8"} right at first sight. ${reached ? "You tell them apart; the pair rests now." : "7 of the last 8 open another pair."}` });
  }

  summary() {
    const open = openPairs(this.pairs, this.store).filter(({ answered }) => answered);
    if (!open.length) return el("p", { text: "There is no item to answer." });
    const rows = open.map(({ pair, answered, right, reached, unseen }) => [pairName(pair), String(answered), `${right} of ${Math.min(8, answered)}`,
      reached ? "told apart" : unseen.length ? "open" : "all seen"]);
    const caption = "First sights only.";
    const ids = this.pairs.flatMap(({ items }) => items.map(({ id }) => id));
    return el("div", { class: "om-summary" },
      scrollBox(caption, dataTable({ caption, columns: ["Pair", "Seen", "Right of the last 8", "Now"], rows })),
      el("p", { class: "om-note", text: `A pair counts as told apart at 7 of the last 8. Somebody who only guesses gets there with about one pair in ${GUESSED}: unlikely, but possible. ${comingBack(this.store, ids)}` }));
  }
}

const pairName = ({ codes }) => codes.map(({ id }) => id).join(" or ");
const GUESSED = 12; // within 12 items: 351 of the 4096 ways in which a coin can fall
