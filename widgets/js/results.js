// Feedback on a whole excerpt: the numbers, and the page's own tables that show them at once.
import { NO_CODE } from "./exercise.js";
import { paintCodeColour } from "./definitions.js";
import { cohenKappa, confusion, interval, isCode, krippendorffAlpha, match, perCode, percentAgreement, resample, wilson } from "./score.js";
import { dataTable, decimal, el, heading, percentText, plural, scrollBox, unseen } from "./view.js";

const REPLICATES = 1000;
const RESAMPLE_START = 1; // the same resamples for the same answers
const RIBBON_LIMIT = 100; // units; beyond that a ribbon is no picture any more

// All numbers but the bootstrap intervals, which `intervalSteps` fills in.
export function measure(exercise, codes) {
  const columns = exercise.lens.columns.map((column) => measureColumn(exercise, column, codes)).filter((column) => column.units.length);
  const answers = columns.flatMap((column) => column.units.map((unit, i) => match(column.mine[i], exercise.key[unit][column.id])));
  return {
    columns,
    asked: answers.length,
    given: answers.filter((answer) => answer.kind !== "none").length,
    credit: answers.reduce((sum, answer) => sum + (answer.credit ?? 0), 0),
  };
}

function measureColumn(exercise, column, codes) {
  const units = exercise.coded.filter((unit) => exercise.key[unit.id]?.[column.id]).map((unit) => unit.id);
  const mine = units.map((unit) => codes[unit]?.[column.id] ?? null);
  const key = units.map((unit) => exercise.key[unit][column.id].value);
  const values = [...column.codes.map((code) => code.id), NO_CODE];
  const a = mine.filter((value) => value !== null); // intervals resample the units that were coded
  const b = key.filter((_, i) => mine[i] !== null);
  const same = a.filter((value, i) => value === b[i]).length;
  const overall = {
    n: a.length, same, ...agreementOf(same, a.length),
    kappa: pending(cohenKappa(a, b)), alpha: pending(krippendorffAlpha(a, b)),
  };
  const rows = perCode(a, b, values).map((row) => ({
    value: row.code, label: exercise.label(column.id, row.code), n: a.length, tested: row.tested,
    both: row.both, mine_only: row.mine_only, key_only: row.key_only, neither: row.neither,
    ...(row.tested ? agreementOf(row.both + row.neither, a.length) : { percent: null }),
    kappa: row.tested ? pending(row.kappa) : null, alpha: row.tested ? pending(row.alpha) : null,
    precision: shareOf(row.both, row.both + row.mine_only), recall: shareOf(row.both, row.both + row.key_only),
  }));
  return { id: column.id, name: column.name, units, mine, key, values, a, b, overall, rows };
}

function shareOf(k, n) {
  const [low, high] = wilson(k, n);
  return { k, n, estimate: n ? k / n : null, low, high };
}

const agreementOf = (k, n) => ({ percent: shareOf(k, n) });
const pending = (estimate) => ({ estimate, low: null, high: null, why: "", waiting: estimate !== null });

// One small step for each interval: run them when there is time. `tell(column, row)` hears of each row that is complete.
export function intervalSteps(numbers, tell) {
  return numbers.columns.flatMap(({ id, a, b, overall, rows }) => {
    let drawn = null;
    const indices = () => (drawn ??= resample(a.length, REPLICATES, RESAMPLE_START));
    const step = (row, name, statistic, x, y) => () => {
      Object.assign(row[name], interval(statistic, x(), y(), indices()), { waiting: false });
      tell(id, row, name);
    };
    const both = (row, x, y) => [["kappa", cohenKappa], ["alpha", krippendorffAlpha]]
      .filter(([name]) => row[name]?.waiting).map(([name, statistic]) => step(row, name, statistic, x, y));
    return [
      ...both(overall, () => a, () => b),
      ...rows.flatMap((row) => both(row, () => isCode(a, row.value), () => isCode(b, row.value))),
    ];
  });
}

// The page's numbers for an export.
export function numbersForExport(numbers) {
  const plain = ({ n, percent, kappa, alpha }) => ({ n, percent, kappa: statisticForExport(kappa), alpha: statisticForExport(alpha) });
  return {
    asked: numbers.asked, given: numbers.given, credit: numbers.credit,
    intervals: `kappa and alpha: percentile bootstrap, ${REPLICATES} resamples of the units of this excerpt; percent, precision and recall: Wilson; 95 %`,
    columns: numbers.columns.map((column) => ({
      column: column.id, ...plain(column.overall),
      codes: column.rows.map((row) => ({
        code: row.value, tested: row.tested, both: row.both, mine_only: row.mine_only, key_only: row.key_only, neither: row.neither,
        precision: row.precision, recall: row.recall, ...plain(row),
      })),
    })),
  };
}

function statisticForExport(statistic) {
  return statistic && { estimate: statistic.estimate, low: statistic.low, high: statistic.high, why: statistic.why };
}

// What the plots are made of.
export function numbersForPlots(numbers) {
  const many = numbers.columns.length > 1;
  const named = (column, code) => (many ? `${column.name}: ${code}` : code);
  const short = (value) => (value === NO_CODE ? "none" : value);
  const count = (values, value) => values.filter((other) => other === value).length;
  return {
    confusions: numbers.columns.map((column) => ({
      column: column.id, name: column.name, short, matrix: confusion(column.mine, column.key, column.values),
    })),
    accuracy: { codes: numbers.columns.flatMap((column) => column.rows.map((row) => ({ ...row, code: axisName(column, row.value), label: named(column, row.label) }))) },
    profile: {
      codes: numbers.columns.flatMap((column) => [...column.rows, { value: null, label: "Not coded" }].map((row) => ({
        code: row.value ? axisName(column, row.value) : named(column, "not coded"), label: named(column, row.label),
        mine: count(column.mine, row.value), key: count(column.key, row.value),
      }))),
    },
  };
  function axisName(column, value) {
    return value === NO_CODE ? named(column, "none") : value;
  }
}

// ------------------------------------------------------------------- the view
export function resultsView({ exercise, numbers, level, unitAnchor }) {
  const many = numbers.columns.length > 1;
  return [
    heading(level, "Your codes and the provisional key", { tabIndex: -1, class: "om-results-title" }),
    summaryView(exercise, numbers, unitAnchor),
    ...numbers.columns.flatMap((column) => [
      many && heading(level + 1, column.name),
      ribbonView(exercise, column),
      numbersView(exercise, column, many),
    ]),
    el("p", { class: "om-note", text: "Agreement is given with Wilson\u2019s 95\u00a0% interval. "
      + `The intervals of kappa and alpha come from ${REPLICATES.toLocaleString("en")} resamples of the units of this excerpt. `
      + "Units of one conversation hang together, so the true uncertainty is larger than they say." }),
  ].filter(Boolean);
}

function summaryView(exercise, numbers, unitAnchor) {
  const { asked, given, columns } = numbers;
  const many = columns.length > 1;
  const credit = Number(numbers.credit.toFixed(2));
  const apart = new Set(columns.flatMap((column) => column.units.filter((_, i) => column.mine[i] !== null && column.mine[i] !== column.key[i])));
  const differing = exercise.coded.filter((unit) => apart.has(unit.id));
  const links = differing.slice(0, 40).map((unit) => el("a", { href: `#${unitAnchor(unit.id)}`, "data-goto": unit.id, text: String(exercise.numbers.get(unit.id)) }));
  return el("div", { class: "om-summary" },
    columns.map((column) => el("p", { class: "om-headline", text: headline(column, many) })),
    el("p", {}, `Credit: ${credit} of ${plural(asked, "answer")}, with part credit where careful readers may differ.`,
      given < asked ? ` Not coded: ${plural(asked - given, "answer")}; they earn no credit and enter no other number.` : ""),
    differing.length ? el("p", {}, `You and the key differ in unit${differing.length > 1 ? "s" : ""} `,
      links.flatMap((link, i) => [i ? ", " : "", link]), differing.length > links.length ? `, and ${differing.length - links.length} more.` : ".") : null,
    el("p", { class: "om-note", text: "A dozen units cannot certify anybody. These numbers show where to look again, no more; and the key is provisional." }));
}

function headline({ name, overall: { n, same, percent } }, many) {
  const where = many ? `${name}: ` : "";
  if (!n) return `${where}${many ? "y" : "Y"}ou gave no answer that could be compared.`;
  const range = `95\u00a0% interval ${percentText(percent.low)} to ${percentText(percent.high)}`;
  return `${where}${same} of ${plural(n, "answer")} as in the key (${percentText(percent.estimate)}; ${range}).`;
}

const PLACES = { both: "both", mine: "only you", key: "only the key" };

function ribbonView(exercise, column) {
  const units = column.units.slice(0, RIBBON_LIMIT);
  const place = (value, i) => (column.mine[i] === value ? (column.key[i] === value ? "both" : "mine") : column.key[i] === value ? "key" : null);
  const head = el("tr", {}, el("th", { scope: "col", text: "Unit" }),
    units.map((unit) => el("th", { scope: "col", text: String(exercise.numbers.get(unit)) })));
  const rows = column.values.map((value) => {
    const name = el("th", { scope: "row", title: exercise.label(column.id, value), text: value === NO_CODE ? "none" : value });
    const row = el("tr", {}, name, units.map((_, i) => {
      const where = place(value, i);
      return where ? el("td", {}, el("span", { class: "om-mark", "data-place": where }), unseen(PLACES[where])) : el("td");
    }));
    paintCodeColour(row, exercise.code(column.id, value)?.colour);
    return row;
  });
  const label = `${column.name}: units by codes`;
  return el("div", { class: "om-ribbon" },
    scrollBox(label, el("table", {}, el("caption", { class: "om-unseen", text: label }), el("thead", {}, head), el("tbody", {}, rows))),
    el("p", { class: "om-legend", "aria-hidden": "true" },
      Object.entries(PLACES).map(([where, text]) => el("span", {}, el("span", { class: "om-mark", "data-place": where }), ` ${text}`))),
    column.units.length > units.length
      ? el("p", { class: "om-note", text: `The ribbon shows the first ${RIBBON_LIMIT} of ${column.units.length} units; the table counts all of them.` }) : null);
}

function numbersView(exercise, column, many) {
  const notes = el("ol", { class: "om-footnotes", hidden: true });
  const label = `${many ? `${column.name}: c` : "C"}ounts and agreement, code by code`;
  const head = ["Code", "Both", "Only you", "Only the key", "Agreement", "Cohen\u2019s kappa", "Krippendorff\u2019s alpha"];
  const whole = numberRow(column.id, "all", el("th", { scope: "row", text: "All codes" }), [column.overall.same, `${column.overall.n - column.overall.same} differ`], column.overall);
  const rows = column.rows.map((row) => {
    const name = el("th", { scope: "row", class: "om-of-code" }, el("span", { class: "om-swatch", "aria-hidden": "true" }), row.label);
    paintCodeColour(name, exercise.code(column.id, row.value)?.colour);
    return numberRow(column.id, row.value, name, [row.both, row.mine_only, row.key_only], row);
  });
  return el("div", { class: "om-numbers" },
    scrollBox(label, el("table", { class: "om-table" }, el("caption", { text: `${label} (n\u00a0=\u00a0${plural(column.overall.n, "unit")} coded)` }),
      el("thead", {}, el("tr", {}, head.map((text) => el("th", { scope: "col", text })))),
      el("tbody", {}, whole, rows))),
    notes);
}

function numberRow(column, code, name, counts, row) {
  const cells = counts.map((count, i) => el("td", { text: String(count), colSpan: i === 1 && counts.length === 2 ? 2 : 1 }));
  if (row.tested === false) {
    return el("tr", { "data-column": column, "data-code": code }, name, cells,
      el("td", { colSpan: 3, class: "om-untested", text: "not tested: neither you nor the key used it in the units you coded" }));
  }
  const statistic = (field) => el("td", { "data-statistic": field });
  const line = el("tr", { "data-column": column, "data-code": code }, name, cells, ["percent", "kappa", "alpha"].map(statistic));
  const [percent] = line.querySelectorAll("[data-statistic=percent]");
  fillStatistic(percent, row.percent, percentText);
  return line;
}

// Write the coefficients of a row into its cells; what is undefined or has no interval gets a numbered note in words.
export function fillRow(results, column, code, row) {
  const line = [...results.querySelectorAll("tr[data-code]")].find((tr) => tr.dataset.column === column && tr.dataset.code === code);
  if (!line || row.tested === false) return;
  const notes = line.closest(".om-numbers").querySelector(".om-footnotes");
  for (const name of ["kappa", "alpha"]) {
    fillStatistic(line.querySelector(`[data-statistic=${name}]`), row[name], decimal, footnote(notes, whyMissing(name, row)));
  }
}

function fillStatistic(cell, { estimate, low, high, waiting }, write, note = null) {
  const range = waiting ? "\u2026" : low === null ? null : `${write(low)} to ${write(high)}`;
  cell.replaceChildren(el("span", { class: "om-estimate", text: write(estimate) }),
    ...(note ? [el("sup", {}, unseen(" note "), note)] : []), ...(range ? [el("span", { class: "om-range", text: range })] : []));
  if (estimate !== null) cell.dataset.value = estimate;
}

function whyMissing(name, { n, [name]: { estimate, low, why, waiting, finite, replicates } }) {
  if (waiting || low !== null) return "";
  if (estimate !== null && finite < 0.95 * replicates) return "No interval: in more than 5 % of the resamples the number is undefined.";
  if (estimate !== null) return `No interval. ${why}`;
  if (!n) return "Undefined: no unit was coded.";
  return name === "kappa"
    ? "Undefined: you and the key gave one and the same answer throughout, so there is no chance agreement to compare with."
    : "Undefined: there is only one value in all answers, so nothing could disagree.";
}

function footnote(list, text) {
  if (!text) return null;
  const texts = [...list.children].map((item) => item.textContent);
  if (!texts.includes(text)) {
    list.append(el("li", { text }));
    list.hidden = false;
    texts.push(text);
  }
  return String(texts.indexOf(text) + 1);
}

export function publishedView(published) {
  const table = dataTable({
    caption: "Agreement between coders of other instruments",
    columns: ["Instrument", "What was coded", "Statistic", "Value", "Unit", "Source"],
    rows: published.map((row) => [row.instrument, row.what, row.statistic, row.value, row.unit, row.source].map(String)),
  });
  return el("details", { class: "om-published" },
    el("summary", { text: "What coders of other instruments reach" }),
    el("p", { text: "None of these is comparable with your numbers: other instruments, other material, other units and statistics, and coders who trained for them." }),
    scrollBox("Agreement between coders of other instruments", table));
}
