// The library: a list of excerpts to search, and the one that is open. Nothing of an excerpt is loaded before that.
import { CoderView } from "./coderview.js";
import { loadExercise } from "./exercisemodel.js";
import { availableStorage, storageKey } from "./store.js";
import { actionButton, el, heading, listing, plural, uniqueId, unseen } from "./view.js";

// "#excerpt=unread-message&lens=components"
export function exerciseAddress({ excerpt, lens }) {
  return `#${new URLSearchParams({ excerpt, lens })}`;
}

function exerciseInAddress(hash) {
  const given = new URLSearchParams(hash.slice(1));
  return given.has("excerpt") ? { excerpt: given.get("excerpt"), lens: given.get("lens") } : null;
}

// An exercise is an excerpt through a lens. Which are offered: those with a `use` and `level` of `filter` (each one value
// or a list; by default the use "library"), or those of an assignment { excerpts, lens, mode }, in its order.
export class LibraryView {
  #view = null; // the CoderView of the open exercise
  #open = null; // its { excerpt, lens }
  #stopped = new AbortController();

  // place: an element of the page. model: the widget's, for what the kernel has to load. catalog, lenses: of Python's
  // `library`. store: a PracticeStore. level: of the headings of the excerpts. mode: the only one, where it is given.
  constructor({ place, model, catalog, lenses, store, level, coder, round = 1, mode, filter = {}, assignment, repository = "" }) {
    Object.assign(this, { place, model, catalog, store, level, coder, round, repository });
    this.mode = mode ?? assignment?.mode;
    this.lenses = new Map(lenses.map((lens) => [lens.id, lens]));
    this.exercises = offeredExercises(catalog, filter, assignment);
    this.uid = uniqueId();
    this.storage = availableStorage();
    this.links = new Map(); // address -> its link
    this.hasAddress = Boolean(globalThis.openingMinds); // a notebook's address belongs to JupyterLab
    this.listHash = exerciseInAddress(location.hash) ? "" : location.hash;
    this.shelf = el("div", { class: "om-shelf", "data-part": "shelf", tabIndex: -1, role: "group", "aria-label": "Library" },
      this.#searchView(!assignment), this.#listView());
    this.desk = el("div", { class: "om-desk", "data-part": "desk", tabIndex: -1, role: "group", hidden: true });
    place.classList.add("om-library");
    place.dataset.lmSuppressShortcuts = "true";
    place.replaceChildren(this.shelf, this.desk);
    this.#listen();
    this.#paint();
    if (this.hasAddress) this.#follow();
  }

  // ----------------------------------------------------------------- building
  #searchView(isShown) {
    const field = (name, control) => {
      control.id = `${this.uid}-${name}`;
      control.dataset.filter = name;
      return el("p", {}, el("label", { htmlFor: control.id, text: name }), control);
    };
    const choice = (name, options) => options.length > 1 && field(name, el("select", {},
      el("option", { value: "", text: "any" }), options.map(([value, text]) => el("option", { value, text }))));
    const entries = this.exercises.map(({ entry }) => entry);
    const held = new Set(entries.flatMap(({ codes }) => codes));
    const offered = [...this.lenses.values()].filter(({ id }) => this.exercises.some(({ lens }) => lens === id));
    const codes = new Map(offered.flatMap((lens) => lens.codes).filter(({ id }) => held.has(id)).map(({ id, name }) => [id, `${id} ${name}`]));
    this.form = el("form", { class: "om-search", role: "search", "aria-label": "Excerpts", hidden: !isShown },
      field("Search", el("input", { type: "search", autocomplete: "off" })),
      choice("Setting", distinct(entries.map(({ setting, setting_name }) => [setting, setting_name]))),
      choice("Level", distinct(entries.map(({ level }) => [String(level), `${level} of 4`])).sort()),
      choice("Lens", offered.map(({ id, name }) => [id, name])),
      choice("Code", [...codes]),
      el("p", { class: "om-check" }, el("label", {}, el("input", { type: "checkbox", "data-filter": "New" }), " Not coded yet")),
      el("p", {}, actionButton("clear", "Show all")));
    return this.form;
  }

  #listView() {
    this.count = el("p", { class: "om-count", "data-part": "count", role: "status" });
    this.problem = el("p", { class: "om-note", "data-part": "problem" });
    const cards = new Map();
    for (const exercise of this.exercises) cards.set(exercise.entry, [...(cards.get(exercise.entry) ?? []), exercise]);
    this.cards = [...cards].map(([entry, exercises]) => this.#cardView(entry, exercises));
    return [this.count, this.problem, el("ul", { class: "om-cards", role: "list" }, this.cards)];
  }

  #cardView(entry, exercises) {
    const title = `${this.uid}-${entry.id}`;
    return el("li", { class: "om-card", "data-excerpt": entry.id },
      heading(this.level, entry.title, { class: "om-card-title", id: title, dir: "auto" }),
      el("p", { class: "om-card-facts", text: `${sentence(entry.setting_name)} \u00b7 level ${entry.level} of 4 \u00b7 ${plural(entry.units, "unit")}` }),
      el("p", { dir: "auto", text: entry.summary }),
      el("p", { class: "om-card-facts" }, el("span", { text: `With ${listing(entry.who)}. Content: ${entry.content_label}` })),
      el("ul", { class: "om-exercises", role: "list", "aria-label": `Code \u201c${entry.title}\u201d` }, exercises.map((exercise) => el("li", {}, this.#linkView(exercise, title)))));
  }

  #linkView({ entry, lens, address }, title) {
    const link = el("a", { href: address, "data-action": "open", "data-lens": lens, id: `${title}-${lens}`, "aria-describedby": title },
      el("b", { text: this.lenses.get(lens).name }), " ",
      el("span", {}, plural(entry.coded[lens], "unit"), unseen(" to code"), el("span", { "data-part": "state" })));
    this.links.set(address, link);
    return link;
  }

  // ---------------------------------------------------------------- listening
  #listen() {
    const { signal } = this.#stopped;
    const on = (target, type, f) => target.addEventListener(type, f, { signal });
    on(this.form, "submit", (event) => event.preventDefault());
    on(this.form, "input", () => this.#paint());
    on(this.place, "click", (event) => this.#click(event));
    on(this.desk, "om-coder:finished", ({ detail }) => this.#record(detail));
    if (this.hasAddress) on(globalThis, "popstate", () => this.#follow());
    this.unsubscribe = this.store.subscribe(() => this.#paint());
  }

  #click(event) {
    const target = event.target.closest("[data-action]");
    const action = target?.dataset.action;
    if (action === "clear") {
      this.form.reset();
      this.#paint();
    } else if (action === "back") this.close();
    else if (action === "retry") {
      this.desk.focus({ preventScroll: true }); // the button goes away
      this.#load();
    }
    else if (action === "open" && this.links.get(target.getAttribute("href")) === target) {
      if (!this.hasAddress) {
        event.preventDefault();
        this.open(exerciseInAddress(target.getAttribute("href")));
      } else this.#markList(); // the browser goes to the address, and Back comes back to the list
    }
  }

  // ---------------------------------------------------------------- searching
  #paint() {
    const wanted = Object.fromEntries([...this.form.querySelectorAll("[data-filter]")]
      .map((control) => [control.dataset.filter, control.type === "checkbox" ? control.checked : control.value]));
    const shown = new Set(); // ids of excerpts
    for (const exercise of this.exercises) {
      const state = this.#stateOf(exercise);
      const fits = this.#fits(exercise, state, wanted);
      const link = this.links.get(exercise.address);
      link.parentElement.hidden = !fits;
      link.querySelector("[data-part=state]").textContent = state && ` \u00b7 ${state}`;
      if (fits) shown.add(exercise.entry.id);
    }
    for (const card of this.cards) card.hidden = !shown.has(card.dataset.excerpt);
    const all = this.cards.length;
    const words = shown.size ? (shown.size < all ? `${shown.size} of ` : "") + plural(all, "excerpt") : "No excerpt fits all of this.";
    if (this.count.textContent !== words) this.count.textContent = words;
    this.problem.textContent = this.store.problem;
    this.problem.hidden = !this.store.problem;
  }

  #fits({ entry, lens, text }, state, { Search, Setting, Level, Lens, Code, New }) {
    return comparable(Search).split(/\s+/).every((word) => text.includes(word))
      && (!Setting || entry.setting === Setting) && (!Level || String(entry.level) === Level) && (!Lens || lens === Lens)
      && (!Code || (entry.codes.includes(Code) && this.lenses.get(lens).codes.some(({ id }) => id === Code)))
      && (!New || state !== "coded");
  }

  #stateOf({ entry, lens }) {
    if (this.#isRecorded({ excerpt: entry.id, lens, round: this.round })) return "coded";
    const name = storageKey({ excerpt: entry.id, lens, key_version: entry.key_version, coder: this.coder, round: this.round });
    return (this.storage?.getItem(name) ?? null) === null ? "" : "begun";
  }

  #isRecorded({ excerpt, lens, round }) {
    return this.store.finished.some((one) => one.excerpt === excerpt && one.lens === lens && one.round === round);
  }

  // ------------------------------------------------------ opening and closing
  // The address says what is open. An address of something else on the page (a heading) changes nothing.
  #follow() {
    const wanted = exerciseInAddress(location.hash);
    if (wanted) this.open(wanted);
    else if (!location.hash || history.state?.omLibrary) this.#showList();
  }

  // Names this entry of the browser's history a list, also where it ends in the address of a heading.
  #markList() {
    this.listHash = location.hash;
    history.replaceState({ ...history.state, omLibrary: true }, "");
  }

  // Open an exercise, { excerpt, lens }; without a lens, through the first that the excerpt is offered with.
  open({ excerpt, lens }) {
    const found = this.exercises.find(({ entry, lens: offered }) => entry.id === excerpt && (!lens || offered === lens));
    if (!found) {
      this.#showList();
      // One that another list of the page offers is no mistake.
      if (!this.catalog.some(({ id, lenses }) => id === excerpt && (!lens || lenses.includes(lens)))) this.count.textContent = "The address names an excerpt that this book does not have. Here is what there is.";
      return;
    }
    if (this.#open?.address === found.address) return;
    this.#put(null);
    this.#open = found;
    this.shelf.hidden = true;
    this.desk.hidden = false;
    this.desk.setAttribute("aria-label", `${found.entry.title}: ${this.lenses.get(found.lens).name}`);
    this.#load();
    this.desk.scrollIntoView({ block: "start" });
    this.desk.focus({ preventScroll: true });
  }

  // Put the open exercise away and show the list, as the button does.
  close() {
    if (this.hasAddress) history.pushState({ omLibrary: true }, "", location.pathname + location.search + this.listHash);
    this.#showList();
  }

  #showList() {
    if (!this.#open) return;
    const link = this.links.get(this.#open.address);
    this.#open = null;
    this.#put(null);
    this.desk.hidden = true;
    this.shelf.hidden = false;
    this.#paint();
    (link.checkVisibility() ? link : this.shelf).focus();
  }

  async #load() {
    const exercise = this.#open;
    const { entry, lens } = exercise;
    this.#put(el("p", { class: "om-note", "data-part": "message", role: "status", text: "Loading\u2026" }));
    try {
      const model = await loadExercise(this.model, { excerpt: entry.id, lens, mode: this.mode, coder: this.coder, round: this.round, repository: this.repository });
      if (this.#open === exercise) this.#show(model);
    } catch (error) {
      console.error(error);
      if (this.#open !== exercise) return;
      this.#put(
        el("p", { class: "om-failed", "data-part": "message", role: "alert", text: `\u201c${entry.title}\u201d could not be opened: ${error.message}.` }),
        el("p", {}, actionButton("retry", "Try again")));
    }
  }

  #show(model) {
    const root = el("div");
    this.#put(root, el("p", {}, actionButton("back", "Back to the list")));
    this.#view = new CoderView(model, root, { level: this.level, fixedMode: Boolean(this.mode) });
    const done = this.#view.finished();
    if (this.#view.isFinished && !this.#isRecorded(done)) this.#record(done); // coded on another page of the book
  }

  #put(...nodes) {
    this.#view?.destroy();
    this.#view = null;
    this.desk.replaceChildren(...(nodes[0] ? [el("p", {}, actionButton("back", "Back to the list")), ...nodes] : []));
  }

  #record({ coder, ...work }) {
    this.store.finish({ ...work, use: this.#open.entry.use });
  }

  destroy() {
    this.#stopped.abort();
    this.unsubscribe();
    this.#open = null;
    this.#put(null);
    this.place.replaceChildren();
  }
}

function offeredExercises(catalog, { use = "library", level }, assignment) {
  const isOffered = (entry) => [use].flat().includes(entry.use) && (level === undefined || [level].flat().includes(entry.level));
  const byId = new Map(catalog.filter(isOffered).map((entry) => [entry.id, entry]));
  const entries = assignment ? assignment.excerpts.map((id) => byId.get(id)).filter(Boolean) : [...byId.values()];
  return entries.flatMap((entry) => {
    const text = comparable([entry.title, entry.summary, entry.setting_name, ...entry.who, entry.content_label].join(" "));
    return entry.lenses.filter((lens) => !assignment?.lens || lens === assignment.lens)
      .map((lens) => ({ entry, lens, text, address: exerciseAddress({ excerpt: entry.id, lens }) }));
  });
}

// Letters without accents and case: who looks for "Krakow" finds "Kraków".
function comparable(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().trim();
}

function distinct(pairs) {
  return [...new Map(pairs)];
}

function sentence(words) {
  return words[0].toUpperCase() + words.slice(1);
}
