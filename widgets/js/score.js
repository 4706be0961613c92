// How far two codings agree: numbers only, the same as widgets/agreement.py gives.
//
// A coding is an array with one entry a unit: a code, "none" (an answer like any other), or null (not coded).
// All numbers of two codings come from one small table of how often which value met which,
// so a resample costs one count a unit, however many coefficients are wanted.
// An undefined number is null, never 0 or 1.

// --- the table of two codings ---

/** Every value that occurs in these codings, in order of appearance. */
function valuesIn(...codings) {
  return [...new Set(codings.flat())].filter((value) => value != null);
}

/** A function that gives a value's place on a scale and refuses a value that is not on it. */
function placeOn(values) {
  const places = new Map(values.map((value, i) => [value, i]));
  return (value) => {
    if (!places.has(value)) throw new Error(`The value ${value} is not on the scale ${values.join(", ")}.`);
    return places.get(value);
  };
}

/** For each unit the cell of the table it belongs to; the cell after the last one for a unit that either left out. */
function cellsOf(a, b, values) {
  if (a.length !== b.length) throw new Error(`Two codings of ${a.length} and ${b.length} units cannot be compared.`);
  const find = placeOn(values);
  return Uint32Array.from(a, (value, unit) =>
    value == null || b[unit] == null ? values.length ** 2 : find(value) * values.length + find(b[unit]),
  );
}

/** How often each value of `a` (rows) met each value of `b` (columns), over the units coded in both. */
export function tableOf(a, b, values = valuesIn(a, b)) {
  const counts = new Uint32Array(values.length ** 2 + 1);
  for (const cell of cellsOf(a, b, values)) counts[cell] += 1;
  return { values, counts: counts.subarray(0, -1) };
}

/** The same table for one code against all others. */
export function tableOfCode({ values, counts }, code) {
  const two = new Uint32Array(4);
  const size = values.length;
  const at = values.indexOf(code);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      two[2 * (row !== at) + (column !== at)] += counts[row * size + column];
    }
  }
  return { values: ["yes", "no"], counts: two };
}

/** n, units in agreement, and the products and squares of the margins that the coefficients are made of. */
function sumsOf({ values, counts }) {
  const size = values.length;
  let n = 0;
  let agreeing = 0;
  let product = 0; // sum of row total x column total
  let square = 0; // sum of (row total + column total) squared
  for (let i = 0; i < size; i += 1) {
    let row = 0;
    let column = 0;
    for (let j = 0; j < size; j += 1) {
      row += counts[i * size + j];
      column += counts[j * size + i];
    }
    n += row;
    agreeing += counts[i * size + i];
    product += row * column;
    square += (row + column) ** 2;
  }
  return { n, agreeing, product, square };
}

function ratioOf(numerator, denominator) {
  return denominator === 0 ? null : numerator / denominator;
}

/** Share of units in agreement. */
export function percentOf(table) {
  const { n, agreeing } = sumsOf(table);
  return ratioOf(agreeing, n);
}

/** Cohen's kappa (1960). Undefined when both gave one and the same value to every unit. */
export function kappaOf(table) {
  const { n, agreeing, product } = sumsOf(table);
  return ratioOf(n * agreeing - product, n * n - product);
}

/** Krippendorff's alpha (2011), nominal, two coders. Undefined when all values are the same. */
export function alphaOf(table) {
  const { n, agreeing, square } = sumsOf(table);
  const disagreement = ratioOf((2 * n - 1) * 2 * (n - agreeing), 4 * n * n - square);
  return disagreement === null ? null : 1 - disagreement;
}

// --- two codings ---

export function percentAgreement(a, b) {
  return percentOf(tableOf(a, b));
}

export function cohenKappa(a, b) {
  return kappaOf(tableOf(a, b));
}

export function krippendorffAlpha(a, b) {
  return alphaOf(tableOf(a, b));
}

/** One code against all others. */
export function isCode(values, code) {
  return values.map((value) => (value == null ? null : value === code ? "yes" : "no"));
}

/** Each code's use, mine against the key's, over the units coded in both; a code in neither is not tested. */
export function perCode(mine, key, codes) {
  const whole = tableOf(mine, key);
  return codes.map((code) => {
    const table = tableOfCode(whole, code);
    const [both, mine_only, key_only, neither] = table.counts;
    const tested = both + mine_only + key_only > 0;
    return {
      code, both, mine_only, key_only, neither,
      precision: ratioOf(both, both + mine_only),
      recall: ratioOf(both, both + key_only),
      percent: tested ? percentOf(table) : null,
      kappa: kappaOf(table),
      alpha: alphaOf(table),
      tested,
    };
  });
}

/** What I chose (columns) where the key has a value (rows); "none" and "not coded" are added to `values`. */
export function confusion(mine, key, values) {
  const rows = [...new Set([...values, "none"])];
  const columns = [...rows, "not coded"];
  const counts = rows.map(() => columns.map(() => 0));
  const find = placeOn(columns);
  key.forEach((value, unit) => {
    if (value != null) counts[find(value)][find(mine[unit] ?? "not coded")] += 1;
  });
  return { rows, columns, counts };
}

/** One answer against one entry of the key: kind "none" when either is missing, else full, part or no match. */
export function match(chosen, entry) {
  if (chosen == null || entry == null) return { kind: "none", credit: null };
  const shares = Object.values(entry.split ?? {});
  const credit = shares.length ? (entry.split[chosen] ?? 0) / Math.max(...shares) : Number(chosen === entry.value);
  return { kind: credit === 1 ? "full" : credit > 0 ? "part" : "no", credit };
}

// --- intervals ---

/** Wilson's 95 % score interval (1927) of k out of n; [null, null] when n is 0. */
export function wilson(k, n) {
  if (n === 0) return [null, null];
  const z = 1.959963984540054;
  const p = k / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

/** The quantile of sorted numbers, linear between neighbours (numpy's default). */
export function quantile(sorted, p) {
  if (sorted.length === 0) return null;
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** Bootstrap draws: for each replicate n positions of units, with replacement (generator: mulberry32). */
export function resample(n, replicates, seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return Array.from({ length: replicates }, () => {
    const drawn = new Uint32Array(n);
    for (let i = 0; i < n; i += 1) drawn[i] = next() * n;
    return drawn;
  });
}

const STATISTIC_OF_TABLE = new Map([
  [percentAgreement, percentOf],
  [cohenKappa, kappaOf],
  [krippendorffAlpha, alphaOf],
]);

/**
 * The percentile bootstrap interval of a statistic, or the reason why there is none.
 * `statistic` is percentAgreement, cohenKappa, krippendorffAlpha or any function of a table;
 * for one code: (table) => kappaOf(tableOfCode(table, "FO")).
 * Pass the units that both coded: a unit that either left out counts for nothing but is drawn all the same.
 */
export function interval(statistic, a, b, indices) {
  const of = STATISTIC_OF_TABLE.get(statistic) ?? statistic;
  const values = valuesIn(a, b);
  const cells = cellsOf(a, b, values);
  const all = new Uint32Array(values.length ** 2 + 1);
  const table = { values, counts: all.subarray(0, -1) };
  const count = (units) => {
    all.fill(0);
    for (let i = 0; i < units.length; i += 1) all[cells[units[i]]] += 1;
    return of(table);
  };
  const estimate = count(cells.map((_, unit) => unit));
  const pairs = sumsOf(table).n;
  const finite = Float64Array.from(indices.map(count).filter((value) => value !== null)).sort();
  const low = quantile(finite, 0.025);
  const high = quantile(finite, 0.975);
  const why = whyNoInterval(pairs, indices.length, finite.length, high - low);
  return {
    estimate,
    low: why ? null : low,
    high: why ? null : high,
    replicates: indices.length,
    finite: finite.length,
    why,
  };
}

function whyNoInterval(units, replicates, finite, width) {
  if (units < 2) return "Fewer than two units were coded by two coders, so there is nothing to resample.";
  if (finite < 0.95 * replicates) {
    return `The number is undefined in ${replicates - finite} of ${replicates} resamples, more than 5 %.`;
  }
  if (width < 1e-12) {
    return `All resamples give the same number: no width, and a certainty that ${units} units cannot give.`;
  }
  return "";
}
