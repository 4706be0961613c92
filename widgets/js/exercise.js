// An exercise: which units of an excerpt are coded, in which columns, with which codes.

export const NO_CODE = "none"; // "none of these" is an answer; a missing entry is "not coded yet"

export class Exercise {
  constructor({ excerpt, lens, key }) {
    Object.assign(this, { excerpt, lens, key });
    this.columns = new Map(lens.columns.map((column) => [column.id, column]));
    this.codes = new Map(lens.columns.map((column) => [column.id, new Map(column.codes.map((code) => [code.id, code]))]));
    this.byRole = groupByRole(lens.columns);
    this.numbers = new Map(excerpt.units.map((unit, i) => [unit.id, i + 1]));
    this.units = new Map(excerpt.units.map((unit) => [unit.id, unit]));
    this.coded = excerpt.units.filter((unit) => this.byRole.has(unit.role));
  }

  columnsOf(unit) {
    return this.byRole.get(unit?.role) ?? [];
  }

  code(columnId, value) {
    return this.codes.get(columnId)?.get(value);
  }

  hasValue(columnId, value) {
    return value === NO_CODE ? this.columns.has(columnId) : Boolean(this.code(columnId, value));
  }

  // "FO Focusing", "None of these", "not coded"
  label(columnId, value) {
    if (value === null || value === undefined) return "not coded";
    if (value === NO_CODE) return this.columns.get(columnId).none;
    const code = this.code(columnId, value);
    return code ? `${code.id} ${code.name}` : value;
  }

  isAnswered(unit, codes) {
    return this.columnsOf(unit).every((column) => codes[unit.id]?.[column.id]);
  }

  openColumns(unit, codes) {
    return this.columnsOf(unit).filter((column) => !codes[unit.id]?.[column.id]);
  }
}

function groupByRole(columns) {
  const groups = new Map();
  for (const column of columns) groups.set(column.role, [...(groups.get(column.role) ?? []), column]);
  return groups;
}

// codes with some cells changed; codes themselves are never changed in place
export function withChanges(codes, changes) {
  const next = { ...codes };
  for (const { unit, column, value } of changes) {
    const { [column]: _, ...rest } = next[unit] ?? {};
    if (value) next[unit] = { ...rest, [column]: value };
    else if (Object.keys(rest).length) next[unit] = rest;
    else delete next[unit];
  }
  return next;
}

// What was done here and can be taken back, cell by cell.
export class CodingHistory {
  #done = [];
  #undone = [];

  get canUndo() { return this.#done.length > 0; }
  get canRedo() { return this.#undone.length > 0; }

  record(step) { // { unit, column, before, after }
    this.#done.push(step);
    this.#undone = [];
  }

  undo() {
    const step = this.#done.pop();
    if (!step) return null;
    this.#undone.push(step);
    return { ...step, value: step.before };
  }

  redo() {
    const step = this.#undone.pop();
    if (!step) return null;
    this.#done.push(step);
    return { ...step, value: step.after };
  }

  forget(isLocked) { // units whose feedback was shown stay as they were
    this.#done = this.#done.filter((step) => !isLocked(step.unit));
    this.#undone = this.#undone.filter((step) => !isLocked(step.unit));
  }
}
