// Cards to put under headings: by dragging, by tapping a card and then a heading, or by keyboard; then a reason for each.
import { TaskView, letDrag, stressed } from "./task.js";
import { actionButton, el, plural } from "./view.js";

export class SortView extends TaskView {
  // task: { id, text, headings: [text], cards: [{ text, heading, why }] }
  constructor({ place, task }) {
    super({ place, task, label: "Sort" });
    const { signal } = this.stopped;
    letDrag({
      root: this.body, cards: ".om-card", targets: "[data-heading]", signal,
      drop: (card, target) => this.put(this.buttons.indexOf(card), Number(target.dataset.heading)),
    });
    this.root.addEventListener("keydown", (event) => this.press(event), { signal });
    this.start(this.kept());
  }

  start(kept) {
    const { headings, cards } = this.task;
    this.chosen = null;
    this.places = cards.map(({ text }) => headings.indexOf(kept?.placed?.[text])); // -1: not yet
    this.buttons = cards.map(({ text }) => el("button", { type: "button", class: "om-card", "data-action": "choose", "aria-pressed": "false", dir: "auto" }, stressed(text)));
    this.tray = el("ul", { class: "om-tray", "data-heading": "-1", "aria-label": "Cards to place" });
    this.lists = headings.map((text) => el("ul", { "aria-label": `Under ${text}` }));
    this.heads = headings.map((text, i) => el("button", { type: "button", class: "om-head", "data-action": "put", dir: "auto" }, text, " ", el("kbd", { "aria-hidden": "true", text: String(i + 1) })));
    this.body.replaceChildren(this.tray, el("div", { class: "om-bins" }, headings.map((_, i) => el("div", { class: "om-bin", "data-heading": String(i) }, this.heads[i], this.lists[i]))),
      el("p", { class: "om-note", text: "Drag a card under a heading; or choose the card, then the heading; or press the number of the heading while the card has the focus." }));
    this.buttons.forEach((button, i) => this.listOf(i).append(el("li", {}, button)));
    this.after.replaceChildren(actionButton("check", "Check", { class: "om-button om-primary" }));
    if (kept?.checked && !this.places.includes(-1)) this.show();
  }

  listOf(card) {
    return this.lists[this.places[card]] ?? this.tray;
  }

  act(action, button) {
    if (action === "choose") this.choose(this.buttons.indexOf(button));
    else if (action === "put" && this.chosen === null) this.say("Choose a card first, then a heading.");
    else if (action === "put") this.put(this.chosen, this.heads.indexOf(button));
    else if (action === "check") this.check();
    else super.act(action, button);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const card = this.buttons.indexOf(event.target);
    const heading = Number(event.key) - 1;
    if (event.key === "Escape" && this.chosen !== null) this.choose(this.chosen);
    else if (card >= 0 && this.heads[heading] && event.target.getAttribute("aria-disabled") !== "true") this.put(card, heading);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(card) {
    this.chosen = card === this.chosen ? null : card;
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === this.chosen)));
    this.body.classList.toggle("om-choosing", this.chosen !== null);
    this.say(this.chosen === null ? "" : "Now choose a heading.");
  }

  put(card, heading) {
    if (this.chosen !== null) this.choose(this.chosen);
    const { headings, cards } = this.task;
    if (this.places[card] === heading) return;
    this.places[card] = heading;
    this.listOf(card).append(this.buttons[card].parentElement);
    this.keepPlaces(false);
    const left = this.tray.children.length;
    this.say(`\u201c${cards[card].text}\u201d is ${heading < 0 ? "back among the cards to place" : `under ${headings[heading]}`}. ${left ? `${plural(left, "card")} left.` : "All are placed: check them."}`);
    (this.tray.querySelector("button") ?? this.after.querySelector("button")).focus({ preventScroll: true });
  }

  keepPlaces(checked) {
    const { headings, cards } = this.task;
    const placed = Object.fromEntries(cards.map(({ text }, i) => [text, headings[this.places[i]]]));
    this.keep({ placed, checked });
  }

  check() {
    const left = this.tray.children.length;
    if (left) return this.say(`${plural(left, "card")} ${left === 1 ? "is" : "are"} not placed yet.`);
    this.keepPlaces(true);
    this.show();
    this.after.querySelector("button").focus({ preventScroll: true });
    return undefined;
  }

  show() {
    const { headings, cards } = this.task;
    if (this.chosen !== null) this.choose(this.chosen);
    let found = 0;
    cards.forEach(({ heading, why }, i) => {
      const right = headings[this.places[i]] === heading;
      found += right ? 1 : 0;
      this.buttons[i].setAttribute("aria-disabled", "true");
      this.buttons[i].parentElement.dataset.right = String(right);
      this.buttons[i].after(el("p", { class: "om-why", dir: "auto" }, el("strong", { text: right ? "Right" : `Belongs under ${heading}` }), ". ", stressed(why)));
    });
    for (const head of this.heads) head.setAttribute("aria-disabled", "true");
    this.tray.hidden = true;
    this.body.lastChild.hidden = true;
    this.say(`${found} of ${plural(cards.length, "card")} where they belong. Each card has its reason.`);
    this.after.replaceChildren(this.againButton("Sort again"));
  }
}
