// What the drills share: a root with its head, questions one after the other, keys, the end of a run, the export.
import { paintCodeColour } from "./definitions.js";
import { localDate } from "./practice.js";
import { actionButton, downloadText, el, heading, plural, uniqueId } from "./view.js";

const RUN = 12; // questions before a pause is offered
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", timeZone: "UTC" });

// A number from a text, always the same one, whose bits are as good as drawn by lot (FNV-1a, stirred).
export function numberFrom(text) {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

// A list in an order that the text decides.
export function shuffledBy(text, list) {
  return list.map((value, i) => [numberFrom(`${text} ${i}`), value]).sort(([a], [b]) => a - b).map(([, value]) => value);
}

export const codeName = ({ id, name }) => `${id} ${name}`;
export const yourAnswer = () => el("span", { class: "om-yours", text: "your answer" });

// The name of a code in running words; its id does not break at the hyphen.
export const wholeName = ({ id, name }) => [el("span", { class: "om-whole", text: id }), ` ${name}`];

export function codeLabel(code) {
  const label = el("span", { class: "om-code-name" }, el("span", { class: "om-swatch", "aria-hidden": "true" }), el("b", { text: code.id }), ` ${code.name}`);
  paintCodeColour(label, code.colour);
  return label;
}

export function definitionsOf(summary, codes, question = "") {
  return el("details", { class: "om-definitions" }, el("summary", { text: summary }),
    question && el("p", {}, el("strong", { text: question })),
    codes.map((code) => el("div", {}, codeLabel(code), el("p", { text: code.definition }))));
}

// "3 missed items come back, the next on November 24."
export function comingBack(store, ids) {
  const days = [...ids].map((id) => store.drills[id]?.due).filter(Boolean).sort();
  if (!days.length) return "";
  const when = days[0] <= localDate(store.now()) ? "today" : `on ${DAY.format(new Date(`${days[0]}T00:00Z`))}`;
  return days.length === 1 ? `One missed item comes back ${when}.` : `${days.length} missed items come back, the next ${when}.`;
}

// The root of a drill in `place`: head, notice, stage.
export class DrillFrame {
  constructor({ place, store, level, name, title, lead }) {
    this.store = store;
    this.level = level;
    this.uid = uniqueId();
    this.stopped = new AbortController();
    this.noticeBox = el("p", { class: "om-notice", "data-part": "notice", hidden: true });
    this.stage = el("div", { class: "om-stage", "data-part": "stage", tabIndex: -1 }); // a click on it brings the keys here
    this.status = el("p", { class: "om-status", "data-part": "status", role: "status" });
    this.root = el("section", { class: `om-drill om-${name}`, "data-lm-suppress-shortcuts": "true", "aria-labelledby": this.uid },
      el("header", { class: "om-head" }, heading(level, title, { id: this.uid, class: "om-title" }), el("p", { class: "om-note", text: lead })),
      this.noticeBox, this.stage);
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-action]");
      if (button) this.act(button.dataset.action, button);
    }, { signal: this.stopped.signal });
    place.append(this.root);
    this.tellProblem();
  }

  act(action) {
    if (action === "export") this.exportPractice();
  }

  exportButton() {
    return actionButton("export", "Export my practice");
  }

  exportPractice() {
    downloadText(`practice-${this.store.coder.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-")}.json`, "application/json", this.store.exportJson());
    this.say("Your practice is exported.");
  }

  say(...words) {
    this.status.replaceChildren(...words);
  }

  tellProblem() {
    this.noticeBox.textContent = this.store.problem;
    this.noticeBox.hidden = !this.store.problem;
  }

  destroy() {
    this.stopped.abort();
    this.root.remove();
  }
}

// Questions with choices. A drill gives: pick() -> a question or null; showQuestion(question) fills the stage, with the
// choices in [data-part=choices], and returns the heading to focus; showAnswer(question, index) -> { right, words }, where
// the words follow "Right" or "Not this time"; progress(question); summary(), for the end of a run; record(question) ->
// what the store needs to know of the item.
export class DrillView extends DrillFrame {
  constructor({ arrows = false, ...frame }) {
    super(frame);
    this.arrows = arrows;
    this.run = { asked: 0, right: 0 };
    this.root.addEventListener("keydown", (event) => this.press(event), { signal: this.stopped.signal });
  }

  act(action, button) {
    if (action === "choose") this.choose(Number(button.dataset.index));
    else if (action === "next") this.next();
    else if (action === "pause") this.pause();
    else if (action === "go-on") this.goOn();
    else super.act(action);
  }

  press(event) {
    const { key, target } = event;
    if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (target.closest("summary, a, input, textarea, select")) return;
    if (this.chosen === null) {
      const index = this.arrows && key in ARROWS ? ARROWS[key] : Number(key) - 1;
      if (!this.choiceAt(index)) return;
      this.choose(index);
    } else if (key === "Enter" && !["pause", "export", "go-on"].includes(target.closest("[data-action]")?.dataset.action)) {
      if (this.question) this.next();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  choiceAt(index) {
    return this.stage.querySelector(`[data-action=choose][data-index="${index}"]`);
  }

  start() {
    this.ask(false);
  }

  goOn() {
    this.run = { asked: 0, right: 0 };
    this.ask(true);
  }

  next() {
    if (this.run.asked >= RUN) this.pause();
    else this.ask(true);
  }

  // moving: the reader is here, so the focus goes along
  ask(moving) {
    this.question = this.pick();
    if (!this.question) return this.pause(moving);
    this.chosen = null;
    this.say();
    const title = this.showQuestion(this.question);
    this.foot = el("div", { class: "om-foot" }, this.status);
    this.stage.querySelector("[data-part=choices]").after(this.foot);
    if (moving) this.moveTo(title);
    return undefined;
  }

  choose(index) {
    if (this.chosen !== null) return;
    this.chosen = index;
    const { right, words } = this.showAnswer(this.question, index);
    this.run.asked += 1;
    this.run.right += right ? 1 : 0;
    const item = this.record(this.question);
    this.store.answer(item, right);
    this.tellProblem();
    for (const button of this.stage.querySelectorAll("[data-action=choose]")) button.setAttribute("aria-disabled", "true");
    this.choiceAt(index).focus({ preventScroll: true }); // some browsers do not focus what is clicked
    this.say(el("strong", { text: right ? "Right" : "Not this time" }), words);
    this.foot.append(this.progress(this.question), el("div", { class: "om-actions" },
      actionButton("next", "Next", { class: "om-button om-primary" }),
      actionButton("pause", "Pause here", { class: "om-button om-quiet" })));
    this.foot.scrollIntoView({ block: "nearest" });
    this.root.dispatchEvent(new CustomEvent("om-drill:answered", { bubbles: true, detail: { item: item.id, right } }));
  }

  pause(moving = true) {
    const more = this.pick() !== null;
    this.question = null;
    this.chosen = null;
    const { asked, right } = this.run;
    const title = heading(this.level + 1, asked ? "Pause" : "Nothing to do now", { class: "om-pause-title", tabIndex: -1 });
    this.say();
    this.stage.replaceChildren(el("div", { class: "om-pause", "data-part": "summary" }, title,
      asked > 0 && el("p", { class: "om-headline", text: `${right} of ${plural(asked, "answer")} right in this run.` }),
      this.summary(),
      el("div", { class: "om-actions" }, more && actionButton("go-on", "Go on", { class: "om-button om-primary" }), this.exportButton()),
      el("p", { class: "om-note", text: "Your practice stays in this browser, and some browsers delete it after a week without a visit. Export it to keep it." }),
      this.status));
    if (moving) this.moveTo(title);
  }

  moveTo(title) {
    title.focus({ preventScroll: true });
    this.stage.scrollIntoView({ block: "nearest" });
  }
}

const ARROWS = { ArrowLeft: 0, ArrowRight: 1 };
