// What a chapter's small exercises share: a frame with its task and its status, the answer kept in this browser, dragging.
import { actionButton, el, uniqueId } from "./view.js";

const TASK_PREFIX = "opening-minds:question:1";

// Text with *words to stress*.
export function stressed(text) {
  return text.split(/\*([^*]+)\*/).map((part, i) => (i % 2 ? el("em", { text: part }) : part));
}

// A view gives: start(kept) fills body and after, from what was kept (any JSON value) or anew.
export class TaskView {
  constructor({ place, task, label }) {
    this.task = task;
    this.uid = uniqueId();
    this.stopped = new AbortController();
    this.ask = el("p", { class: "om-ask", id: this.uid, tabIndex: -1, dir: "auto" }, stressed(task.text));
    this.body = el("div", { class: "om-body", "data-part": "body" });
    this.status = el("p", { class: "om-status", "data-part": "status", role: "status" });
    this.after = el("div", { class: "om-after", "data-part": "after" });
    this.root = el("div", { class: "om-task", role: "group", "aria-labelledby": this.uid, "data-task": task.id, "data-lm-suppress-shortcuts": "true" },
      el("p", { class: "om-eyebrow", text: label }), this.ask, this.body, this.status, this.after);
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-action]");
      if (button && button.getAttribute("aria-disabled") !== "true") this.act(button.dataset.action, button);
    }, { signal: this.stopped.signal });
    place.append(this.root);
  }

  act(action) {
    if (action !== "again") return;
    this.keep(null);
    this.say("");
    this.start(null);
    this.ask.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "nearest" });
  }

  againButton(text) {
    return actionButton("again", text, { class: "om-button om-quiet" });
  }

  get key() {
    return `${TASK_PREFIX}:${this.task.id}`;
  }

  kept() {
    try {
      return JSON.parse(globalThis.localStorage.getItem(this.key));
    } catch {
      return null; // no storage, or a text that this version cannot read
    }
  }

  keep(value) {
    try {
      if (value === null) globalThis.localStorage.removeItem(this.key);
      else globalThis.localStorage.setItem(this.key, JSON.stringify(value));
      this.problem = "";
    } catch {
      this.problem = " This browser does not keep your answer: it is gone when you leave the page.";
    }
  }

  say(words) {
    this.status.textContent = words && `${words}${this.problem ?? ""}`;
  }

  destroy() {
    this.stopped.abort();
    this.root.remove();
  }
}

// Drag with a mouse or a pen; a finger scrolls the page, and taps. drop(card, target, event) is called over a target.
export function letDrag({ root, cards, targets, drop, signal }) {
  let drag = null;
  const targetOf = ({ clientX, clientY }) => document.elementFromPoint(clientX, clientY)?.closest(targets);
  const mark = (target) => {
    drag.target?.classList.remove("om-over");
    drag.target = root.contains(target) ? target : null;
    drag.target?.classList.add("om-over");
  };
  root.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(`button, ${cards}`);
    if (!card?.matches(cards) || event.button || event.pointerType === "touch" || card.getAttribute("aria-disabled") === "true") return;
    drag = { card, x: event.clientX, y: event.clientY, moved: false, target: null };
  }, { signal });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(x, y) < 6) return;
    drag.moved = true;
    drag.card.classList.add("om-dragged"); // and is not under the pointer any more
    drag.card.style.translate = `${x}px ${y}px`;
    mark(targetOf(event));
  }, { signal });
  const end = (event) => {
    if (!drag) return;
    const { card, target, moved } = drag;
    if (moved) mark(null);
    card.classList.remove("om-dragged");
    card.style.translate = "";
    drag = null;
    if (moved && target && event.type === "pointerup") drop(card, target, event);
  };
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end, { signal });
}
