// Keep a reader's practice in this browser: excerpts finished, drills answered and when each comes back, turns written.
import { CodingsError, availableStorage } from "./store.js";

const PRACTICE_FORMAT = "opening-minds-practice";
const PRACTICE_PREFIX = "opening-minds:practice:1";
const RETURN_DAYS = [1, 3, 7, 21]; // after a miss, and after each right answer to an item that had come back
const LOOK_BACK = 8; // first sights
const ENOUGH_RIGHT = 7; // of them

export function practiceKey(coder) {
  return `${PRACTICE_PREFIX}:${coder}`;
}

// One reader's practice, as one JSON text. What another tab or another widget of the page wrote is read before every
// answer and every write. Without storage, or when it is full, everything works from memory, and `problem` says so.
export class PracticeStore {
  #text = null; // the stored text that #kept was read from
  #kept;
  #unsaved = false; // #kept holds what could not be written
  #listeners = new Set();
  #heard = null;

  // now: gives the present Date; injected, so that tests can let weeks pass.
  constructor(coder, { storage = availableStorage(), now = () => new Date() } = {}) {
    this.coder = coder;
    this.key = practiceKey(coder);
    this.storage = storage;
    this.now = now;
    this.#kept = this.#empty();
    this.problem = storage ? "" : "This browser does not let the page keep your practice. You can practice, but it is gone when you leave: export it before.";
    this.#state(); // what cannot be read is set aside before anybody asks
  }

  // ------------------------------------------------------------------ reading
  get started() { return this.#state().started; }
  get finished() { return this.#state().finished; }
  get drills() { return this.#state().drills; }
  get produced() { return this.#state().produced; }

  note(name) {
    const { notes } = this.#state();
    return Object.hasOwn(notes, name) ? notes[name] : null;
  }

  // The ids of the items that are due, longest due first.
  due(now = this.now()) {
    const today = localDate(now);
    return Object.entries(this.drills).filter(([, { due }]) => due !== null && due <= today)
      .sort(([, a], [, b]) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0)).map(([id]) => id);
  }

  // Only the first sight of an item counts: { answered, right (of the last eight), reached }.
  mastery(pairId) {
    const sights = Object.values(this.drills).filter(({ pair }) => pair === pairId).map(({ first }) => first)
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const right = sights.slice(-LOOK_BACK).filter((first) => first.right).length;
    return { answered: sights.length, right, reached: right >= ENOUGH_RIGHT };
  }

  // ------------------------------------------------------------------ writing
  // entry: { excerpt, use, lens, key_version, round, mode, answers }; returns it with `at` and `again`.
  finish(entry, now = this.now()) {
    let written;
    this.#change((state) => {
      const again = state.finished.some(({ excerpt, lens }) => excerpt === entry.excerpt && lens === entry.lens);
      written = { at: now.toISOString(), ...entry, again };
      return { finished: [...state.finished, written] };
    });
    return written;
  }

  // item: { id, drill: "pair", pair } or { id, drill: "cloze", code }; returns what is now kept of it.
  answer({ id, drill, pair, code }, right, now = this.now()) {
    let written;
    this.#change(({ drills }) => {
      const before = Object.hasOwn(drills, id) ? drills[id] : null;
      const sight = { at: now.toISOString(), right };
      const of = drill === "pair" ? { pair } : { code };
      written = { drill, ...of, first: before?.first ?? sight, last: sight, ...nextReturn(before, right, now) };
      return { drills: { ...drills, [id]: written } };
    });
    return written;
  }

  // A text that was emptied is gone.
  produce(taskId, text, checks, now = this.now()) {
    this.#change(({ produced }) => {
      const { [taskId]: _, ...rest } = produced;
      return { produced: text.trim() ? { ...rest, [taskId]: { at: now.toISOString(), text, checks } } : rest };
    });
  }

  setNote(name, value) {
    this.#change(({ notes }) => ({ notes: { ...notes, [name]: value } }));
  }

  // --------------------------------------------------------- export, import, erase
  // texts: false leaves out what the reader wrote; this is what an instructor gets.
  exportJson({ texts = true } = {}) {
    const { produced, ...rest } = this.#state();
    return JSON.stringify(texts ? { ...rest, produced } : rest);
  }

  // Adds what a file holds to what is here; of an answer that both hold, the first sight and the last are kept.
  importJson(text) {
    const found = readPractice(text);
    if (found.coder !== this.coder) {
      throw new CodingsError(`This is the practice of the code word “${found.coder}”, while this page keeps that of “${this.coder}”.`);
    }
    this.#change((state) => mergedPractice(state, found));
  }

  erase() {
    for (const name of [this.key, `${this.key}:unreadable`]) this.storage?.removeItem(name);
    this.#text = null;
    this.#kept = this.#empty();
    this.#unsaved = false;
    this.#tell();
  }

  // f is called after every change, also by another tab; returns the function that ends it.
  subscribe(f) {
    this.#listeners.add(f);
    if (!this.#heard) {
      this.#heard = ({ key }) => (key === this.key || key === null) && this.#tell();
      globalThis.addEventListener("storage", this.#heard);
    }
    return () => {
      this.#listeners.delete(f);
      if (this.#listeners.size) return;
      globalThis.removeEventListener("storage", this.#heard);
      this.#heard = null;
    };
  }

  // ------------------------------------------------------------------ private
  #tell() {
    for (const f of [...this.#listeners]) f();
  }

  #empty() {
    return { format: PRACTICE_FORMAT, version: 1, coder: this.coder, started: this.now().toISOString(), finished: [], drills: {}, produced: {}, notes: {} };
  }

  #state() {
    const text = this.storage ? this.storage.getItem(this.key) : this.#text;
    if (text === this.#text) return this.#kept;
    this.#text = text;
    const stored = this.#read(text);
    this.#kept = this.#unsaved ? mergedPractice(stored, this.#kept) : stored;
    return this.#kept;
  }

  #read(text) {
    if (text === null) return this.#empty();
    try {
      return readPractice(text);
    } catch (error) {
      if (!(error instanceof CodingsError)) throw error;
      this.#setAside(text);
      this.problem = `The practice kept in this browser could not be read, so it starts anew; the unreadable text is kept aside. ${error.message}`;
      return this.#empty();
    }
  }

  // Nobody's work is thrown away because this version cannot read it.
  #setAside(text) {
    try {
      this.storage.setItem(`${this.key}:unreadable`, text);
      this.storage.removeItem(this.key);
      this.#text = null;
    } catch { /* no room for a second copy: the text stays where it is until the next answer */ }
  }

  // change: the state -> the fields of it that are new
  #change(change) {
    const state = this.#state();
    this.#kept = { ...state, ...change(state) };
    if (this.storage) this.#write(JSON.stringify(this.#kept));
    this.#tell();
  }

  #write(text) {
    try {
      this.storage.setItem(this.key, text);
      this.#text = text;
      this.#unsaved = false;
      this.problem = "";
    } catch {
      this.#unsaved = true;
      this.problem = "Your last practice could not be kept: this browser's storage for the page is full or closed. Export it.";
    }
  }
}

function nextReturn(before, right, now) {
  if (!right) return { step: 0, due: daysLater(now, RETURN_DAYS[0]) };
  if (!before) return { step: 0, due: null };
  const { step, due } = before;
  if (due === null || due > localDate(now)) return { step, due };
  return { step: step + 1, due: step + 1 < RETURN_DAYS.length ? daysLater(now, RETURN_DAYS[step + 1]) : null };
}

// Days are the reader's own: what is due on a day is due from its beginning.
export function localDate(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function daysLater(date, days) {
  return localDate(new Date(date.getFullYear(), date.getMonth(), date.getDate() + days));
}

// ------------------------------------------------------------------ merging
function mergedPractice(one, other) {
  const entries = new Map([...one.finished, ...other.finished].map((entry) => [`${entry.at} ${entry.excerpt} ${entry.lens}`, entry]));
  const [older, newer] = lastTouched(one) <= lastTouched(other) ? [one, other] : [other, one];
  return {
    ...one,
    started: one.started < other.started ? one.started : other.started,
    finished: withAgain([...entries.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))),
    drills: mergedBy(one.drills, other.drills, (a, b) => ({
      ...(a.last.at < b.last.at ? b : a), first: a.first.at <= b.first.at ? a.first : b.first,
    })),
    produced: mergedBy(one.produced, other.produced, (a, b) => (a.at < b.at ? b : a)),
    notes: { ...older.notes, ...newer.notes },
  };
}

function mergedBy(one, other, choose) {
  const both = Object.entries(other).map(([id, value]) => [id, Object.hasOwn(one, id) ? choose(one[id], value) : value]);
  return { ...one, ...Object.fromEntries(both) };
}

function withAgain(finished) {
  const met = new Set();
  return finished.map((entry) => {
    const name = `${entry.excerpt} ${entry.lens}`;
    const again = entry.again || met.has(name);
    met.add(name);
    return { ...entry, again };
  });
}

function lastTouched({ started, finished, drills, produced }) {
  return [started, ...finished.map(({ at }) => at), ...Object.values(drills).map(({ last }) => last.at), ...Object.values(produced).map(({ at }) => at)]
    .reduce((a, b) => (a > b ? a : b));
}

// ------------------------------------------------------------------ reading a text
const isText = (value) => typeof value === "string";
const isTime = (value) => isText(value) && !Number.isNaN(Date.parse(value));
const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isSight = (value) => isRecord(value) && isTime(value.at) && typeof value.right === "boolean";
const isDay = (value) => isText(value) && /^\d{4}-\d\d-\d\d$/.test(value);

const PRACTICE_PARTS = {
  finished: ["excerpts finished", (entry) => isRecord(entry) && isTime(entry.at) && [entry.excerpt, entry.lens, entry.mode].every(isText)
    && Array.isArray(entry.answers) && entry.answers.every((answer) => Array.isArray(answer) && answer.length === 5)],
  drills: ["drills", (entry) => isRecord(entry) && ["pair", "cloze"].includes(entry.drill) && isText(entry.pair ?? entry.code)
    && isSight(entry.first) && isSight(entry.last) && Number.isInteger(entry.step) && entry.step >= 0 && entry.step <= RETURN_DAYS.length
    && (entry.due === null || isDay(entry.due))],
  produced: ["turns written", (entry) => isRecord(entry) && isTime(entry.at) && isText(entry.text)
    && Array.isArray(entry.checks) && entry.checks.every((check) => typeof check === "boolean")],
  notes: ["settings", () => true],
};

// An export or a stored text as the store keeps it. Throws CodingsError, in words.
export function readPractice(text) {
  let found;
  try {
    found = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new CodingsError(`The text is not readable as JSON (${error.message}).`);
  }
  if (found?.format !== PRACTICE_FORMAT) throw new CodingsError(`This is JSON, but not an export of the practice: its “format” is not “${PRACTICE_FORMAT}”.`);
  if (found.version !== 1) throw new CodingsError(`This export has version ${found.version}; this page reads version 1.`);
  if (!isText(found.coder)) throw new CodingsError("This export has no code word.");
  if (!isTime(found.started)) throw new CodingsError("This export does not say when the practice was started.");
  const { format, version, coder, started, finished, drills, produced = {}, notes = {} } = found; // an instructor's copy has no turns
  const parts = { finished, drills, produced, notes };
  for (const [part, [name, isGood]] of Object.entries(PRACTICE_PARTS)) {
    const value = parts[part];
    if (part === "finished" ? !Array.isArray(value) : !isRecord(value)) throw new CodingsError(`This export has no list of ${name}.`);
    const bad = Object.entries(value).find(([, entry]) => !isGood(entry));
    if (bad) throw new CodingsError(`Among the ${name}, the entry “${part === "finished" ? Number(bad[0]) + 1 : bad[0]}” cannot be read.`);
  }
  return { format, version, coder, started, ...parts };
}
