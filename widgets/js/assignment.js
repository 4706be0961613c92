// What an instructor sets by a link: which excerpts, through which lens, guided or blind, until which day. Never text.

const FIELDS = ["set", "lens", "mode", "until"];
const MODES = ["guided", "blind"];

export class AssignmentError extends Error {}

// "#set=a.b&lens=components&mode=blind&until=2027-01-31"; `until` may be left out.
export function assignmentLink({ excerpts, lens, mode, until }) {
  return `#${new URLSearchParams({ set: excerpts.join("."), lens, mode, ...(until ? { until } : {}) })}`;
}

// The assignment in an address's hash, or null where there is none. Whatever is not one of the book's own excerpts and
// lenses, or not a day, is refused in words: a link must not put words on this page.
export function readAssignment(hash, catalog) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  if (!given.has("set")) return null;
  for (const name of given.keys()) if (!FIELDS.includes(name)) throw new AssignmentError("This link sets something that this page does not know. Ask for it again.");
  const [lens, mode, until] = ["lens", "mode", "until"].map((name) => given.get(name));
  const known = new Map(catalog.filter(({ use }) => use === "library").map((entry) => [entry.id, entry]));
  const excerpts = [...new Set(given.get("set").split(".").filter(Boolean))];
  if (!excerpts.length) throw new AssignmentError("This link sets no excerpt. Ask for it again.");
  for (const id of excerpts) {
    if (!known.has(id)) throw new AssignmentError("This link sets an excerpt that this edition of the book does not have. Ask for it again, or for the edition that it was made with.");
    if (!known.get(id).lenses.includes(lens)) throw new AssignmentError(`\u201c${known.get(id).title}\u201d has no key for the lens that this link sets. Ask for it again.`);
  }
  if (!MODES.includes(mode)) throw new AssignmentError("This link does not say whether to practice guided or blind. Ask for it again.");
  if (until !== null && !isCalendarDay(until)) throw new AssignmentError("The day in this link is not a day of the calendar. Ask for it again.");
  return { excerpts, lens, mode, until };
}

function isCalendarDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(text);
}
