// One excerpt to code: a reader codes it unit by unit and compares with its provisional key.
import { Definitions, paintCodeColour } from "./definitions.js";
import { CodingHistory, Exercise, NO_CODE, withChanges } from "./exercise.js";
import { disagreement, feedbackInWords, feedbackView, unitFeedback } from "./feedback.js";
import { Plots } from "./plots.js";
import { fillRow, intervalSteps, measure, numbersForExport, publishedView, resultsView } from "./results.js";
import { match } from "./score.js";
import { SHORTCUT_HELP, commandFor } from "./shortcuts.js";
import { CodingStore, CodingsError, readCodings, toCsv, toJson, toRows } from "./store.js";
import { actionButton, cuedText, downloadText, el, heading, headingLevel, listing, plural, runIdle, uniqueId, unseen } from "./view.js";

const LONG = 60; // units: beyond that, what is out of sight is laid out and given its feedback while the page is idle

// The events `om-coder:ready` and `om-coder:finished` bubble from the root. The second is sent once the reader has been
// shown the feedback on the last unit, not when finished work comes back; its detail is what `finished()` returns.
export class CoderView {
  // level: of the exercise's heading. fixedMode: the mode of the model is the only one.
  constructor(model, root, { level = headingLevel(root), fixedMode = false } = {}) {
    this.model = model;
    this.root = root;
    this.level = level;
    this.fixedMode = fixedMode;
    this.uid = uniqueId();
    this.exercise = new Exercise({ excerpt: model.get("excerpt"), lens: model.get("lens"), key: model.get("key") });
    const { excerpt, lens } = this.exercise;
    this.identity = { excerpt: excerpt.id, lens: lens.id, key_version: excerpt.key_version, coder: model.get("coder"), round: model.get("round") };
    this.store = new CodingStore(this.identity);
    this.history = new CodingHistory();
    this.items = new Map(); // unit id -> its list item
    this.painted = {}; // the codes on the screen
    this.locked = new Set(); // units painted with their feedback
    this.numbers = null;
    this.firstMode = model.get("mode");
    this.stopped = new AbortController();
    this.mount();
  }

  // ----------------------------------------------------------------- building
  mount() {
    const { root, exercise } = this;
    root.classList.add("om-coder");
    Object.assign(root.dataset, { excerpt: exercise.excerpt.id, lens: exercise.lens.id, lmSuppressShortcuts: "true" });
    this.notices = el("div", { "data-part": "notices" });
    this.list = el("ol", { class: "om-units", role: "list" });
    this.results = el("div", { class: "om-results", "data-part": "results", role: "group", "aria-label": "Feedback on the excerpt", hidden: true });
    this.plotsPlace = el("div", { class: "om-plots", "data-part": "plots" });
    this.plotsPlace.hidden = true;
    root.replaceChildren(this.headView(), this.notices,
      el("div", { class: "om-work" }, this.list, this.barView()),
      this.results, this.plotsPlace, this.footView(), this.helpView());
    this.buttons = new Map([...root.querySelectorAll("[data-action]")].map((button) => [button.dataset.action, button]));
    this.fillList();
    this.definitions = new Definitions(exercise, this.list);
    this.plots = new Plots(this.plotsPlace, this.model);
    this.listen();
    this.restore();
    this.paintCodes();
    this.paintSeen();
    this.paintMode();
    this.isMounted = true;
    root.dispatchEvent(new CustomEvent("om-coder:ready", { bubbles: true }));
  }

  headView() {
    const { excerpt, lens } = this.exercise;
    const quoted = excerpt.source === "quoted";
    const speakers = new Map(excerpt.units.map((unit) => [unit.speaker, unit.is]));
    const fact = (term, text) => text && el("div", {}, el("dt", { text: term }), el("dd", { dir: "auto", text }));
    return el("header", { class: "om-head" },
      el("p", { class: "om-eyebrow", text: `Exercise \u00b7 ${lens.name} \u00b7 level ${excerpt.level} of 4` }),
      heading(this.level, excerpt.title, { class: "om-title", dir: "auto" }),
      el("p", { class: "om-lead", dir: "auto", text: excerpt.summary }),
      el("dl", { class: "om-facts" },
        fact("Who speaks", listing([...speakers].map(([name, is]) => `${name} (${is})`))),
        fact("Content", excerpt.content_label),
        fact("Text", quoted ? excerpt.attribution || "quoted" : "fictional, written for this handbook"),
        fact("Key", `${excerpt.key_status}, version ${excerpt.key_version}`)),
      el("p", { class: "om-note", text: excerpt.statement }),
      this.modeView());
  }

  modeView() {
    const option = (mode, name, about) => el("button", { type: "button", "data-action": `mode-${mode}`, "aria-pressed": "false" },
      el("b", { text: name }), " ", el("span", { text: about }));
    return el("div", { class: "om-mode", role: "group", "aria-label": "How to practice", hidden: this.fixedMode },
      option("guided", "Guided", "feedback on each unit"), option("blind", "Blind", "all units first, then feedback"));
  }

  barView() {
    this.progress = el("span", { class: "om-progress" });
    this.meter = el("span", { class: "om-meter", "aria-hidden": "true" }, el("span"));
    this.status = el("p", { class: "om-status", "data-part": "status", role: "status" });
    this.confirmation = el("div", { class: "om-confirm", role: "group", "aria-label": "Please confirm", hidden: true });
    return el("div", { class: "om-bar" }, this.confirmation, this.meter,
      el("div", { class: "om-bar-row" }, this.progress, this.status,
        el("div", { class: "om-bar-actions" },
          actionButton("undo", "Undo"), actionButton("redo", "Redo"),
          actionButton("help", "Shortcuts", { "aria-haspopup": "dialog" }),
          actionButton("reveal", "Show feedback", { class: "om-button om-primary" }))));
  }

  footView() {
    const file = el("input", { type: "file", class: "om-unseen", "data-action": "import", accept: ".csv,.json,text/csv,application/json" });
    return el("div", { class: "om-foot", role: "group", "aria-label": "Your answers" },
      el("p", { class: "om-note", text: this.store.problem || "Your answers stay in this browser; only a running notebook sees them as well. "
        + "Some browsers delete what a page keeps after a week without a visit: export your answers to keep them." }),
      el("div", { class: "om-foot-actions" },
        actionButton("export-csv", "Export CSV"), actionButton("export-json", "Export JSON"),
        el("label", { class: "om-button om-file" }, file, "Import\u2026"),
        actionButton("erase", "Erase my answers")));
  }

  helpView() {
    const { columns } = this.exercise.lens;
    const table = (caption, rows) => el("table", { class: "om-table" }, el("caption", { text: caption }), el("tbody", {},
      rows.map(([shortcut, text]) => el("tr", {}, el("th", { scope: "row" }, el("kbd", { text: shortcut })), el("td", { text })))));
    this.help = el("dialog", { class: "om-help", "aria-labelledby": `${this.uid}-help` },
      heading(this.level + 1, "Shortcuts", { id: `${this.uid}-help`, tabIndex: -1, autofocus: true }),
      el("p", { text: "They work while a unit of this exercise has the focus." }),
      ...columns.map((column) => table(column.name, column.codes.map((code) => [code.shortcut, `${code.id} ${code.name}`]))),
      table("Everywhere in the exercise", SHORTCUT_HELP),
      el("form", { method: "dialog" }, el("button", { class: "om-button om-primary", text: "Close" })));
    return this.help;
  }

  // Each role has one set of buttons, made once and copied: an excerpt may have thousands of units.
  fillList() {
    const descriptions = el("div", { hidden: true });
    const sets = new Map([...this.exercise.byRole].map(([role, columns]) => [role, this.toolbarView(columns, descriptions)]));
    let turn = null;
    this.list.append(...this.exercise.excerpt.units.map((unit) => {
      const item = this.unitView(unit, unit.turn !== turn, sets.get(unit.role));
      turn = unit.turn;
      return item;
    }));
    this.list.before(descriptions);
    this.isLong = this.exercise.excerpt.units.length > LONG;
    this.list.classList.toggle("om-long", this.isLong);
  }

  unitView(unit, opensTurn, set) {
    const anchor = this.anchor(unit.id);
    const item = el("li", { class: set ? "om-unit om-asked" : "om-unit", id: anchor, tabIndex: -1, "data-unit": unit.id, "data-role": unit.role },
      opensTurn && el("p", { class: "om-speaker", dir: "auto" }, el("b", { text: unit.speaker }), " ", el("span", { text: unit.is })),
      el("div", { class: "om-said" },
        el("span", { class: "om-number", id: `${anchor}-number` }, unseen("Unit "), String(this.exercise.numbers.get(unit.id))),
        el("p", { class: "om-text", id: `${anchor}-text`, dir: "auto" }, cuedText(unit.text))));
    if (opensTurn) item.classList.add("om-opens-turn");
    if (!set) return item;
    const toolbar = set.cloneNode(true);
    toolbar.setAttribute("aria-labelledby", `${anchor}-number ${anchor}-text`);
    for (const button of toolbar.querySelectorAll("button")) button.dataset.unit = unit.id;
    item.append(toolbar);
    this.items.set(unit.id, item);
    return item;
  }

  toolbarView(columns, descriptions) {
    const rows = columns.map((column) => el("div", { class: "om-column", role: "group", "aria-label": `${column.name}. ${column.question}` },
      el("span", { class: "om-column-name", "aria-hidden": "true", title: column.question, text: column.name }),
      el("div", { class: "om-codes" },
        column.codes.map((code) => this.codeButton(column, code, descriptions)),
        this.codeButton(column, { id: NO_CODE, name: column.none, shortcut: "0" }, descriptions))));
    const actions = el("div", { class: "om-unit-actions" },
      actionButton("check", "Check this unit", { tabIndex: -1, "aria-disabled": "true" }),
      actionButton("define", "Definitions", { class: "om-button om-quiet om-define", tabIndex: -1, "aria-expanded": "false" }));
    const toolbar = el("div", { class: columns.length > 1 ? "om-toolbar" : "om-toolbar om-single", role: "toolbar" }, rows, actions);
    toolbar.querySelector("button").tabIndex = 0; // one tab stop a unit, arrow keys inside
    return toolbar;
  }

  codeButton(column, { id, name, shortcut, colour, definition }, descriptions) {
    const button = el("button", {
      type: "button", class: id === NO_CODE ? "om-code om-none" : "om-code", tabIndex: -1, "aria-pressed": "false",
      "aria-keyshortcuts": shortcut, "data-column": column.id, "data-value": id,
    }, el("span", { class: "om-swatch", "aria-hidden": "true" }), id === NO_CODE ? null : el("b", { text: id }), id === NO_CODE ? name : ` ${name}`);
    if (definition) {
      const description = `${this.uid}-${column.id}-${descriptions.childElementCount}`;
      descriptions.append(el("p", { id: description, text: definition }));
      button.setAttribute("aria-describedby", description);
    }
    paintCodeColour(button, colour);
    return button;
  }

  anchor(unitId) {
    return `${this.uid}-unit-${this.exercise.numbers.get(unitId)}`;
  }

  // ---------------------------------------------------------------- listening
  listen() {
    const { root, model, stopped: { signal } } = this;
    root.addEventListener("click", (event) => this.click(event), { signal });
    root.addEventListener("keydown", (event) => this.keydown(event), { signal });
    root.addEventListener("focusin", (event) => this.takeTabStop(event.target), { signal });
    this.action("import").addEventListener("change", (event) => this.importFile(event.target), { signal });
    addEventListener("pagehide", () => this.saveNow(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.takeOver(this.store.read()), { signal });
    addEventListener("storage", ({ key, newValue }) => key === this.store.key && this.takeOver(newValue), { signal });
    addEventListener("beforeprint", () => [this.painting, this.intervals].forEach((work) => work?.finish()), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.saveNow(), { signal });
    this.watched = {
      "change:codes": () => { this.paintCodes(); this.saveSoon(); },
      "change:seen": () => { this.paintSeen(); this.paintMode(); this.saveSoon(); },
      "change:mode": () => { this.paintMode(); this.saveSoon(); },
    };
    for (const [name, callback] of Object.entries(this.watched)) model.on(name, callback);
  }

  click(event) {
    const target = event.target.closest("button, a[data-goto]");
    if (!target) return;
    if (target.dataset.goto) {
      event.preventDefault();
      return this.goTo(target.dataset.goto);
    }
    if (target.dataset.value) return this.choose(target.dataset);
    const unit = this.exercise.units.get(target.dataset.unit);
    this.actions[target.dataset.action]?.(unit, target);
  }

  actions = {
    "mode-guided": () => this.change({ mode: "guided" }),
    "mode-blind": () => this.change({ mode: "blind" }),
    check: (unit) => this.check(unit),
    define: (unit) => this.definitions.toggle(this.items.get(unit.id), unit),
    disagree: (unit, button) => this.toggleDisagreement(unit, button),
    copy: (unit, button) => this.copy(button),
    reveal: () => this.reveal(),
    undo: () => this.step(this.history.undo(), "Undone"),
    redo: () => this.step(this.history.redo(), "Done again"),
    help: () => this.help.showModal(),
    "export-csv": () => this.exportCsv(),
    "export-json": () => this.exportJson(),
    erase: () => this.erase(),
  };

  keydown(event) {
    const item = event.target.closest(".om-toolbar")?.parentElement ?? event.target;
    const unit = this.exercise.units.get(item.classList.contains("om-asked") ? item.dataset.unit : null);
    const command = commandFor(event, this.shortcutsOf(unit));
    if (!command || !(isHeldDown(event, command) || this.obey(command, unit, event.target))) return;
    event.preventDefault();
    event.stopPropagation();
  }

  shortcutsOf(unit) {
    return new Map(this.exercise.columnsOf(unit).flatMap((column) => (
      column.codes.map((code) => [code.shortcut, { column: column.id, value: code.id }]))));
  }

  // Returns whether the key press was for the coder.
  obey(command, unit, target) {
    if (["undo", "redo", "help"].includes(command.name)) {
      this.actions[command.name]();
      return true;
    }
    if (command.name === "escape") return this.confirmation.hidden ? this.definitions.hide() : this.closeConfirmation();
    if (!unit) return false;
    if (command.name === "move") this.move(command, unit, target);
    else if (command.name === "enter") return this.enter(unit, target);
    else this.chooseByShortcut(command, unit, target);
    return true;
  }

  chooseByShortcut({ name, column, value }, unit, target) {
    const codes = this.model.get("codes");
    const inColumn = target.closest(".om-column")?.querySelector("button").dataset.column;
    const where = name === "none" ? inColumn ?? (this.exercise.openColumns(unit, codes)[0] ?? this.exercise.columnsOf(unit)[0]).id : column;
    const what = name === "none" ? NO_CODE : value;
    this.buttonOf(unit.id, where, what).focus();
    this.choose({ unit: unit.id, column: where, value: what });
    this.definitions.hide();
  }

  // Enter chooses the code in focus; on the chosen code it checks the unit, on a checked one it goes on.
  enter(unit, target) {
    if (this.isSeen(unit.id)) {
      if (!target.dataset.value) return false;
      this.move({ unit: 1 }, unit, target);
      return true;
    }
    if (this.model.get("mode") !== "guided" || target.getAttribute("aria-pressed") !== "true") return false;
    this.check(unit);
    return true;
  }

  // ------------------------------------------------------------------- moving
  move({ along, across, end, unit: unitStep }, unit, target) {
    const item = this.items.get(unit.id);
    const rows = [...item.querySelectorAll(".om-codes, .om-unit-actions")].map((row) => [...row.querySelectorAll("button")].filter((button) => button.getClientRects().length));
    const at = Math.max(0, rows.findIndex((row) => row.includes(target)));
    const row = rows[at];
    const place = row.indexOf(target);
    if (along) return row[(place + along + row.length) % row.length].focus();
    if (end !== undefined) return row.at(end).focus();
    const next = across && rows[at + across];
    if (next?.length) return (next.find((button) => button.getAttribute("aria-pressed") === "true") ?? next[Math.min(Math.max(place, 0), next.length - 1)]).focus();
    return this.focusNeighbour(unit, unitStep ?? across);
  }

  focusNeighbour(unit, step) {
    const { coded } = this.exercise;
    const next = coded[coded.indexOf(unit) + step];
    if (!next) return this.say(step > 0 ? "This is the last unit to code." : "This is the first unit to code.");
    const toolbar = this.items.get(next.id).querySelector(".om-toolbar");
    toolbar.querySelector("[tabindex='0']").focus();
  }

  takeTabStop(target) {
    const toolbar = target.closest(".om-toolbar");
    if (!toolbar || !target.dataset.value || target.tabIndex === 0) return; // the actions may go away
    for (const button of toolbar.querySelectorAll("[tabindex='0']")) button.tabIndex = -1;
    target.tabIndex = 0;
  }

  goTo(unitId) {
    const item = this.root.querySelector(`li[data-unit="${CSS.escape(unitId)}"]`);
    item.scrollIntoView({ block: "center" });
    item.focus({ preventScroll: true });
  }

  // ------------------------------------------------------------------- coding
  change(traits) {
    this.model.set(traits);
    this.model.save_changes();
  }

  isSeen(unitId) {
    return this.model.get("seen").includes(unitId);
  }

  choose({ unit, column, value }) {
    const number = this.exercise.numbers.get(unit);
    if (this.isSeen(unit)) return this.say(`Unit ${number} has its feedback; its answer stays as it was.`);
    const codes = this.model.get("codes");
    const before = codes[unit]?.[column] ?? null;
    const after = before === value ? null : value;
    this.history.record({ unit, column, before, after });
    this.change({ codes: withChanges(codes, [{ unit, column, value: after }]) });
    this.sayAnswer(unit, column, after);
  }

  step(step, word) {
    if (!step) return this.say(word === "Undone" ? "There is nothing to undo." : "There is nothing to do again.");
    this.change({ codes: withChanges(this.model.get("codes"), [step]) });
    this.sayAnswer(step.unit, step.column, step.value, `${word}. `);
  }

  check(unit) {
    const number = this.exercise.numbers.get(unit.id);
    if (this.isSeen(unit.id)) return this.say(`Unit ${number} has its feedback already.`);
    const open = this.exercise.openColumns(unit, this.model.get("codes"));
    if (open.length) return this.say(`Unit ${number}: choose an answer for ${listing(open.map((column) => column.name))} first; \u201cnone\u201d is an answer too.`);
    const fromButton = document.activeElement?.dataset.action === "check"; // which goes away
    this.show([unit.id]);
    if (fromButton) this.items.get(unit.id).querySelector("button[aria-pressed=true]").focus({ preventScroll: true });
    const words = feedbackInWords(unitFeedback(this.exercise, unit, this.model.get("codes")));
    this.say(this.numbers ? `${words} That was the last unit: the comparison with the key follows below.` : words);
  }

  async reveal() {
    const codes = this.model.get("codes");
    const open = this.exercise.coded.filter((unit) => !this.exercise.isAnswered(unit, codes)).length;
    const question = `${plural(open, "unit is", "units are")} not fully coded. After the feedback the answers stay as they are.`;
    if (open && !(await this.confirm(question, "Show feedback now", "Go on coding"))) return;
    this.show(this.exercise.coded.map((unit) => unit.id));
    this.say("The feedback on every unit is shown; the comparison with the key follows below the units.");
    requestAnimationFrame(() => requestAnimationFrame(() => { // after the paint
      if (!this.isLong) this.painting.finish();
      this.goToResults();
    }));
  }

  goToResults() {
    const title = this.results.querySelector(".om-results-title");
    title?.scrollIntoView({ block: "start" });
    title?.focus({ preventScroll: true });
  }

  // Show the feedback on these units, for good.
  show(unitIds) {
    const seen = new Set([...this.model.get("seen"), ...unitIds]);
    this.history.forget((unit) => seen.has(unit));
    this.change({ seen: [...seen] });
    if (this.isFinished) this.root.dispatchEvent(new CustomEvent("om-coder:finished", { bubbles: true, detail: this.finished() }));
  }

  // Whether the feedback on every unit has been shown.
  get isFinished() {
    const seen = new Set(this.model.get("seen"));
    return this.exercise.coded.length > 0 && this.exercise.coded.every((unit) => seen.has(unit.id));
  }

  // Which exercise this is, and each answer beside its key: [unit, column, value, value of the key, credit]; value and
  // credit are null where nothing was coded.
  finished() {
    const codes = this.model.get("codes");
    const answers = this.exercise.coded.flatMap((unit) => this.exercise.columnsOf(unit).flatMap(({ id }) => {
      const entry = this.exercise.key[unit.id]?.[id];
      const value = codes[unit.id]?.[id] ?? null;
      return entry ? [[unit.id, id, value, entry.value, match(value, entry).credit]] : [];
    }));
    return { ...this.identity, mode: this.model.get("mode"), answers };
  }

  async erase() {
    const count = Object.keys(this.model.get("codes")).length;
    const more = this.store.leftovers().length ? " What is kept of it under other versions of the key, or could not be read, goes too." : "";
    const question = `Erase ${plural(count, "coded unit")} and the feedback of this exercise, here and in this browser\u2019s storage?${more}`;
    const touched = count || this.model.get("seen").length || more;
    if (touched && !(await this.confirm(question, "Erase", "Keep"))) return;
    this.replaceWork({ codes: {}, seen: [], mode: this.firstMode });
    this.saveNow();
    this.store.eraseAll();
    this.notices.replaceChildren();
    this.say("Your answers to this exercise are erased.");
    this.action("erase").focus();
  }

  replaceWork(work) {
    this.history = new CodingHistory();
    this.change(work);
    this.paintProgress();
  }

  // ----------------------------------------------------------------- painting
  paintCodes() {
    const codes = this.model.get("codes");
    for (const unit of this.exercise.coded) {
      if (this.painted[unit.id] === codes[unit.id]) continue;
      this.paintUnit(unit, codes);
      if (this.locked.has(unit.id)) this.paintFeedback(unit);
    }
    this.painted = codes;
    if (this.numbers) this.showResults(); // Python changed what had been compared
    this.paintProgress();
  }

  paintUnit(unit, codes) {
    const item = this.items.get(unit.id);
    for (const button of item.querySelectorAll("button[data-value]")) {
      const pressed = String(codes[unit.id]?.[button.dataset.column] === button.dataset.value);
      if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
    }
    item.querySelector("[data-action=check]").setAttribute("aria-disabled", String(!this.exercise.isAnswered(unit, codes)));
  }

  paintProgress() {
    const codes = this.model.get("codes");
    const { coded } = this.exercise;
    const done = coded.filter((unit) => this.exercise.isAnswered(unit, codes)).length;
    this.progress.textContent = coded.length ? `${done} of ${plural(coded.length, "unit")} coded` : "Nothing to code: this lens asks about nobody who speaks here.";
    this.meter.firstChild.style.transform = `scaleX(${coded.length ? done / coded.length : 0})`;
    // Not `disabled`: that would take the focus away from who presses it.
    this.action("undo").setAttribute("aria-disabled", String(!this.history.canUndo));
    this.action("redo").setAttribute("aria-disabled", String(!this.history.canRedo));
  }

  paintMode() {
    const mode = this.model.get("mode");
    const seen = this.model.get("seen");
    this.root.dataset.mode = mode;
    for (const name of ["guided", "blind"]) {
      this.action(`mode-${name}`).setAttribute("aria-pressed", String(name === mode));
      this.action(`mode-${name}`).disabled = seen.length > 0;
    }
    const all = this.exercise.coded.every((unit) => seen.includes(unit.id));
    this.action("reveal").hidden = all || (mode === "guided" && !seen.length);
    this.action("reveal").textContent = mode === "guided" ? "Show feedback on the rest" : "Show feedback";
    this.action("erase").textContent = seen.length ? "Start over" : "Erase my answers";
  }

  // Lock the units that have been shown and write their feedback; unlock those that have not (after an erasure).
  paintSeen() {
    const seen = new Set(this.model.get("seen"));
    this.painting?.cancel();
    const turned = this.exercise.coded.filter((unit) => seen.has(unit.id) !== this.locked.has(unit.id));
    const paint = (unit) => (seen.has(unit.id) ? this.lock(unit) : this.unlock(unit));
    const atOnce = new Set(turned.length < 2 || !(this.isLong || this.isMounted) ? turned : this.onScreen(turned));
    atOnce.forEach(paint);
    this.painting = runIdle(turned.filter((unit) => !atOnce.has(unit)).map((unit) => () => paint(unit)));
    if (this.isFinished) this.showResults();
    else this.hideResults();
    this.paintProgress();
  }

  // Those of the units, in their order, that the reader can see now.
  onScreen(units) {
    const seen = [];
    for (const unit of units) {
      const { top, bottom } = this.items.get(unit.id).getBoundingClientRect();
      if (top > innerHeight) break;
      if (bottom > 0) seen.push(unit);
    }
    return seen;
  }

  lock(unit) {
    this.locked.add(unit.id);
    const item = this.items.get(unit.id);
    item.classList.add("om-locked");
    for (const button of item.querySelectorAll("button[data-value]")) {
      button.setAttribute("aria-disabled", "true");
      if (this.exercise.key[unit.id]?.[button.dataset.column]?.value === button.dataset.value) button.dataset.key = "";
    }
    item.querySelector("[data-action=check]").hidden = true;
    this.paintFeedback(unit);
  }

  paintFeedback(unit) {
    const item = this.items.get(unit.id);
    item.querySelector("[data-part=feedback]")?.remove();
    const feedback = unitFeedback(this.exercise, unit, this.model.get("codes"));
    const disagree = actionButton("disagree", "I disagree with this key", { class: "om-button om-quiet", "aria-expanded": "false", "data-unit": unit.id });
    item.append(feedbackView(feedback, disagree));
  }

  unlock(unit) {
    this.locked.delete(unit.id);
    const item = this.items.get(unit.id);
    item.classList.remove("om-locked");
    for (const button of item.querySelectorAll("button[data-value]")) {
      button.removeAttribute("aria-disabled");
      delete button.dataset.key;
    }
    item.querySelector("[data-action=check]").hidden = false;
    item.querySelector("[data-part=feedback]")?.remove();
  }

  // ------------------------------------------------------------------ results
  showResults() {
    this.intervals?.cancel();
    this.numbers = measure(this.exercise, this.model.get("codes"));
    this.results.replaceChildren(...resultsView({
      exercise: this.exercise, numbers: this.numbers, level: this.level + 1, unitAnchor: (unit) => this.anchor(unit),
    }));
    for (const column of this.numbers.columns) {
      fillRow(this.results, column.id, "all", column.overall);
      for (const row of column.rows) fillRow(this.results, column.id, row.value, row);
    }
    this.results.hidden = false;
    const steps = intervalSteps(this.numbers, (column, row) => fillRow(this.results, column, row.value ?? "all", row));
    this.intervals = runIdle([() => this.showPublished(), () => this.showPlots(), ...steps]);
  }

  showPublished() {
    const published = this.model.get("published") ?? [];
    if (published.length) this.results.append(publishedView(published));
  }

  showPlots() {
    this.plotsPlace.hidden = false;
    this.plots.show(this.numbers, this.level + 1);
  }

  hideResults() {
    this.intervals?.cancel();
    this.numbers = null;
    this.results.hidden = true;
    this.results.replaceChildren();
    this.plots.clear();
    this.plotsPlace.hidden = true;
  }

  toggleDisagreement(unit, button) {
    const box = button.parentElement;
    const open = box.querySelector(".om-disagree");
    button.setAttribute("aria-expanded", String(!open));
    if (open) return open.remove();
    const { title, body } = disagreement(this.exercise, unitFeedback(this.exercise, unit, this.model.get("codes")));
    const repository = this.model.get("repository");
    const text = el("textarea", { readOnly: true, rows: 6, value: `${title}\n\n${body}`, dir: "auto", "aria-label": "Your disagreement, to copy" });
    box.append(el("div", { class: "om-disagree" },
      el("p", { class: "om-note", text: "Copy this, say why, and send it to the authors of the handbook. Never add client or family material." }),
      text,
      el("p", {}, actionButton("copy", "Copy"),
        repository && el("a", {
          href: `${repository}/issues/new?title=${encodeURIComponent(title)}&body=${encodeURIComponent(body)}`,
          target: "_blank", rel: "noopener noreferrer", text: "Open it as an issue (leaves this page)",
        }))));
    text.focus();
    text.select();
  }

  async copy(button) {
    const text = button.closest(".om-disagree").querySelector("textarea");
    try {
      await navigator.clipboard.writeText(text.value);
      this.say("Copied.");
    } catch {
      text.focus();
      text.select();
      this.say("The text is selected: copy it with Ctrl+C, or \u2318C.");
    }
  }

  // ------------------------------------------------------------------ keeping
  // What readCodings needs to know of this exercise.
  expected() {
    const { exercise } = this;
    return {
      ...this.identity,
      values: (unitId, columnId) => {
        const columns = exercise.columnsOf(exercise.units.get(unitId));
        if (columnId === undefined) return columns.length ? [] : null;
        const column = columns.find(({ id }) => id === columnId);
        return column ? [...column.codes.map((code) => code.id), NO_CODE] : null;
      },
    };
  }

  restore() {
    if (this.store.problem) this.notice(this.store.problem);
    for (const { key_version, text } of this.store.otherVersions()) this.offerOther(`You coded this excerpt with version ${key_version} of the key. `
      + `The key now has version ${this.identity.key_version}: your earlier answers are kept as they were and are not compared with it.`, key_version, text);
    const text = this.store.read();
    if (text === null) return;
    let work;
    try {
      work = readCodings(text, this.expected());
    } catch (error) {
      if (!(error instanceof CodingsError)) throw error;
      this.store.setAside(text);
      this.notice(`The answers kept in this browser could not be read, so the exercise starts empty; the unreadable text is kept aside. ${error.message}`);
      return;
    }
    const published = Boolean(globalThis.openingMinds); // a page without a kernel: its codes are the author's, not the reader's
    const set = Object.keys(this.model.get("codes")).length > 0;
    if (set && !published) {
      if (JSON.stringify(toRows(work.codes, this.identity)) === JSON.stringify(toRows(this.model.get("codes"), this.identity))) return;
      this.offerOther("The answers shown come from the notebook. This browser keeps others for the same exercise; the next answer you give here replaces them.", this.identity.key_version, text);
      return;
    }
    const { codes, seen } = work;
    this.change({ codes, seen, mode: this.modeOf(work) });
    if (work.count) this.say(`Your earlier answers are back: ${plural(work.count, "answer")}.`);
  }

  // The mode in which kept work goes on.
  modeOf({ mode }, otherwise = this.model.get("mode")) {
    return this.fixedMode ? this.firstMode : mode ?? otherwise;
  }

  offerOther(words, key_version, text) {
    this.notice(words, actionButton("export-other", "Export those answers", {
      onclick: () => downloadText(this.fileName("json", key_version), "application/json", text),
    }));
  }

  saveSoon() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.saveNow()); // after the paint
  }

  saveNow() {
    if (!this.saving) return;
    clearTimeout(this.saving);
    this.saving = null;
    const touched = Object.keys(this.model.get("codes")).length || this.model.get("seen").length || this.model.get("mode") !== this.firstMode;
    if (!touched) return this.store.erase();
    const trouble = this.store.write(this.asJson());
    if (trouble) this.trouble ??= this.notice(trouble); // said once, so that the answers can still be heard
    else this.forgetTrouble();
  }

  forgetTrouble() {
    this.trouble?.remove();
    this.trouble = null;
  }

  // Another tab went on with this exercise: go on from there, or the next answer here would write over it.
  takeOver(text) {
    if (!globalThis.openingMinds || this.store.problem || this.trouble) return; // a kernel has the last word; what is only here stays
    let work = { codes: {}, seen: [] };
    try {
      if (text !== null) work = readCodings(text, this.expected());
    } catch (error) {
      if (!(error instanceof CodingsError)) throw error;
      return;
    }
    const { codes, seen } = work;
    const mode = this.modeOf(work, this.firstMode);
    const here = [this.rows(), this.model.get("seen"), this.model.get("mode")];
    const there = [toRows(codes, this.identity), seen, mode];
    if (JSON.stringify(here) === JSON.stringify(there)) return;
    this.replaceWork({ codes, seen, mode });
    clearTimeout(this.saving); // it is kept already
    this.saving = null;
    this.say("Your answers changed in another tab; this page now shows the same.");
  }

  rows() {
    return toRows(this.model.get("codes"), this.identity);
  }

  asJson(results = null) {
    return toJson({ rows: this.rows(), seen: this.model.get("seen"), mode: this.model.get("mode"), results });
  }

  fileName(ending, version = this.identity.key_version) {
    return `codings-${this.identity.excerpt}-${this.identity.lens}-key${version}.${ending}`;
  }

  exportCsv() {
    downloadText(this.fileName("csv"), "text/csv", toCsv(this.rows()));
    this.say(`Exported ${plural(this.rows().length, "answer")} as CSV.`);
  }

  exportJson() {
    this.intervals?.finish();
    downloadText(this.fileName("json"), "application/json", this.asJson(this.numbers && numbersForExport(this.numbers)));
    this.say(`Exported ${plural(this.rows().length, "answer")} as JSON${this.numbers ? ", with the numbers of this page" : ""}.`);
  }

  async importFile(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      const work = readCodings(await file.text(), this.expected());
      const { codes, seen, count } = work;
      if (!count) throw new CodingsError("This file holds no answers.");
      const here = Object.keys(this.model.get("codes")).length;
      if (here && !(await this.confirm(`Replace the answers to ${plural(here, "unit")} here by the ${plural(count, "answer")} of the file?`, "Replace", "Keep mine"))) return;
      this.replaceWork({ codes, seen, mode: this.modeOf(work) });
      this.say(`Imported ${plural(count, "answer")}.`);
    } catch (error) {
      if (!(error instanceof CodingsError)) throw error;
      this.say(`${error.message} Nothing was changed.`);
    } finally {
      input.value = ""; // the same file can be chosen again
    }
  }

  // ------------------------------------------------------------------ telling
  action(name) {
    return this.buttons.get(name);
  }

  buttonOf(unit, column, value) {
    return [...this.items.get(unit).querySelectorAll("button[data-value]")].find(({ dataset }) => dataset.column === column && dataset.value === value);
  }

  say(text) {
    this.status.textContent = text;
  }

  sayAnswer(unit, column, value, before = "") {
    const { name } = this.exercise.columns.get(column);
    this.say(`${before}Unit ${this.exercise.numbers.get(unit)}, ${name}: ${this.exercise.label(column, value)}.`);
  }

  notice(text, ...more) {
    const box = el("div", { class: "om-notice" }, text, " ", ...more);
    this.notices.append(box);
    this.say(text);
    return box;
  }

  // Ask in the page; resolves to whether the reader agreed.
  confirm(question, yes, no) {
    this.closeConfirmation();
    const from = document.activeElement;
    return new Promise((resolve) => {
      const answer = (agreed) => {
        this.confirmation.hidden = true;
        this.confirmation.replaceChildren();
        this.closeConfirmation = () => false;
        if (this.root.contains(from)) from.focus();
        resolve(agreed);
        return true;
      };
      this.closeConfirmation = () => answer(false);
      this.confirmation.replaceChildren(el("p", { text: question }),
        actionButton("confirm", yes, { class: "om-button om-primary", onclick: () => answer(true) }),
        actionButton("cancel", no, { onclick: () => answer(false) }));
      this.confirmation.hidden = false;
      this.confirmation.scrollIntoView({ block: "nearest" });
      this.confirmation.querySelector("[data-action=cancel]").focus({ preventScroll: true });
    });
  }

  closeConfirmation = () => false; // says whether there was a question to close

  destroy() {
    this.saveNow();
    this.stopped.abort();
    for (const [name, callback] of Object.entries(this.watched)) this.model.off(name, callback);
    this.painting?.cancel();
    this.intervals?.cancel();
    this.definitions.destroy();
    this.plots.destroy();
    this.root.replaceChildren();
  }
}

// A key that is held down may walk or undo, but must not choose and check on its own.
function isHeldDown(event, command) {
  return event.repeat && !["move", "undo", "redo"].includes(command.name);
}
