// The ladder: one place to practice, from the first definition to a record of practice. Every step is always open.
import { AssignmentError, assignmentLink, readAssignment } from "./assignment.js";
import { ClozeDrillView } from "./clozedrill.js";
import { LibraryView } from "./library.js";
import { loadPart } from "./loading.js";
import { OverviewView } from "./overview.js";
import { PairDrillView } from "./pairdrill.js";
import { PracticeStore } from "./practice.js";
import { ProduceTurnView } from "./produceturn.js";
import { answersIn, confusedPairs, firstSights, nextStep } from "./progress.js";
import { recordView } from "./record.js";
import { CodingsError } from "./store.js";
import { TakeView, entriesOf, newTake, takesIn, takesTable } from "./takes.js";
import { actionButton, downloadText, el, heading, headingLevel, plural, uniqueId } from "./view.js";

const CODER_KEY = "opening-minds:coder";
const CODE_WORD = /^[a-z0-9][a-z0-9-]{1,23}$/;
const LEVELS = [1, 2, 3, 4];
const STEPS = [
  { id: "begin", name: "Where to begin", about: "An entry test of 24 units, without feedback until the end. It tells you which steps you can skip; nothing stops you from skipping it, or anything else." },
  { id: "orientation", name: "Orientation", about: "Twenty minutes: the MISC tree and its chapter, then a first short excerpt with feedback on every unit." },
  { id: "pairs", name: "Pairs and definitions", about: "Codes that are easily confused, side by side. A pair is settled when seven of the last eight items were right at first sight. Eight pure guesses would get there 9 times in 256, so a settled pair is a good sign and no proof." },
  { id: "level-1", name: "Level 1", about: "Six to ten units, one lens, one setting. Guided: feedback on each unit." },
  { id: "level-2", name: "Level 2", about: "Twelve to eighteen units. Try some of them blind: code all, then see." },
  { id: "level-3", name: "Level 3", about: "Sixteen to twenty units; valence and uptake join the components." },
  { id: "level-4", name: "Level 4", about: "Twenty to thirty units, and the state of the client or child as well." },
  { id: "produce", name: "Write a turn", about: "Write the next turn yourself and compare it with three others. Nobody scores it." },
  { id: "check", name: "Self-check", about: "Ten excerpts that are shown nowhere else. You code them without feedback; at the end stands a record of practice that you can print. It certifies nothing." },
  { id: "progress", name: "Progress", about: "What you have coded, how it compares with the provisional key, and what you still confuse." },
  { id: "instructor", name: "For instructors", about: "Set excerpts for a class by a link, and read their exports in a notebook." },
];

class LadderView {
  constructor(model, root, now = () => new Date()) {
    Object.assign(this, { model, root, now, uid: uniqueId(), level: headingLevel(root) });
    this.hasAddress = Boolean(globalThis.openingMinds); // a notebook's address belongs to JupyterLab
    this.catalog = model.get("catalog");
    this.columns = model.get("columns");
    this.pairs = model.get("pairs");
    this.assignment = null;
    root.classList.add("om-ladder");
    root.dataset.lmSuppressShortcuts = "true";
    this.start(this.rememberedCoder());
    addEventListener("hashchange", this.followAddress = () => this.readAddress());
    root.dispatchEvent(new CustomEvent("om-ladder:ready", { bubbles: true }));
  }

  start(coder) {
    this.stop();
    this.coder = coder;
    this.store = new PracticeStore(coder, { now: this.now });
    this.unsubscribe = this.store.subscribe(() => this.paint());
    this.status = el("p", { class: "om-status", "data-part": "status", role: "status" });
    this.next = el("div", { class: "om-next", "data-part": "next", role: "group", "aria-label": "What next" });
    this.nav = el("nav", { class: "om-steps", "aria-label": "Steps of the practice" });
    this.panel = el("section", { class: "om-panel", "data-part": "panel" });
    this.root.replaceChildren(this.headView(), this.next, el("div", { class: "om-ladder-body" }, this.nav, this.panel), this.footView(), this.status);
    this.readAddress();
    this.paint();
  }

  // ------------------------------------------------------------------ the frame
  headView() {
    const input = el("input", { id: `${this.uid}-word`, value: this.coder, maxLength: 24, autocomplete: "off", spellcheck: false, "aria-describedby": `${this.uid}-about` });
    const form = el("form", { class: "om-word" }, el("label", { htmlFor: input.id, text: "Code word" }), input,
      el("button", { class: "om-button", "data-action": "set-word", text: "Use it" }),
      el("p", { class: "om-note", id: `${this.uid}-about`, text: "Your work is kept in this browser under this word. Small letters, digits and hyphens; not your name." }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const word = input.value.trim().toLowerCase();
      if (!CODE_WORD.test(word)) return this.say("A code word has 2 to 24 small letters, digits or hyphens.");
      remember(word);
      this.start(word);
      this.say(`The code word is now ${word}.`);
    });
    return el("header", { class: "om-ladder-head" }, form,
      this.store.problem && el("p", { class: "om-notice", text: this.store.problem }),
      el("p", { class: "om-note", text: this.model.get("statement") }));
  }

  footView() {
    const file = el("input", { type: "file", class: "om-unseen", "data-action": "import", accept: ".json,application/json" });
    file.addEventListener("change", () => this.importFile(file));
    return el("div", { class: "om-foot", role: "group", "aria-label": "Your work" },
      el("p", { class: "om-note", text: "Everything you do here stays in this browser. Some browsers delete what a page keeps after a week without a visit: export it after each session. "
        + "The export for an instructor holds your code word, your answers and their dates, and nothing that you wrote." }),
      el("div", { class: "om-foot-actions" },
        actionButton("export-practice", "Export everything", { onclick: () => this.exportPractice(true) }),
        actionButton("export-instructor", "Export for an instructor", { onclick: () => this.exportPractice(false) }),
        el("label", { class: "om-button om-file" }, file, "Import\u2026"),
        actionButton("erase-practice", "Erase everything", { onclick: () => this.erase() })),
      this.confirmation = el("div", { class: "om-confirm", role: "group", "aria-label": "Please confirm", hidden: true }));
  }

  paint() {
    const advice = this.advice();
    const { name } = STEPS.find(({ id }) => id === advice.step);
    const isHere = advice.step === this.step && !advice.pair;
    this.next.replaceChildren(el("p", {}, el("b", { text: "Next: " }), advice.why),
      isHere ? "" : actionButton("go", `Go to: ${name}`, { class: "om-button om-primary", onclick: () => this.go(advice.step, advice.pair) }));
    const list = el("ol", {}, this.steps().map(({ id, name: words }) => {
      const mark = this.markOf(id);
      return el("li", {}, el("button", { type: "button", "data-action": "step", "data-step": id, "aria-current": id === this.step ? "step" : null, onclick: () => this.go(id) },
        words, mark && el("span", { class: "om-note", text: mark })));
    }));
    const focused = this.nav.contains(document.activeElement) ? document.activeElement.dataset.step : null;
    this.nav.replaceChildren(list);
    if (focused) this.nav.querySelector(`[data-step="${focused}"]`)?.focus({ preventScroll: true });
  }

  steps() {
    return this.assignment ? [{ id: "set", name: "Set by your instructor", about: "" }, ...STEPS] : STEPS;
  }

  // ------------------------------------------------------------------ what is known
  levels() {
    const done = new Set(firstSights(this.store.finished).map(({ excerpt }) => excerpt));
    return LEVELS.map((level) => {
      const all = this.catalog.filter((entry) => entry.level === level && entry.use === "library");
      return { level, all: all.length, finished: all.filter(({ id }) => done.has(id)).length };
    });
  }

  settled() {
    return this.pairs.filter(({ id }) => this.store.mastery(id).reached).length;
  }

  confused() {
    const finished = firstSights(this.store.finished);
    return this.columns.flatMap(({ id, fold }) => {
      const pairs = this.pairs.map(({ codes }) => ({ codes: codes.map((code) => fold[code] ?? code) }))
        .filter(({ codes: [one, other] }) => one !== other && other !== "none"); // told apart by finer lenses only
      return confusedPairs(answersIn(finished, id, fold), pairs);
    })
      .sort((a, b) => b.apart - a.apart);
  }

  advice() {
    if (this.assignment && !this.assignmentDone()) return { step: "set", why: this.assignmentInWords() };
    const { store } = this;
    return nextStep({
      finished: store.finished, due: store.due().length, mastered: this.settled(), pairs: this.pairs.length, confused: this.confused(),
      levels: this.levels(), produced: Object.keys(store.produced).length, takes: takesIn(store), now: this.now(),
    });
  }

  markOf(id) {
    if (id.startsWith("level-")) {
      const { finished, all } = this.levels()[Number(id.slice(6)) - 1];
      return `${finished} of ${all}`;
    }
    if (id === "pairs") {
      const due = this.store.due().length;
      return `${this.settled()} of ${this.pairs.length} settled${due ? `, ${due} due` : ""}`;
    }
    if (id === "produce") return plural(Object.keys(this.store.produced).length, "turn");
    const take = takesIn(this.store).filter(({ purpose }) => (id === "begin" ? purpose === "entry" : id === "check" && purpose !== "entry")).at(-1);
    return take ? (take.done ? "done" : "begun") : "";
  }

  // ------------------------------------------------------------------ steps
  readAddress() {
    const hash = this.hasAddress ? location.hash : "";
    try {
      this.assignment = readAssignment(hash, this.catalog) ?? this.assignment;
    } catch (error) {
      if (!(error instanceof AssignmentError)) throw error;
      this.say(error.message);
    }
    const given = new URLSearchParams(hash.slice(1));
    const opened = this.catalog.find(({ id, use }) => id === given.get("excerpt") && use === "library");
    const isSet = given.has("set") || (opened && this.assignment?.excerpts.includes(opened.id));
    const step = isSet && this.assignment ? "set" : opened ? `level-${opened.level}` : given.get("step");
    const known = this.steps().some(({ id }) => id === step) ? step : this.step ?? this.advice().step;
    if (known !== this.step || !this.panel.firstChild) this.show(known);
  }

  go(step, pair = null) {
    if (this.hasAddress) history.pushState(null, "", step === "set" ? assignmentLink(this.assignment) : `#step=${step}`);
    this.show(step, pair);
    this.panel.querySelector("h2, h3, h4, h5, h6")?.focus();
  }

  show(step, pair = null) {
    this.view?.destroy?.();
    this.step = step;
    const { name, about } = this.steps().find(({ id }) => id === step);
    this.place = el("div");
    this.panel.replaceChildren(heading(this.level, name, { tabIndex: -1 }), el("p", { text: about || this.assignmentInWords() }), this.place);
    this.view = null;
    const makers = { begin: () => this.showEntry(), orientation: () => this.showOrientation(), pairs: () => this.showPairs(pair), produce: () => this.showProduce(), check: () => this.showCheck(),
      progress: () => this.showProgress(), instructor: () => this.showInstructor(), set: () => this.showLibrary({ assignment: this.assignment }) };
    (makers[step] ?? (() => this.showLibrary({ filter: { use: "library", level: Number(step.slice(6)) } })))();
    this.paint();
  }

  showLibrary(options) {
    this.view = new LibraryView({ place: this.place, model: this.model, catalog: this.catalog, lenses: this.model.get("lenses"), store: this.store, level: this.level + 1, coder: this.coder, ...options });
  }

  // Parts are fetched when a step is opened; a failure is said and can be tried again.
  async withParts(names, make) {
    const { place } = this;
    place.replaceChildren(el("p", { role: "status", text: "Opening\u2026" }));
    try {
      const parts = await Promise.all(names.map((name) => loadPart(this.model, name)));
      if (place !== this.place) return; // the reader has gone on
      place.replaceChildren();
      this.view = make(parts);
    } catch (error) {
      if (place !== this.place) return;
      place.replaceChildren(el("p", { role: "status", text: `This could not be opened: ${error.message}.` }), actionButton("retry", "Try again", { onclick: () => this.withParts(names, make) }));
    }
  }

  showOrientation() {
    const first = this.catalog.filter(({ level, use }) => level === 1 && use === "library")[0];
    this.place.append(
      el("ol", {},
        el("li", {}, "Read the chapter ", link("../misc/the-misc-tree.html", "The MISC tree"), "."),
        el("li", {}, "Keep ", link("../codebook/components.html", "the five components"), " at hand; in an exercise, every code has its definition beside it."),
        el("li", {}, "Code a first excerpt. Guided means that you see the key, and the reason for it, after each unit.")),
      actionButton("first-excerpt", `Open \u201c${first.title}\u201d`, { class: "om-button om-primary", onclick: () => {
        this.go("level-1");
        this.view.open({ excerpt: first.id, lens: "components" });
      } }));
  }

  showPairs(pair) {
    const chosen = pair ? this.pairs.filter(({ codes }) => pair.every((code) => codes.includes(code) || codes.some((one) => one.startsWith(`${code}-`)))) : this.pairs;
    const pairs = chosen.length ? chosen : this.pairs;
    this.withParts([...pairs.map(({ id }) => `pair/${id}`), "cloze"], (parts) => {
      const one = el("div");
      const two = el("div");
      this.place.append(pairs.length < this.pairs.length ? el("p", {}, `Only ${pairs.map(({ codes }) => codes.join(" and ")).join(", ")}. `, actionButton("all-pairs", "All pairs", { onclick: () => this.go("pairs") })) : "", one, two);
      const shared = { store: this.store, level: this.level + 1, say: (text) => this.say(text) };
      const views = [new PairDrillView({ place: one, pairs: parts.slice(0, -1), ...shared }), new ClozeDrillView({ place: two, items: parts.at(-1), ...shared })];
      return { destroy: () => views.forEach((view) => view.destroy()) };
    });
  }

  showProduce() {
    this.withParts(["produce"], ([tasks]) => new ProduceTurnView({ place: this.place, tasks, store: this.store, level: this.level + 1 }));
  }

  showTake(take, after = () => []) {
    const place = el("div");
    const more = el("div");
    this.place.replaceChildren(place, more);
    const paint = (now) => more.replaceChildren(...(now.done ? after(now) : []));
    this.view = new TakeView({ place, take, catalog: this.catalog, columns: this.columns, store: this.store, model: this.model, level: this.level + 1, coder: this.coder, now: this.now, changed: (now) => { paint(now); this.paint(); } });
    paint(take);
  }

  showEntry() {
    const take = takesIn(this.store).find(({ purpose }) => purpose === "entry");
    if (take) return this.showTake(take, (done) => [el("p", { class: "om-notice", text: this.entryAdvice(done) })]);
    this.place.append(
      el("p", { text: "About 25 minutes. It can be interrupted, and the other steps stay open. What you see here as a number is measured on 24 units and is wide." }),
      actionButton("begin-entry", "Take the entry test", { class: "om-button om-primary", onclick: () => this.showTake(newTake(this.store, "entry", "set-a", this.now()), (done) => [el("p", { class: "om-notice", text: this.entryAdvice(done) })]) }));
  }

  entryAdvice(take) {
    const { fold, codes } = this.columns.find(({ id }) => id === "component");
    const answers = answersIn(entriesOf(take), "component", fold);
    const missed = codes.filter(({ id }) => {
      const asked = answers.filter(({ key }) => key === id);
      return asked.length && asked.filter(({ mine }) => mine === id).length < asked.length / 2;
    });
    return missed.length
      ? `You found fewer than half of the key\u2019s units of ${missed.map(({ id, name }) => `${id} ${name}`).join(", ")}. Begin with the orientation and the pairs in which ${missed.length > 1 ? "they occur" : "it occurs"}.`
      : "You found at least half of the key\u2019s units of every component. You can skip the orientation and level 1; the pairs are still worth an hour.";
  }

  showCheck() {
    const takes = takesIn(this.store);
    const record = takes.find(({ purpose, done }) => purpose === "self-check" && done);
    const open = takes.find(({ purpose, done }) => purpose !== "entry" && !done);
    if (open) return this.showTake(open, (take) => this.afterCheck(take));
    if (!record) {
      this.place.append(
        el("p", { text: "Take several sittings over it: about three hours in all. Each excerpt is handed in on its own; the key is shown when all ten are in." }),
        actionButton("begin-check", "Begin the self-check", { class: "om-button om-primary", onclick: () => this.showTake(newTake(this.store, "self-check", "self-check", this.now()), (take) => this.afterCheck(take)) }));
    } else {
      this.showTake(record, (take) => this.afterCheck(take));
    }
    const set = takes.filter((take) => take.set.startsWith("set-")).at(-1)?.set === "set-a" ? "set-b" : "set-a";
    const begun = takes.some((take) => take.set === set);
    this.place.append(el("div", { class: "om-drift" }, heading(this.level + 1, "A set of 24 units, before or after"),
      el("p", { text: `Two sets are matched by counts, not equated: they hold the same codes equally often, and one may still be harder. Take one after your practice, and one every eight weeks to see whether your coding drifts. ${begun ? "You have coded this one before, and will remember some of it." : ""}` }),
      takesTable(takes, this.columns),
      actionButton("begin-set", "Take a set of 24 units", { onclick: () => { this.showTake(newTake(this.store, record ? "drift" : "after", set, this.now()), (take) => this.afterCheck(take)); } })));
  }

  afterCheck(take) {
    if (take.purpose !== "self-check") return [];
    return recordView({ take, entries: entriesOf(take), columns: this.columns, catalog: this.catalog, coder: this.coder, statement: this.model.get("statement"), level: this.level + 1 });
  }

  showProgress() {
    this.view = new OverviewView({ place: this.place, model: this.model, store: this.store, columns: this.columns, catalog: this.catalog, pairs: this.pairs, confused: this.confused(), level: this.level + 1, practice: (codes) => this.go("pairs", codes) });
  }

  // ------------------------------------------------------------------ instructors
  assignmentDone() {
    const { excerpts, lens } = this.assignment;
    const done = new Set(this.store.finished.filter((entry) => entry.lens === lens).map(({ excerpt }) => excerpt));
    return excerpts.every((id) => done.has(id));
  }

  assignmentInWords() {
    const { excerpts, mode, until } = this.assignment;
    return `Your instructor set ${plural(excerpts.length, "excerpt")}, to be coded ${mode}${until ? `, until ${until}` : ""}. When you are done, choose a code word that is not your name and send the export for an instructor.`;
  }

  showInstructor() {
    const lenses = this.model.get("lenses");
    const lens = el("select", { id: `${this.uid}-lens` }, lenses.map(({ id, name }) => el("option", { value: id, text: name })));
    const mode = el("select", { id: `${this.uid}-mode` }, el("option", { value: "guided", text: "Guided" }), el("option", { value: "blind", text: "Blind" }));
    const until = el("input", { type: "date", id: `${this.uid}-until` });
    const choices = el("fieldset", { class: "om-choices" });
    const result = el("input", { readOnly: true, id: `${this.uid}-link`, value: "" });
    const make = () => {
      const excerpts = [...choices.querySelectorAll("input:checked")].map(({ value }) => value);
      result.value = excerpts.length ? location.href.replace(/#.*$/, "") + assignmentLink({ excerpts, lens: lens.value, mode: mode.value, until: until.value }) : "";
    };
    const offer = () => {
      choices.replaceChildren(el("legend", { text: "Excerpts" }), ...this.catalog.filter((entry) => entry.use === "library" && entry.lenses.includes(lens.value))
        .map((entry) => el("label", {}, el("input", { type: "checkbox", value: entry.id }), ` ${entry.title} (level ${entry.level}, ${entry.setting_name})`)));
      make();
    };
    lens.addEventListener("change", offer);
    for (const node of [mode, until, choices]) node.addEventListener("change", make);
    offer();
    const field = (node, text) => el("p", { class: "om-field" }, el("label", { htmlFor: node.id, text }), node);
    this.place.append(
      field(lens, "Lens"), field(mode, "Mode"), field(until, "Until (may be left empty)"), choices, field(result, "Link for your students"),
      actionButton("copy-link", "Copy the link", { onclick: () => this.copy(result) }),
      el("p", {}, "The link holds the names of the excerpts, the lens, the mode and the day, and nothing else. Your students send you their export; the notebook ",
        link("class-report.html", "Class report"), " gathers them. Do not grade aptitude by kappa: the key is provisional and the numbers are small."));
  }

  async copy(field) {
    if (!field.value) return this.say("Choose at least one excerpt first.");
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      this.say("The link is copied.");
    } catch {
      this.say("The link is selected: copy it with Ctrl+C, or \u2318C.");
    }
  }

  // ------------------------------------------------------------------ keeping
  rememberedCoder() {
    try {
      const word = globalThis.localStorage.getItem(CODER_KEY);
      return word && CODE_WORD.test(word) ? word : this.model.get("coder");
    } catch {
      return this.model.get("coder");
    }
  }

  exportPractice(texts) {
    downloadText(`practice-${this.coder}${texts ? "" : "-for-instructor"}.json`, "application/json", this.store.exportJson({ texts }));
    this.say(texts ? "Everything is exported, what you wrote too." : "Exported without what you wrote.");
  }

  async importFile(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      this.store.importJson(await file.text());
      this.show(this.step);
      this.say("Imported. What was here is still here.");
    } catch (error) {
      if (!(error instanceof CodingsError)) throw error;
      this.say(`${error.message} Nothing was changed.`);
    } finally {
      input.value = "";
    }
  }

  erase() {
    const answer = (agreed) => {
      this.confirmation.hidden = true;
      this.root.querySelector("[data-action=erase-practice]").focus();
      if (!agreed) return;
      eraseAll();
      this.store.erase();
      this.start(this.model.get("coder"));
      this.say("Everything that this book kept in this browser is erased.");
    };
    this.confirmation.replaceChildren(el("p", { text: "Erase all answers, drills, written turns and code words that this book keeps in this browser, of every reader who used it? Export them first if you may want them." }),
      actionButton("confirm", "Erase everything", { class: "om-button om-primary", onclick: () => answer(true) }),
      actionButton("cancel", "Keep", { onclick: () => answer(false) }));
    this.confirmation.hidden = false;
    this.confirmation.querySelector("[data-action=cancel]").focus();
  }

  say(text) {
    this.status.textContent = text;
  }

  stop() {
    this.view?.destroy?.();
    this.view = null;
    this.unsubscribe?.();
  }

  destroy() {
    this.stop();
    removeEventListener("hashchange", this.followAddress);
    this.root.replaceChildren();
  }
}

// A page of the book; a notebook has no such addresses.
const link = (href, text) => (globalThis.openingMinds ? el("a", { href, text }) : el("i", { text }));

function remember(word) {
  try {
    globalThis.localStorage.setItem(CODER_KEY, word);
  } catch { /* the word lasts as long as the page */ }
}

function eraseAll() {
  try {
    for (const name of Object.keys(globalThis.localStorage)) if (name.startsWith("opening-minds:")) globalThis.localStorage.removeItem(name);
  } catch { /* nothing is kept where nothing can be */ }
}

export default { render: ({ model, el: root }) => { const view = new LadderView(model, root); return () => view.destroy(); } };
