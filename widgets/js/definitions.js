// The definition of a code beside the unit being coded: shown on hover and focus, or kept open by the "i" button.
import { NO_CODE } from "./exercise.js";
import { el } from "./view.js";

const DWELL = 350; // milliseconds before a definition appears, so that passing over the codes shows nothing
const LINGER = 250; // and before it goes, so that the pointer can reach it
const GAP = 6; // pixels

// What the panel says about one answer.
export function definitionView(exercise, columnId, value) {
  const column = exercise.columns.get(columnId);
  if (value === NO_CODE) {
    return [definitionHead(column.none, "0", null),
      el("p", { text: `${column.question} \u201cNone\u201d is an answer of its own: you looked, and none of the codes applies. It differs from not coded yet.` })];
  }
  const code = exercise.code(columnId, value);
  const care = ["caregiver-child", "family", "teacher-pupil"].includes(exercise.excerpt.setting);
  const example = (care ? [...code.examples.care, ...code.examples.therapy] : [...code.examples.therapy, ...code.examples.care])[0];
  const near = code.near_misses.find((miss) => (miss.setting === "care") === care) ?? code.near_misses[0];
  const pair = code.confused_with.find((other) => exercise.code(columnId, other.code)) ?? code.confused_with[0];
  return [
    definitionHead(`${code.id} ${code.name}`, code.shortcut, code.colour),
    el("p", { text: code.definition }),
    el("dl", {},
      example && term("Example", quoted(example)),
      near && term("Near miss", quoted(near.text), ` This is ${near.instead === NO_CODE ? "none of these" : near.instead}: ${near.why}`),
      pair && term(`${code.id} or ${pair.code}?`, pair.question)),
  ];
}

const quoted = (text) => el("q", { dir: "auto", text });
const term = (name, ...content) => el("div", {}, el("dt", { text: name }), el("dd", {}, ...content));

function definitionHead(name, shortcut, colour) {
  const head = el("p", { class: "om-definition-head" },
    el("span", { class: "om-swatch", "aria-hidden": "true" }), el("strong", { text: name }), el("kbd", { text: shortcut }));
  paintCodeColour(head, colour);
  return head;
}

export function paintCodeColour(node, colour) {
  if (!colour) return;
  node.style.setProperty("--om-code-light", colour.light);
  node.style.setProperty("--om-code-dark", colour.dark);
}

// One floating panel for the whole exercise, and one fixed panel in each unit whose "i" is pressed.
export class Definitions {
  #timer = 0;
  #shown = null; // the button whose definition floats

  constructor(exercise, list) {
    this.exercise = exercise;
    this.list = list;
    this.panel = el("div", { class: "om-definition om-floating", "data-part": "definition", hidden: true });
    list.after(this.panel);
    list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#consider(event.target));
    list.addEventListener("pointerout", (event) => event.pointerType === "mouse" && this.#leave());
    list.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && this.#consider(event.target));
    list.addEventListener("click", (event) => this.#take(event.target.closest("button[data-value]")));
    list.addEventListener("focusout", () => this.#leave());
    this.escape = (event) => event.key === "Escape" && this.hide(); // wherever the focus is
    document.addEventListener("keydown", this.escape);
    this.panel.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    this.panel.addEventListener("pointerleave", () => this.#leave());
  }

  #consider(target) {
    const button = target.closest("button[data-value]");
    if (!button) return;
    clearTimeout(this.#timer);
    if (this.update(button) || button === this.#shown) return;
    this.#timer = setTimeout(() => this.#float(button), DWELL);
  }

  // A choice is made: what floats goes, what is fixed shows it.
  #take(button) {
    if (!button) return;
    this.hide();
    this.update(button);
  }

  #leave() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), LINGER);
  }

  // Below the unit's buttons or, where the screen ends, above the unit, so that the unit is not covered; beside the code
  // itself where neither place is on the screen.
  #float(button) {
    const { unit, column, value } = button.dataset;
    const item = this.list.querySelector(`li[data-unit="${CSS.escape(unit)}"]`);
    this.panel.replaceChildren(...definitionView(this.exercise, column, value));
    this.panel.hidden = false;
    const { bottom } = item.querySelector(".om-toolbar").getBoundingClientRect();
    const { top } = item.getBoundingClientRect();
    const height = this.panel.offsetHeight + 2 * GAP;
    const code = button.getBoundingClientRect();
    const places = [bottom + GAP, top - height + GAP, code.bottom + GAP, code.top - height + GAP];
    const place = places.find((y) => y > 0 && y + height - GAP < innerHeight) ?? places[2];
    this.panel.style.top = `${Math.round(place - this.panel.offsetParent.getBoundingClientRect().top)}px`;
    this.#shown = button;
  }

  hide() {
    clearTimeout(this.#timer);
    const wasShown = !this.panel.hidden;
    this.panel.hidden = true;
    this.#shown = null;
    return wasShown;
  }

  // The fixed panel of a unit follows the code last met; true when there is one.
  update(button) {
    const item = button.closest("li");
    const fixed = item.querySelector(":scope > .om-definition");
    if (!fixed) return false;
    const { column, value } = button.dataset;
    fixed.querySelector("select").value = `${column} ${value}`;
    fixed.lastChild.replaceChildren(...definitionView(this.exercise, column, value));
    return true;
  }

  toggle(item, unit) {
    const open = item.querySelector(":scope > .om-definition");
    this.hide();
    item.querySelector("[data-action=define]").setAttribute("aria-expanded", String(!open));
    if (open) return open.remove();
    const first = item.querySelector("button[aria-pressed=true]") ?? item.querySelector("button[data-value]");
    item.querySelector(".om-toolbar").after(this.#fixedPanel(unit));
    return this.update(first);
  }

  #fixedPanel(unit) {
    const columns = this.exercise.columnsOf(unit);
    const option = (column, value) => el("option", { value: `${column.id} ${value}`, text: this.exercise.label(column.id, value) });
    const choose = el("select", {}, columns.map((column) => (
      el("optgroup", { label: column.name }, [...column.codes.map((code) => code.id), NO_CODE].map((value) => option(column, value))))));
    const text = el("div");
    choose.addEventListener("change", () => text.replaceChildren(...definitionView(this.exercise, ...choose.value.split(" "))));
    return el("div", { class: "om-definition", "data-part": "definition" }, el("label", {}, "Definition of ", choose), text);
  }

  destroy() {
    clearTimeout(this.#timer);
    document.removeEventListener("keydown", this.escape);
  }
}
