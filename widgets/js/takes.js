// A set of excerpts that is coded whole before the key is shown: the entry test, the test after, the self-check.
import { CoderView } from "./coderview.js";
import { loadExercise } from "./exercisemodel.js";
import { agreementIn, answersIn, codesIn } from "./progress.js";
import { SealedCoderView } from "./sealed.js";
import { actionButton, dataTable, decimal, el, heading, percentText, plural, scrollBox } from "./view.js";

// A take is { id, purpose, set, round, started, done, handed: { excerpt: what CoderView's `finished()` gave } }.
export function takesIn(store) {
  return store.note("takes") ?? [];
}

export function newTake(store, purpose, set, now) {
  const takes = takesIn(store);
  const round = 1 + takes.filter((take) => take.set === set).length;
  const take = { id: `${set}-${round}`, purpose, set, round, started: now.toISOString(), done: null, handed: {} };
  store.setNote("takes", [...takes, take]);
  return take;
}

function keep(store, take) {
  store.setNote("takes", takesIn(store).map((other) => (other.id === take.id ? take : other)));
}

// The excerpts of a set, each through the first of its lenses.
export function excerptsOf(set, catalog) {
  return catalog.filter(({ use }) => use === set).map((entry) => ({ ...entry, lens: entry.lenses[0] }));
}

// The finished entries of a take, as PracticeStore keeps them.
export function entriesOf(take) {
  return Object.values(take.handed).map((handed) => ({ ...handed, at: take.done, use: take.set, again: take.round > 1 }));
}

export class TakeView {
  // changed(take) is called when an excerpt was handed in.
  constructor({ place, take, catalog, columns, store, model, level, coder, now, changed }) {
    Object.assign(this, { place, take, columns, store, model, level, coder, now, changed });
    this.excerpts = excerptsOf(take.set, catalog);
    this.place.addEventListener("om-coder:handed", (event) => this.handIn(event.detail));
    this.list();
  }

  list(focus = false) {
    this.close();
    const { take, excerpts } = this;
    const open = excerpts.filter(({ id }) => !take.handed[id]);
    const title = heading(this.level, open.length ? `${excerpts.length - open.length} of ${plural(excerpts.length, "excerpt")} handed in` : "All excerpts are handed in", { tabIndex: -1 });
    this.place.replaceChildren(title,
      el("ol", { class: "om-take" }, excerpts.map((entry) => el("li", {},
        el("b", { text: entry.title, dir: "auto" }), ` \u00b7 ${entry.setting_name} \u00b7 ${plural(entry.coded[entry.lens], "unit")} to code `,
        el("span", { class: "om-note", dir: "auto", text: `Content: ${entry.content_label} ` }),
        take.handed[entry.id] && !take.done ? el("span", { text: "handed in" })
          : actionButton("open-excerpt", take.done ? "See the key" : "Code it", { "data-excerpt": entry.id, onclick: () => this.open(entry) })))),
      ...(take.done && take.purpose !== "self-check" ? this.resultViews() : [])); // the record of a self-check has them
    if (focus) title.focus();
  }

  async open(entry) {
    const box = el("div");
    const say = el("p", { role: "status", text: "Opening the excerpt\u2026" });
    this.place.replaceChildren(actionButton("back", "Back to the list", { onclick: () => this.list(true) }), say, box);
    try {
      const model = await loadExercise(this.model, { excerpt: entry.id, lens: entry.lens, mode: "blind", coder: this.coder, round: this.take.round });
      const View = this.take.done ? CoderView : SealedCoderView;
      this.close();
      this.coderView = new View(model, box, { level: this.level, fixedMode: true });
      say.remove();
      this.place.firstChild.focus();
    } catch (error) {
      say.textContent = `This excerpt could not be opened: ${error.message}. Nothing of your work is lost.`;
    }
  }

  handIn(detail) {
    const handed = { ...this.take.handed, [detail.excerpt]: detail };
    const done = this.excerpts.every(({ id }) => handed[id]) ? this.now().toISOString() : null;
    this.take = { ...this.take, handed, done };
    keep(this.store, this.take);
    if (done) for (const entry of entriesOf(this.take)) this.store.finish(entry);
    this.list(true);
    this.changed(this.take);
  }

  resultViews() {
    return agreementViews({ finished: entriesOf(this.take), columns: this.columns, level: this.level + 1 });
  }

  close() {
    this.coderView?.destroy();
    this.coderView = null;
  }

  destroy() {
    this.close();
    this.place.replaceChildren();
  }
}

// Agreement with the key by column, and by code, as tables. `columns`: [{ id, name, codes: [{ id, name }], fold }].
export function agreementViews({ finished, columns, level }) {
  return columns.flatMap((column) => {
    const answers = answersIn(finished, column.id, column.fold);
    if (!answers.length) return [];
    const { n, excerpts, percent, kappa } = agreementIn(answers);
    const rows = codesIn(answers, [...column.codes.map(({ id }) => id), "none"]).filter(({ tested }) => tested);
    const name = (value) => (value === "none" ? column.none : `${value} ${column.codes.find(({ id }) => id === value)?.name ?? ""}`);
    return [
      heading(level, column.name),
      el("p", { text: `${plural(n, "unit")} in ${plural(excerpts, "excerpt")}. The same answer as the provisional key: ${shareInWords(percent)}. `
        + `Cohen\u2019s kappa: ${kappaInWords(kappa)}` }),
      scrollBox(`${column.name}, code by code`, dataTable({
        caption: `${column.name}, code by code, with 95\u00a0% intervals`,
        columns: ["Code", "Found, of the times the key has it", "Right, of the times you gave it", "Kappa, this code against all others"],
        rows: rows.map(({ value, recall, precision, kappa: own }) => [name(value), shareInWords(recall), shareInWords(precision), kappaInWords(own, true)]),
      })),
    ];
  });
}

export function shareInWords({ k, n, estimate, low, high }) {
  return n ? `${k} of ${n}, ${percentText(estimate)} (${percentText(low)} to ${percentText(high)})` : "never";
}

export function kappaInWords({ estimate, low, high, resampled, why }, short = false) {
  if (estimate === null) return "undefined";
  if (low === null) return short ? `${decimal(estimate)} (no interval)` : `${decimal(estimate)}, without an interval. ${why}`;
  const range = `${decimal(estimate)} (${decimal(low)} to ${decimal(high)}`;
  return short ? `${range})` : `${range}; the interval draws ${resampled === "excerpts" ? "whole excerpts" : "single units, and is too narrow for that"}).`;
}

const FALL = 0.15; // of kappa below one's first set; the learning-science rule of the book: two falls in a row
// Every set that was handed in, with the agreement on the components, and what to make of falls.
export function takesTable(takes, columns) {
  const { fold } = columns.find(({ id }) => id === "component");
  const rows = takes.filter(({ done }) => done).sort((a, b) => (a.done < b.done ? -1 : 1))
    .map((take) => ({ take, ...agreementIn(answersIn(entriesOf(take), "component", fold)) })).filter(({ n }) => n);
  if (!rows.length) return null;
  const first = rows[0].kappa.estimate;
  const fallen = rows.slice(-2).filter(({ kappa }) => first !== null && kappa.estimate !== null && first - kappa.estimate > FALL);
  const table = dataTable({
    caption: "Sets handed in: components, agreement with the provisional key",
    columns: ["Handed in", "What", "Units", "Kappa (95 % interval)"],
    rows: rows.map(({ take, n, kappa }) => [take.done.slice(0, 10), PURPOSES[take.purpose] + (take.round > 1 ? `, seen before` : ""), String(n), kappaInWords(kappa, true)]),
  });
  const advice = rows.length > 2 && fallen.length === 2
    ? "Two sets in a row lie more than 0.15 below your first. Go back to the pairs that you confuse, and read the reasons of the key again."
    : "One set is noisy: 24 units cannot tell a small change from chance. Only two sets in a row that lie more than 0.15 below your first mean something.";
  return el("div", {}, scrollBox("Sets handed in", table), el("p", { text: advice }));
}

const PURPOSES = { entry: "Entry test", after: "After practice", drift: "Drift check", "self-check": "Self-check" };
