// A question with its options, and a reason for each of them once it is answered.
import { TaskView, stressed } from "./task.js";
import { actionButton, el, plural, unseen } from "./view.js";

const QUESTION_LABELS = { one: "Question", several: "Question \u00b7 more than one answer may be right", cloze: "Question \u00b7 which words fill the gap?" };

export class QuestionView extends TaskView {
  // task: { id, kind: "one" | "several" | "cloze", text, options: [{ text, right, why }] }
  constructor({ place, task }) {
    super({ place, task, label: QUESTION_LABELS[task.kind] });
    this.start(this.kept());
  }

  start(kept) {
    const { kind, text, options } = this.task;
    const several = kind === "several";
    if (kind === "cloze") {
      const [before, after] = text.split("___");
      this.gap = el("span", { class: "om-gap" }, el("span", { "aria-hidden": "true", text: "\u2003\u2003\u2003" }), unseen("[gap]"));
      this.ask.replaceChildren(...stressed(before), this.gap, ...stressed(after));
    }
    this.buttons = options.map((option) => el("button", { type: "button", class: "om-choice", "data-action": "choose", "aria-pressed": several ? "false" : null },
      el("span", { class: "om-box", "aria-hidden": "true" }), el("span", { class: "om-text", dir: "auto" }, stressed(option.text))));
    this.body.replaceChildren(el("ul", { class: several ? "om-options om-several" : "om-options" }, this.buttons.map((button) => el("li", {}, button))));
    this.after.replaceChildren(...(several ? [actionButton("check", "Check", { class: "om-button om-primary" })] : []));
    const chosen = Array.isArray(kept) ? options.filter((option) => kept.includes(option.text)) : [];
    if (chosen.length && chosen.length === kept.length) this.show(chosen); // an option may have been rewritten since
  }

  act(action, button) {
    if (action === "choose" && this.task.kind === "several") {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      this.say("");
    } else if (action === "choose") {
      this.answer([this.task.options[this.buttons.indexOf(button)]]);
      button.focus({ preventScroll: true }); // some browsers do not focus what is clicked
    } else if (action === "check") {
      const chosen = this.task.options.filter((_, i) => this.buttons[i].getAttribute("aria-pressed") === "true");
      if (!chosen.length) return this.say("Choose at least one answer first.");
      this.answer(chosen);
      this.after.querySelector("button").focus({ preventScroll: true });
    } else {
      super.act(action, button);
    }
    return undefined;
  }

  answer(chosen) {
    this.keep(chosen.map(({ text }) => text));
    this.show(chosen);
  }

  show(chosen) {
    const { kind, options } = this.task;
    options.forEach((option, i) => {
      const button = this.buttons[i];
      const mine = chosen.includes(option);
      button.setAttribute("aria-pressed", String(mine));
      button.setAttribute("aria-disabled", "true");
      button.parentElement.dataset.right = String(option.right);
      button.after(el("p", { class: "om-why", dir: "auto" },
        el("strong", { text: option.right ? "Right" : "Not right" }), mine && el("span", { class: "om-yours", text: " \u00b7 your answer" }), ". ", stressed(option.why)));
    });
    const right = options.filter((option) => option.right);
    if (kind === "cloze") this.gap.replaceChildren(el("strong", {}, stressed(right[0].text)));
    const found = chosen.filter((option) => option.right).length;
    const wrong = chosen.length - found;
    const words = found === right.length && !wrong ? "Right."
      : kind === "several" ? `You found ${found} of ${plural(right.length, "right answer")}${wrong ? ` and chose ${wrong} that ${wrong === 1 ? "is" : "are"} not` : ""}.`
        : "Not this time.";
    this.say(`${words} Each answer has its reason.`);
    this.after.replaceChildren(this.againButton("Answer again"));
  }
}
