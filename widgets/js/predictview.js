// A figure that stays hidden until the reader commits a guess or asks to see it; then guess and result stand together.
import { NotebookFigure, whenNear } from "./notebookfigure.js";
import { watchTheme } from "./plotting.js";
import { TaskView, letDrag, stressed } from "./task.js";
import { actionButton, el, figureBox } from "./view.js";

export class PredictView extends TaskView {
  // task: { id, kind: "number" | "order" | "choice", text, unit, low, high, step, items, reveal }; answer: a number, the
  // items in the right order, or one of them; figure: { data, layout, frames, caption, alt, table }
  constructor({ place, task, answer, figure, model }) {
    super({ place, task, label: "Predict" });
    this.answer = answer;
    this.figure = figure;
    this.model = model;
    const { signal } = this.stopped;
    if (task.kind === "order") {
      letDrag({
        root: this.body, cards: ".om-item", targets: ".om-item", signal,
        drop: (item, target, { clientY }) => {
          const { top, height } = target.getBoundingClientRect();
          target[clientY < top + height / 2 ? "before" : "after"](item);
          this.sayPlace(item);
        },
      });
    }
    this.body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input") && !event.isComposing) this.act("commit");
    }, { signal });
    this.start(this.kept());
  }

  start(kept) {
    this.forget?.();
    this.after.replaceChildren();
    this.body.replaceChildren(this.input(), el("div", { class: "om-actions" },
      actionButton("commit", "Commit my guess", { class: "om-button om-primary" }), actionButton("show", "Show me", { class: "om-button om-quiet" })));
    if (kept && (kept.guess === null || this.isGuess(kept.guess))) this.show(kept.guess);
  }

  input() {
    const { kind, items, low, high, step = 1, unit } = this.task;
    if (kind === "number") {
      this.number = el("input", { type: "number", min: String(low), max: String(high), step: String(step), inputMode: low < 0 ? null : "decimal", id: `${this.uid}-guess` });
      return el("p", { class: "om-number" }, el("label", { htmlFor: this.number.id, text: `Your guess, from ${shortNumber(low)} to ${shortNumber(high)}` }),
        this.number, unit && el("span", { id: `${this.uid}-unit`, text: unit }));
    }
    if (kind === "choice") {
      return el("fieldset", { "aria-labelledby": this.uid }, items.map((text) => (
        el("label", { dir: "auto" }, el("input", { type: "radio", name: this.uid, value: text }), el("span", { text })))));
    }
    return el("ol", { class: "om-order", "aria-labelledby": this.uid }, items.map((text) => el("li", { class: "om-item" },
      el("span", { class: "om-text", dir: "auto", text }),
      [["up", "\u2191"], ["down", "\u2193"]].map(([way, sign]) => el("button", { type: "button", class: "om-move", "data-action": way, "aria-label": `Move ${way}: ${text}`, text: sign })))));
  }

  // What the reader guesses now, or null.
  guess() {
    const { kind } = this.task;
    if (kind === "order") return this.orderNow();
    if (kind === "choice") return this.body.querySelector("input:checked")?.value ?? null;
    return this.number.value === "" ? null : Number(this.number.value);
  }

  orderNow() {
    return [...this.body.querySelectorAll(".om-item .om-text")].map((node) => node.textContent);
  }

  isGuess(value) {
    const { kind, items, low, high } = this.task;
    if (kind === "number") return typeof value === "number" && value >= low && value <= high;
    if (kind === "choice") return items.includes(value);
    return Array.isArray(value) && value.length === items.length && items.every((item) => value.includes(item));
  }

  act(action, button) {
    if (action === "up" || action === "down") this.move(action, button);
    else if (action === "commit") this.commit(this.guess());
    else if (action === "show") this.commit(null, true);
    else super.act(action, button);
  }

  move(way, button) {
    const item = button.closest("li");
    if (way === "up") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    button.focus();
    this.sayPlace(item);
  }

  sayPlace(item) {
    const order = this.orderNow();
    const text = item.querySelector(".om-text").textContent;
    this.say(`\u201c${text}\u201d stands at ${order.indexOf(text) + 1} of ${order.length}.`);
  }

  commit(guess, give = false) {
    const { kind, low, high } = this.task;
    if (!give && !this.isGuess(guess)) {
      this.say(kind === "number" ? `Write a number from ${shortNumber(low)} to ${shortNumber(high)} first.` : "Choose one first.");
      this.body.querySelector("input").focus();
      return;
    }
    this.keep({ guess });
    this.show(guess);
    this.after.focus({ preventScroll: true });
  }

  show(guess) {
    const { kind, reveal } = this.task;
    this.body.replaceChildren();
    this.say(this.comparison(guess));
    const { caption, alt, table, data, layout, frames } = this.figure;
    const cell = (value) => (typeof value === "number" ? shortNumber(value) : value ?? "\u2013");
    const box = figureBox({
      id: this.task.id, caption, alt, layout: { height: layout.height ?? 450 },
      table: { columns: table.columns, rows: table.rows.map((row) => row.map(cell)) },
    });
    box.classList.add("om-plotly");
    Object.assign(this.after, { tabIndex: -1 }).replaceChildren(...[
      kind === "order" && guess && this.orders(guess),
      el("p", { class: "om-reveal", dir: "auto" }, stressed(reveal.replaceAll("{answer}", this.result()))),
      box, this.againButton("Guess again")].filter(Boolean));
    this.draw(box, { data, layout, frames });
  }

  // "Your guess: 40 runs. The result: 41 runs. You guessed 1 too low."
  comparison(guess) {
    const { kind } = this.task;
    const result = `The result: ${this.result()}.`;
    if (guess === null) return `You did not guess. ${result}`;
    if (kind === "order") {
      const same = guess.filter((item, i) => item === this.answer[i]).length;
      return same === guess.length ? "Your order is that of the result." : `${same} of ${guess.length} stand where the result has them.`;
    }
    const words = `Your guess: ${this.words(guess)}. ${result}`;
    if (kind === "choice") return `${words} ${guess === this.answer ? "They are the same." : "They differ."}`;
    const off = guess - this.rounded();
    return `${words} ${off ? `You guessed ${shortNumber(Math.abs(off))} too ${off > 0 ? "high" : "low"}.` : "They are the same."}`;
  }

  words(value) {
    const { kind, unit } = this.task;
    if (kind === "number") return [shortNumber(value), unit].filter(Boolean).join(" ");
    return kind === "order" ? value.join(", then ") : value;
  }

  // The result in the words of a sentence. A number is as fine as the step of the input, or a digit finer below one.
  result() {
    if (this.task.kind !== "number") return this.words(this.answer);
    return this.words(this.rounded());
  }

  rounded() {
    const { step = 1 } = this.task;
    const digits = Number.isInteger(step) ? 0 : String(step).split(".")[1].length + 1;
    return Number(this.answer.toFixed(digits));
  }

  orders(guess) {
    return el("div", { class: "om-orders" }, [["Your order", guess], ["The result", this.answer]].map(([name, items]) => el("div", {},
      el("p", { class: "om-label", text: name }), el("ol", { "aria-label": name }, items.map((text) => el("li", { dir: "auto", text }))))));
  }

  draw(box, spec) {
    const plot = box.querySelector(".om-plot");
    const figure = new NotebookFigure(plot, spec, this.model);
    const draw = () => figure.draw().catch((error) => {
      plot.style.minHeight = "";
      plot.replaceChildren(el("p", { class: "om-note", text: `This figure could not be drawn: ${error.message}. Its numbers stand in the table below it.` }));
    });
    let unwatch = () => {};
    const callOff = whenNear(box, async () => {
      await draw();
      unwatch = watchTheme(draw);
    });
    this.forget = () => {
      callOff();
      unwatch();
      globalThis.Plotly?.purge(plot);
    };
  }

  destroy() {
    this.forget?.();
    super.destroy();
  }
}

const shortNumber = (value) => String(Number(value.toPrecision(6))).replace("-", "\u2212");
