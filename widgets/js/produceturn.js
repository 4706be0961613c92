// Write the next turn, then compare it with three model answers and a checklist. Nothing here is scored.
import { DrillFrame, codeName, definitionsOf } from "./drill.js";
import { actionButton, cuedText, el, heading } from "./view.js";

const WRITING_PAUSE = 400; // milliseconds after the last letter until the text is kept
const PRODUCE_WARNING = "Never paste client or family material here. What you write stays in this browser.";

export class ProduceTurnView extends DrillFrame {
  // tasks: [{ id, code, setting, scene, last: { who, text }, task, answers: [three], checklist }]
  constructor({ place, tasks, store, level }) {
    super({
      place, store, level, name: "produce", title: "Write the next turn",
      lead: "Write first, then compare. There are many good turns; the three models are three of them, and nobody scores yours.",
    });
    this.tasks = tasks;
    this.root.addEventListener("input", (event) => this.changed(event.target), { signal: this.stopped.signal });
    const first = tasks.findIndex(({ id }) => !Object.hasOwn(store.produced, id));
    if (tasks.length) this.show(Math.max(0, first), false);
    else this.stage.append(el("p", { text: "There is no task here." }));
  }

  act(action) {
    if (action === "compare") this.compare(true);
    else if (action === "next") this.show((this.index + 1) % this.tasks.length);
    else if (action === "previous") this.show((this.index + this.tasks.length - 1) % this.tasks.length);
    else {
      this.keep();
      super.act(action);
    }
  }

  show(index, moving = true) {
    this.keep();
    this.index = index;
    this.task = this.tasks[index];
    const { task, tasks, level, uid } = this;
    const kept = this.store.produced[task.id];
    const title = heading(level + 1, task.task, { class: "om-ask", tabIndex: -1 });
    this.text = el("textarea", { id: `${uid}-text`, rows: 4, dir: "auto", value: kept?.text ?? "", "aria-describedby": `${uid}-warning` });
    this.models = el("div", { class: "om-models", "data-part": "models", tabIndex: -1, role: "group", "aria-label": "Comparison", hidden: true });
    this.say();
    this.stage.replaceChildren(
      el("p", { class: "om-eyebrow", text: `Task ${index + 1} of ${tasks.length} \u00b7 ${codeName(task.code)}` }),
      title,
      el("p", { class: "om-scene", dir: "auto" }, cuedText(task.scene)),
      el("blockquote", { class: "om-last", dir: "auto" }, el("b", { text: `${task.last.who}: ` }), cuedText(task.last.text)),
      definitionsOf(`What ${task.code.id} is`, [task.code]),
      el("div", { class: "om-write" }, el("label", { htmlFor: `${uid}-text`, text: "Your turn" }), this.text,
        el("p", { id: `${uid}-warning`, class: "om-warning", text: PRODUCE_WARNING })),
      el("div", { class: "om-actions" }, actionButton("compare", "Compare", { class: "om-button om-primary" })),
      this.models, this.status,
      el("div", { class: "om-actions om-task-actions", role: "group", "aria-label": "Tasks" },
        tasks.length > 1 && actionButton("previous", "Task before"), tasks.length > 1 && actionButton("next", "Next task"), this.exportButton()));
    if (kept) this.compare(false);
    if (!moving) return;
    title.focus({ preventScroll: true });
    this.stage.scrollIntoView({ block: "nearest" });
  }

  compare(moving) {
    if (!this.text.value.trim()) {
      this.say("Write your turn first, however short.");
      this.text.focus();
      return;
    }
    const { task, uid } = this;
    const checks = this.store.produced[task.id]?.checks ?? [];
    if (this.models.hidden) {
      this.models.replaceChildren(
        heading(this.level + 2, "Three turns that do it"),
        el("ol", { class: "om-answers" }, task.answers.map((answer) => el("li", { dir: "auto" }, cuedText(answer)))),
        el("fieldset", {}, el("legend", { text: "Look at your own turn" }),
          task.checklist.map((question, i) => el("label", { htmlFor: `${uid}-check-${i}` },
            el("input", { type: "checkbox", id: `${uid}-check-${i}`, checked: checks[i] ?? false }), el("span", { text: question })))),
        el("p", { class: "om-note", text: "You can go on writing above. A box that stays empty is a question to go back to, not a fault." }));
      this.models.hidden = false;
    }
    this.waiting = true;
    this.keep();
    if (!moving) return;
    this.models.focus({ preventScroll: true });
    this.models.scrollIntoView({ block: "nearest" });
    this.say("Three model turns and a checklist stand below your turn.");
  }

  // What is written is kept once it was compared; a draft before that is nobody's business.
  changed(target) {
    if (this.models?.hidden !== false) return;
    this.waiting = true;
    clearTimeout(this.timer);
    if (target.type === "checkbox") this.keep();
    else this.timer = setTimeout(() => this.keep(), WRITING_PAUSE);
  }

  keep() {
    clearTimeout(this.timer);
    if (!this.waiting) return;
    this.waiting = false;
    const checks = [...this.models.querySelectorAll("input")].map((box) => box.checked);
    this.store.produce(this.task.id, this.text.value, checks);
    this.tellProblem();
  }

  destroy() {
    this.keep();
    super.destroy();
  }
}
