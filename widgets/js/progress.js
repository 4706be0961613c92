// What a reader's finished excerpts say: agreement with the key over time and by code, and what is still confused.
// A finished excerpt is { at, excerpt, use, lens, mode, again, answers: [[unit, column, value, key, credit], ...] };
// `fold` is {code: the code that stands for it here}, so that AF-p in one lens and AF in another count as one.
import { interval, kappaOf, resample, tableOf, tableOfCode, wilson } from "./score.js";

export const WINDOW = 60; // units that one point of the curve looks back on
const DRAWS = 1000;
const FIRST_DRAW = 1; // the same answers give the same interval
const FEW = 5; // excerpts; with fewer, drawing whole excerpts says nothing

// Only what was met for the first time: a key that was seen before is remembered, not read.
export function firstSights(finished) {
  return finished.filter((entry) => !entry.again);
}

// [{ at, excerpt, unit, mine, key }] of one column, in the order in which they were given.
export function answersIn(finished, column, fold = {}) {
  const folded = (value) => fold[value] ?? value;
  return finished.flatMap(({ at, excerpt, answers }) => answers
    .filter(([, where, value]) => where === column && value !== null)
    .map(([unit, , value, key]) => ({ at, excerpt, unit, mine: folded(value), key: folded(key) })));
}

// Agreement over all codes of the column, or (`code`) of one code against all others.
export function agreementIn(answers, code = null) {
  const mine = answers.map((answer) => answer.mine);
  const key = answers.map((answer) => answer.key);
  const same = answers.filter((answer) => agrees(answer, code)).length;
  const groups = grouped(answers);
  const byExcerpt = groups.length >= FEW;
  const draws = resample(byExcerpt ? groups.length : answers.length, DRAWS, FIRST_DRAW)
    .map((drawn) => (byExcerpt ? [...drawn].flatMap((group) => groups[group]) : drawn));
  const statistic = code === null ? kappaOf : (table) => kappaOf(tableOfCode(table, code));
  const kappa = answers.length ? interval(statistic, mine, key, draws) : { estimate: null, low: null, high: null, why: "Nothing was coded." };
  return {
    n: answers.length, excerpts: groups.length,
    percent: share(same, answers.length),
    kappa: { ...kappa, resampled: byExcerpt ? "excerpts" : "units" },
  };
}

const agrees = ({ mine, key }, code) => (code === null ? mine === key : (mine === code) === (key === code));

// The places of the answers of each excerpt.
function grouped(answers) {
  const groups = new Map();
  answers.forEach(({ excerpt }, i) => groups.set(excerpt, [...(groups.get(excerpt) ?? []), i]));
  return [...groups.values()];
}

// Recall (of the times the key has the code, how often the reader gave it) and precision, by code.
export function codesIn(answers, values) {
  if (!answers.length) return [];
  const whole = tableOf(answers.map((answer) => answer.mine), answers.map((answer) => answer.key));
  return values.map((value) => {
    const [both, mineOnly, keyOnly] = tableOfCode(whole, value).counts;
    return { value, recall: share(both, both + keyOnly), precision: share(both, both + mineOnly), tested: both + mineOnly + keyOnly > 0, kappa: agreementIn(answers, value).kappa };
  });
}

function share(k, n) {
  const [low, high] = wilson(k, n);
  return { k, n, estimate: n ? k / n : null, low, high };
}

// One point for each finished excerpt: kappa over the last WINDOW units up to it.
export function overTime(finished, column, code = null, fold = {}) {
  const points = [];
  finished.forEach((entry, i) => {
    if (!answersIn([entry], column, fold).length) return;
    const all = answersIn(finished.slice(0, i + 1), column, fold);
    const { n, kappa, excerpts } = agreementIn(all.slice(-WINDOW), code);
    points.push({ at: entry.at, excerpt: entry.excerpt, coded: all.length, n, excerpts, kappa });
  });
  return points;
}

// The pairs that were taken for one another, most often first: [{ codes, apart, met }], where `met` counts the answers
// in which the key has one of the two and the reader gave one of the two.
export function confusedPairs(answers, pairs) {
  return pairs.map(({ codes }) => {
    const met = answers.filter(({ mine, key }) => codes.includes(mine) && codes.includes(key));
    return { codes, met: met.length, apart: met.filter(({ mine, key }) => mine !== key).length };
  }).filter(({ apart }) => apart > 0).sort((a, b) => b.apart - a.apart || b.apart / b.met - a.apart / a.met);
}

const WEEK = 7 * 24 * 3600 * 1000;
export const DRIFT_WEEKS = 8;
export const ENOUGH = 3; // finished excerpts of a level before the next one is proposed

// What to do next, and why: { step, why, pair? }. Advice only: every step is always open.
// `state`: { finished, due, mastered, pairs, confused, levels, produced, takes, now }
export function nextStep({ finished, due, mastered, pairs, confused, levels, produced, takes, now }) {
  const done = firstSights(finished);
  if (due) return { step: "pairs", why: `${due === 1 ? "One item that you missed is" : `${due} items that you missed are`} due to come back.` };
  const checked = takes.filter(({ purpose, done: end }) => purpose === "self-check" && end).at(-1);
  const last = takes.filter(({ done: end }) => end).at(-1);
  if (checked && now - new Date(last.done) > DRIFT_WEEKS * WEEK) return { step: "check", why: `It is more than ${DRIFT_WEEKS} weeks since you last coded a set. Coders drift; 24 units show whether you did.` };
  if (checked) return { step: "progress", why: "You have a record of practice. What is left is what you still confuse, and new excerpts." };
  if (!done.length && !mastered) return { step: "begin", why: "Nothing is coded yet. The entry test tells you where to begin; or go straight to the orientation." };
  if (!done.some(({ use }) => use === "library") && !mastered && !last) return { step: "orientation", why: "The orientation takes twenty minutes, and everything else builds on it." };
  const [worst] = confused;
  if (worst && worst.apart >= 3 && worst.apart / worst.met >= 0.3) return { step: "pairs", pair: worst.codes, why: `Where ${worst.codes.join(" and ")} could be confused, you and the key parted ${worst.apart} times of ${worst.met}.` };
  if (mastered < Math.min(3, pairs)) return { step: "pairs", why: "Telling pairs apart comes before whole excerpts: with three pairs settled, excerpts are easier to read." };
  for (const { level, finished: count, all } of levels) {
    if (count < Math.min(ENOUGH, all)) return { step: `level-${level}`, why: `${count} of ${ENOUGH} excerpts of level ${level} coded. Three or more, in different settings, before the next level.` };
  }
  if (!produced) return { step: "produce", why: "You can read the codes. Now write turns: what you can say yourself you will hear sooner." };
  return { step: "check", why: "You have been through all levels. The self-check has ten excerpts that you have not seen." };
}
