// Keep a reader's codings in this browser, write them out as CSV and JSON, and read them in again.

export const ROW_FIELDS = ["coder", "excerpt", "key_version", "lens", "round", "unit", "column", "value"];
const FORMAT = "opening-minds-codings";
const PREFIX = "opening-minds:codings:1";

export class CodingsError extends Error {}

export function storageKey({ excerpt, lens, key_version, coder, round }) {
  return [PREFIX, excerpt, lens, key_version, coder, round].join(":");
}

export function toRows(codes, { coder, excerpt, key_version, lens, round }) {
  return Object.entries(codes).flatMap(([unit, columns]) => Object.entries(columns)
    .map(([column, value]) => ({ coder, excerpt, key_version, lens, round, unit, column, value })));
}

export function toCsv(rows) {
  return [ROW_FIELDS, ...rows.map((row) => ROW_FIELDS.map((field) => row[field]))]
    .map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

// A coder's word such as "=1+1" must stay a word when a spreadsheet opens the file.
function csvCell(value) {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toJson({ rows, seen, mode, results = null }) {
  return JSON.stringify({ format: FORMAT, version: 1, made: new Date().toISOString(), rows, seen, mode, results });
}

// Read an export or a stored text. `exercise`: { excerpt, lens, key_version, values(unit, column) -> values or null }.
// Returns { codes, seen, mode, count }; mode is null where the text has none. Throws CodingsError, in words.
export function readCodings(text, exercise) {
  const { rows, seen = [], mode = null } = /^\uFEFF?\s*[[{]/.test(text) ? fromJson(text) : { rows: fromCsv(text) };
  const codes = {};
  rows.forEach((row, i) => addRow(codes, row, `Row ${i + 1}`, exercise));
  for (const field of ["coder", "round"]) {
    const found = new Set(rows.map((row) => String(row[field])));
    if (found.size > 1) throw new CodingsError(`This file holds the answers of more than one ${field} (${[...found].slice(0, 3).join(", ")}); a page shows one.`);
  }
  for (const unit of seen) {
    if (!exercise.values(unit)) throw new CodingsError(`The list of units already shown names “${unit}”, which is not coded in this excerpt.`);
  }
  if (![null, "guided", "blind"].includes(mode)) throw new CodingsError(`The mode “${mode}” is neither guided nor blind.`);
  return { codes, seen, mode, count: rows.length };
}

function addRow(codes, row, place, exercise) {
  for (const field of ROW_FIELDS) {
    if (!["string", "number"].includes(typeof row?.[field])) throw new CodingsError(`${place} has no “${field}”.`);
  }
  const { unit, column, value } = row;
  for (const [field, name] of [["excerpt", "excerpt"], ["lens", "lens"], ["key_version", "key version"]]) {
    if (String(row[field]) !== String(exercise[field])) {
      throw new CodingsError(`${place} belongs to another ${name}: “${row[field]}”, while this exercise has “${exercise[field]}”.`);
    }
  }
  if (!exercise.values(unit)) throw new CodingsError(`${place} names the unit “${unit}”, which is not coded in this excerpt.`);
  const values = exercise.values(unit, column);
  if (!values) throw new CodingsError(`${place} answers the column “${column}”, which unit “${unit}” does not have in this lens.`);
  if (!values.includes(value)) throw new CodingsError(`${place} gives the value “${value}”, which the column “${column}” does not have in this lens.`);
  codes[unit] ??= {};
  if (codes[unit][column]) throw new CodingsError(`${place} answers unit “${unit}”, column “${column}” a second time.`);
  codes[unit][column] = value;
}

function fromJson(text) {
  let found;
  try {
    found = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new CodingsError(`The text is not readable as JSON (${error.message}).`);
  }
  if (found?.format !== FORMAT) throw new CodingsError(`This is JSON, but not an export of this handbook: its “format” is not “${FORMAT}”.`);
  if (found.version !== 1) throw new CodingsError(`This export has version ${found.version}; this page reads version 1.`);
  if (!Array.isArray(found.rows)) throw new CodingsError("This export has no list of rows.");
  if (!Array.isArray(found.seen ?? [])) throw new CodingsError("This export's “seen” is not a list of units.");
  return found;
}

function fromCsv(text) {
  const [head = [], ...lines] = csvLines(text.replace(/^\uFEFF/, ""));
  const missing = ROW_FIELDS.filter((field) => !head.includes(field));
  if (missing.length) throw new CodingsError(`This is not a table of codings: its first line lacks ${missing.join(", ")}.`);
  return lines.map((cells) => Object.fromEntries(head.map((field, i) => [field, cells[i]])));
}

// Comma or, as spreadsheets in many countries save it, semicolon; quoted cells may hold both and line breaks.
function csvLines(text) {
  const separator = text.slice(0, text.search(/[\r\n]|$/)).includes(";") ? ";" : ",";
  const lines = [[""]];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    const cells = lines.at(-1);
    if (letter === '"' && quoted && text[i + 1] === '"') { cells[cells.length - 1] += '"'; i++; }
    else if (letter === '"') quoted = !quoted;
    else if (quoted || !(letter === separator || letter === "\n" || letter === "\r")) cells[cells.length - 1] += letter;
    else if (letter === separator) cells.push("");
    else if (letter === "\n") lines.push([""]);
  }
  return lines.filter((cells) => cells.some((cell) => cell.trim()));
}

// The browser's own storage. Every method copes without it; `problem` says in words what does not work.
export class CodingStore {
  constructor(identity, storage = availableStorage()) {
    this.identity = identity;
    this.key = storageKey(identity);
    this.storage = storage;
    this.problem = storage ? "" : "This browser does not let the page keep your answers. You can code, but they are gone when you leave: export them before.";
  }

  read() {
    return this.storage?.getItem(this.key) ?? null;
  }

  write(text) {
    try {
      this.storage?.setItem(this.key, text);
      return "";
    } catch {
      return "Your last answers could not be kept: this browser's storage for the page is full or closed. Export them.";
    }
  }

  erase() {
    this.storage?.removeItem(this.key);
  }

  // The names of what else is kept of this exercise: work under other versions of the key, and a text set aside.
  leftovers() {
    const others = this.otherVersions().map(({ key_version }) => storageKey({ ...this.identity, key_version }));
    return [...others, `${this.key}:unreadable`].filter((name) => this.storage && this.storage.getItem(name) !== null);
  }

  eraseAll() {
    for (const name of [this.key, ...this.leftovers()]) this.storage?.removeItem(name);
  }

  // Nobody's work is thrown away because this version cannot read it.
  setAside(text) {
    try {
      this.storage.setItem(`${this.key}:unreadable`, text);
      this.storage.removeItem(this.key);
    } catch { /* no room for a second copy: the text stays where it is until the next answer */ }
  }

  // Work of the same coder on the same exercise under other versions of the key: [{ key_version, text }].
  otherVersions() {
    if (!this.storage) return [];
    const { excerpt, lens, key_version, coder, round } = this.identity;
    return Object.keys(this.storage).flatMap((name) => {
      const version = name.startsWith(`${PREFIX}:${excerpt}:${lens}:`) ? name.split(":")[5] : null;
      if (version === null || version === String(key_version)) return [];
      if (name !== storageKey({ excerpt, lens, key_version: version, coder, round })) return [];
      return [{ key_version: version, text: this.storage.getItem(name) }];
    });
  }
}

export function availableStorage() {
  try {
    const storage = globalThis.localStorage;
    if (storage.length) return storage; // what it holds can be read even when there is no room for a probe
    storage.setItem(`${PREFIX}:probe`, "1");
    storage.removeItem(`${PREFIX}:probe`);
    return storage;
  } catch {
    return null;
  }
}
