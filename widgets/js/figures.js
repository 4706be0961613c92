// Turn numbers into Plotly figures with a caption, a text alternative and a table twin, and draw them.
import THEME from "../theme.json" with { type: "json" };
import { findPlotly, schemeOf } from "./plotting.js";
import { decimal, listing, percentText, plural } from "./view.js";

const NAMES = { mine: "You", key: "Provisional key" };

// A colour is a pair { light, dark } until the figure is drawn, so that one figure serves both grounds.
const tone = (role) => ({ light: THEME.light[role], dark: THEME.dark[role] });

const axis = (more = {}) => ({
  gridcolor: tone("line"), zerolinecolor: tone("line"), linecolor: tone("line"), tickfont: { color: tone("ink") },
  ticks: "", automargin: true, fixedrange: true, ...more,
});

const frame = (rows, more) => ({
  height: THEME.sizes.frame + rows * THEME.sizes.row,
  margin: { t: 34, r: 16, b: 44, l: 16 },
  paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false,
  font: { family: THEME.font, size: THEME.sizes.text, color: tone("ink") },
  legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { color: tone("ink") } },
  hoverlabel: { bgcolor: tone("ground"), bordercolor: tone("line"), font: { color: tone("ink"), family: THEME.font } },
  ...more,
});

// matrix: { rows, columns, counts } as score.js makes it; short: value -> a word that fits on an axis.
export function confusionFigure({ column, name, matrix, short = (value) => value, names = NAMES }) {
  const { rows, columns, counts } = matrix;
  const cells = rows.flatMap((row, i) => columns.map((mine, j) => ({ row, mine, i, j, count: counts[i][j] })));
  const inLines = (value) => short(value).replaceAll(" ", "<br>");
  const total = cells.reduce((sum, cell) => sum + cell.count, 0);
  const same = cells.filter((cell) => cell.row === cell.mine);
  const agreed = same.reduce((sum, cell) => sum + cell.count, 0);
  const apart = cells.filter((cell) => cell.row !== cell.mine && cell.count).sort((a, b) => b.count - a.count);
  const most = apart.slice(0, 3).map((cell) => `${names.key} ${short(cell.row)}, ${names.mine.toLowerCase()} ${short(cell.mine)}: ${cell.count}`);
  return {
    id: `confusion-${column}`,
    caption: `${name}: where ${names.mine.toLowerCase()} and the ${names.key.toLowerCase()} part. Each row is an answer of the key, each column one of yours; outlined squares are agreement.`,
    alt: `Grid of answers for ${name}, ${plural(total, "unit")}. The same answer in ${agreed}. ${most.length ? `Most often apart: ${most.join("; ")}.` : "No differences."}`,
    table: {
      columns: [`${names.key} (down), ${names.mine.toLowerCase()} (across)`, ...columns.map(short)],
      rows: rows.map((row, i) => [short(row), ...counts[i].map(String)]),
    },
    data: [{
      type: "heatmap", z: counts, x: columns.map(inLines), y: rows.map(short), xgap: 3, ygap: 3, showscale: false,
      text: counts.map((line) => line.map((count) => (count ? String(count) : ""))), texttemplate: "%{text}",
      zmin: 0, zmax: Math.max(3, ...counts.flat()), colorscale: [[0, tone("low")], [1, tone("high")]],
      hovertemplate: `${names.key} %{y}, ${names.mine.toLowerCase()} %{x}: %{z}<extra></extra>`,
    }],
    layout: frame(rows.length, {
      margin: { t: 64, r: 16, b: 16, l: 16 },
      xaxis: axis({ side: "top", type: "category", tickangle: 0, title: { text: names.mine, font: { size: THEME.sizes.text } }, showgrid: false }),
      yaxis: axis({ autorange: "reversed", type: "category", title: { text: names.key, font: { size: THEME.sizes.text } }, showgrid: false }),
      shapes: same.map(({ i, j }) => ({
        type: "rect", x0: j - 0.49, x1: j + 0.49, y0: i - 0.49, y1: i + 0.49, line: { color: tone("ink"), width: 1.5 },
      })),
    }),
  };
}

// codes: [{ code, label, tested, precision, recall }], each of the two { k, n, estimate, low, high } (estimate null where n is 0).
export function accuracyFigure({ codes, names = NAMES }) {
  const tested = codes.filter((row) => row.tested);
  const untested = codes.filter((row) => !row.tested).map((row) => row.code);
  const say = ({ k, n, estimate, low, high }) => (estimate === null ? "not defined" : `${k} of ${n}, ${percentText(estimate)} (${percentText(low)} to ${percentText(high)})`);
  const dots = (field, name, role, symbol, shift) => {
    const shown = tested.map((row, i) => ({ ...row[field], y: i + shift, row })).filter((dot) => dot.estimate !== null);
    return {
      type: "scatter", mode: "markers", name, x: shown.map((dot) => dot.estimate), y: shown.map((dot) => dot.y),
      marker: { color: tone(role), symbol, size: THEME.sizes.marker },
      error_x: {
        type: "data", symmetric: false, color: tone(role), thickness: THEME.sizes.line, width: 0,
        array: shown.map((dot) => dot.high - dot.estimate), arrayminus: shown.map((dot) => dot.estimate - dot.low),
      },
      text: shown.map((dot) => `${dot.row.code}, ${name.toLowerCase()}: ${say(dot)}`), hovertemplate: "%{text}<extra></extra>",
    };
  };
  const skipped = untested.length ? ` Not tested, since neither coding has it: ${listing(untested)}.` : "";
  return {
    id: "accuracy",
    caption: `Precision (of the times ${names.mine.toLowerCase()} gave a code, how often the key has it) and recall (of the times the key has it, how often ${names.mine.toLowerCase()} gave it), with Wilson's 95\u00a0% intervals.${skipped}`,
    alt: `${tested.map((row) => `${row.code}: precision ${say(row.precision)}, recall ${say(row.recall)}`).join(". ")}.${skipped}`,
    table: {
      columns: ["Code", "Precision (95 % interval)", "Recall (95 % interval)"],
      rows: codes.map((row) => [row.label, ...(row.tested ? [say(row.precision), say(row.recall)] : ["not tested", "not tested"])]),
    },
    data: [dots("precision", "Precision", "mine", "circle", -0.14), dots("recall", "Recall", "key", "diamond", 0.14)],
    layout: frame(tested.length, {
      xaxis: axis({ range: [-0.03, 1.03], tickformat: ".0%", tickvals: [0, 0.25, 0.5, 0.75, 1] }),
      yaxis: axis({ range: [tested.length - 0.5, -0.5], tickvals: tested.map((_, i) => i), ticktext: tested.map((row) => row.code), showgrid: false, zeroline: false }),
    }),
  };
}

// codes: [{ code, label, mine, key }], counts of answers.
export function profileFigure({ codes, names = NAMES }) {
  const bars = (field, role, shape) => ({
    type: "bar", orientation: "h", name: names[field], x: codes.map((row) => row[field]), y: codes.map((row) => row.code),
    text: codes.map((row) => String(row[field])), textposition: "outside", cliponaxis: false, textfont: { color: tone("ink") },
    marker: { color: tone(role), pattern: { shape, bgcolor: tone(role), fgcolor: tone("ground"), size: 7, solidity: 0.25 } },
    hovertemplate: `%{y}, ${names[field].toLowerCase()}: %{x}<extra></extra>`,
  });
  return {
    id: "profile",
    caption: `How often each answer was given: ${names.mine.toLowerCase()} and the ${names.key.toLowerCase()}.`,
    alt: `${codes.map((row) => `${row.code}: ${names.mine.toLowerCase()} ${row.mine}, ${names.key.toLowerCase()} ${row.key}`).join(". ")}.`,
    table: { columns: ["Answer", names.mine, names.key], rows: codes.map((row) => [row.label, String(row.mine), String(row.key)]) },
    data: [bars("mine", "mine", ""), bars("key", "key", "/")],
    layout: frame(codes.length, {
      barmode: "group", bargap: 0.28, bargroupgap: 0.08,
      xaxis: axis({ rangemode: "tozero", title: { text: "answers", font: { size: THEME.sizes.text } }, tickformat: ",d", nticks: 6 }),
      yaxis: axis({ autorange: "reversed", type: "category", showgrid: false }),
    }),
  };
}

// points: [{ coded, n, kappa: { estimate, low, high, why } }] in the order in which the excerpts were finished.
export function curveFigure({ points, label, window }) {
  const shown = points.filter((point) => point.kappa.estimate !== null);
  const ranged = shown.filter((point) => point.kappa.low !== null);
  const say = ({ estimate, low, high }) => (estimate === null ? "undefined" : low === null ? `${decimal(estimate)}, no interval` : `${decimal(estimate)} (${decimal(low)} to ${decimal(high)})`);
  const last = shown.at(-1);
  return {
    id: "curve",
    caption: `${label}: Cohen\u2019s kappa with the provisional key, over the last ${window} units up to each finished excerpt, with its bootstrap 95\u00a0% interval.`,
    alt: last ? `${plural(shown.length, "point")}. The last, after ${plural(last.coded, "unit")}: kappa ${say(last.kappa)}.` : "No point yet.",
    table: {
      columns: ["Units coded so far", "Units looked back on", "Kappa (95 % interval)"],
      rows: points.map(({ coded, n, kappa }) => [String(coded), String(n), say(kappa)]),
    },
    data: [{
      type: "scatter", mode: "lines+markers", x: shown.map((point) => point.coded), y: shown.map((point) => point.kappa.estimate), name: "Kappa",
      line: { color: tone("mine"), width: THEME.sizes.line }, marker: { color: tone("mine"), size: THEME.sizes.marker },
      error_y: {
        type: "data", symmetric: false, color: tone("mine"), thickness: THEME.sizes.line, width: 6,
        array: shown.map(({ kappa }) => (kappa.high ?? kappa.estimate) - kappa.estimate), arrayminus: shown.map(({ kappa }) => kappa.estimate - (kappa.low ?? kappa.estimate)),
      },
      text: shown.map((point) => say(point.kappa)), hovertemplate: "after %{x} units: %{text}<extra></extra>",
    }],
    layout: frame(6, {
      xaxis: axis({ title: { text: "units coded so far", font: { size: THEME.sizes.text } }, rangemode: "tozero", showgrid: false }),
      yaxis: axis({ range: [Math.min(-0.05, ...ranged.map((point) => point.kappa.low)), 1.03], tickvals: [0, 0.25, 0.5, 0.75, 1], title: { text: "kappa", font: { size: THEME.sizes.text } } }),
    }),
  };
}

// Draw, or draw again after a change of theme. Rejects when plotly.js cannot be had.
export const drawFigure = async (element, figure, model) => {
  const plotly = await findPlotly(model);
  const { data, layout } = inScheme(figure, schemeOf(element));
  await plotly.react(element, data, { autosize: true, ...layout }, { responsive: true, displayModeBar: false, displaylogo: false });
};

export function eraseFigure(element) {
  globalThis.Plotly?.purge(element);
}

function inScheme(part, scheme) {
  if (Array.isArray(part)) return part.map((item) => inScheme(item, scheme));
  if (!part || typeof part !== "object") return part;
  if (typeof part.light === "string" && typeof part.dark === "string") return part[scheme];
  return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, inScheme(item, scheme)]));
}
