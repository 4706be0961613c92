// Definitions of the codebook with a gap to fill.
import { DrillView, codeLabel, codeName, comingBack, shuffledBy, yourAnswer } from "./drill.js";
import { el, heading, unseen } from "./view.js";

export class ClozeDrillView extends DrillView {
  // items: [{ id, code: { id, name, colour, definition }, gap, others, reason }]; `gap` stands once in the definition
  constructor({ place, items, store, level }) {
    super({
      place, store, level, name: "cloze", title: "Fill the gap in the definition",
      lead: "Each definition hangs on a few words. What you miss comes back after 1, 3, 7 and 21 days.",
    });
    this.items = items;
    this.start();
  }

  pick() {
    const due = this.store.due().find((id) => this.items.some((item) => item.id === id));
    const { drills } = this.store;
    return this.items.find(({ id }) => (due ? id === due : !Object.hasOwn(drills, id))) ?? null;
  }

  record({ id, code }) {
    return { id, drill: "cloze", code: code.id };
  }

  showQuestion(item) {
    item.choices = shuffledBy(`${item.id} ${this.store.drills[item.id]?.due ?? ""}`, [item.gap, ...item.others]);
    const title = heading(this.level + 1, "Which words belong in the gap?", { class: "om-ask", tabIndex: -1 });
    const [before, after] = item.code.definition.split(item.gap);
    this.hole = el("span", { class: "om-gap" }, el("span", { "aria-hidden": "true", text: "\u2003\u2003\u2003\u2003" }), unseen("[gap]"));
    this.label = el("p", { class: "om-eyebrow", text: Object.hasOwn(this.store.drills, item.id) ? "A definition of the codebook \u00b7 comes back" : "A definition of the codebook" });
    this.stage.replaceChildren(this.label, title,
      el("p", { class: "om-definition-text", dir: "auto" }, before, this.hole, after),
      el("div", { class: "om-choices", "data-part": "choices", role: "group", "aria-label": "Fillings" }, item.choices.map((text, index) => (
        el("button", { type: "button", class: "om-choice", "data-action": "choose", "data-index": String(index) },
          el("kbd", { text: String(index + 1) }), el("span", { class: "om-text", dir: "auto", text }))))),
      el("p", { class: "om-note om-keys" }, "Keys: ", el("kbd", { text: "1" }), " to ", el("kbd", { text: String(item.choices.length) }), " to answer, ", el("kbd", { text: "Enter" }), " to go on."));
    return title;
  }

  showAnswer(item, index) {
    const right = item.choices[index] === item.gap;
    this.label.replaceChildren(codeLabel(item.code));
    this.hole.replaceChildren(el("strong", { text: item.gap }));
    item.choices.forEach((choice, i) => {
      const button = this.choiceAt(i);
      button.setAttribute("aria-pressed", String(i === index));
      if (i === index) button.append(yourAnswer());
      if (choice === item.gap) button.dataset.kind = "asked";
    });
    return { right, words: `: \u201c${item.gap}\u201d. This is ${codeName(item.code)}. ${item.reason}` };
  }

  seen() {
    const { drills } = this.store;
    return this.items.filter(({ id }) => Object.hasOwn(drills, id));
  }

  progress() {
    return el("p", { class: "om-note", "data-part": "progress", text: `${this.seen().length} of ${this.items.length} definitions seen.` });
  }

  summary() {
    const seen = this.seen();
    const { drills } = this.store;
    const right = seen.filter(({ id }) => drills[id].first.right).length;
    const words = seen.length ? `${right} of ${seen.length} right at first sight; ${this.items.length} definitions in all.` : "There is no definition to fill.";
    return el("p", { class: "om-note", text: `${words} ${comingBack(this.store, this.items.map(({ id }) => id))}` });
  }
}
