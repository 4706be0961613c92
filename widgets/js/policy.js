// The policy game: the reader is the therapist for one session of the arousal model.
import { actionButton, dataTable, decimal, el, listing, plural, scrollBox, uniqueId } from "./view.js";

const POLICY_START = { arousal: 0.35, skill: 0.2 };
const POLICY_ABOUT = {
  support: "calm, ask nothing",
  rewind: "back to where it held",
  explore: "open, easy question",
  clarify: "sort it out together",
  challenge: "question a certainty",
};
const POLICY_SIGNS = { support: "S", rewind: "R", explore: "E", clarify: "C", challenge: "X" };

// -------------------------------------------------------------------- model
export function policySwitch(skill, theta) {
  return theta + 0.25 * skill;
}

export function policyMentalizing(arousal, skill, theta) {
  const controlled = 1 / (1 + Math.exp(12 * (arousal - policySwitch(skill, theta))));
  const engaged = 1 / (1 + Math.exp(-12 * (arousal - 0.25)));
  return controlled * engaged;
}

// Arousal and skill after a move, [change of arousal, demand], and a shock from outside.
export function policyStep(arousal, skill, [change, demand], shock, theta) {
  const learned = 0.02 * demand * policyMentalizing(arousal, skill, theta) * (1 - skill);
  const moved = arousal + (0.1 * (0.35 - arousal) + change + shock);
  return [Math.min(Math.max(moved, 0), 1), skill + learned];
}

// The move that fits arousal and what is left of mentalizing.
export function policyFit(arousal, skill, theta, past) {
  if (arousal > policySwitch(skill, theta) - 0.03) return "support";
  if (past.at(-1) === "support") return "rewind";
  if (arousal < 0.25) return "challenge";
  if (policyMentalizing(arousal, skill, theta) < 0.65) return "explore";
  const asked = past.filter((move) => move === "clarify" || move === "challenge").length;
  return asked % 3 === 2 ? "challenge" : "clarify";
}

// A session under way: what it was like before each move, and what the moves were.
class PolicySession {
  constructor({ moves, shocks, theta }) {
    Object.assign(this, { moves, shocks, theta, past: [], turns: [], ...POLICY_START });
  }

  get over() { return this.past.length === this.shocks.length; }
  get mentalizing() { return policyMentalizing(this.arousal, this.skill, this.theta); }
  get edge() { return policySwitch(this.skill, this.theta); }
  get now() { return { arousal: this.arousal, mentalizing: this.mentalizing, edge: this.edge, skill: this.skill }; }
  get above() { return this.turns.filter((turn) => turn.arousal > turn.edge).length; }

  play(move) {
    const shock = this.shocks[this.past.length];
    this.turns.push({ move, shock, ...this.now });
    [this.arousal, this.skill] = policyStep(this.arousal, this.skill, this.moves[move], shock, this.theta);
    this.past.push(move);
  }

  run(policy) {
    while (!this.over) this.play(policy(this.arousal, this.skill, this.theta, this.past));
    return this;
  }
}

// ------------------------------------------------------------------ drawing
const POLICY_BOX = { width: 620, height: 250, left: 34, right: 8, top: 8, bottom: 34 };

function policyShape(tag, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  return node;
}

function policyDrawing(session, other, alt) {
  const { width, height, left, right, top, bottom } = POLICY_BOX;
  const x = (turn) => (left + (turn / session.shocks.length) * (width - left - right)).toFixed(1);
  const y = (share) => (top + (1 - share) * (height - top - bottom)).toFixed(1);
  const points = [...session.turns, session.now];
  const path = (all, name) => all.map((point, turn) => `${x(turn)},${y(Math.min(1, point[name]))}`).join(" ");
  const line = (all, name, kind = name) => policyShape("polyline", { points: path(all, name), class: `om-policy-${kind}` });
  const at = x(points.length - 1);
  const grid = [0, 0.5, 1].flatMap((share) => [
    policyShape("line", { x1: left, x2: width - right, y1: y(share), y2: y(share), class: "om-policy-grid" }),
    policyShape("text", { x: left - 6, y: y(share), class: "om-policy-tick" }, String(share)),
  ]);
  const svg = policyShape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": alt });
  svg.append(
    policyShape("polygon", { points: `${x(0)},${y(1)} ${path(points, "edge")} ${at},${y(1)}`, class: "om-policy-lost" }),
    ...grid,
    ...(other ? [line([...other.turns, other.now], "arousal", "other")] : []),
    line(points, "edge"), line(points, "mentalizing"), line(points, "arousal"),
    policyShape("circle", { cx: at, cy: y(session.arousal), r: 5, class: "om-policy-here" }),
    ...session.past.map((move, turn) =>
      policyShape("text", { x: x(turn), y: height - 12, class: "om-policy-sign" }, POLICY_SIGNS[move])),
  );
  return svg;
}

function policyLegend(other) {
  const entries = [["arousal", "arousal"], ["mentalizing", "mentalizing"], ["edge", "switch point, shaded above"]];
  if (other) entries.push(["other", "arousal under the fitted policy"]);
  return el("ul", { class: "om-policy-legend" },
    entries.map(([kind, name]) => el("li", {}, el("span", { class: `om-policy-key om-policy-key-${kind}` }), name)));
}

// -------------------------------------------------------------------- words
function policyWhere({ arousal, edge }) {
  if (arousal > edge) return "above the switch point";
  if (arousal > edge - 0.1) return "close to the switch point";
  return arousal < 0.25 ? "low, hardly engaged" : "bearable";
}

function policySaid(session) {
  const state = `Arousal ${decimal(session.arousal)}, ${policyWhere(session)}. `
    + `Mentalizing ${decimal(session.mentalizing)}. Skill ${decimal(session.skill)}.`;
  if (!session.past.length) return `Turn 1 of ${session.shocks.length}. ${state}`;
  const { move, shock } = session.turns.at(-1);
  const came = shock > 0.2 ? " Something hit hard from outside." : "";
  const next = session.over ? "The session is over." : `Turn ${session.past.length + 1} of ${session.shocks.length}.`;
  return `You chose ${move}.${came} ${next} ${state}`;
}

function policyTable(session) {
  const rows = session.turns.map(({ move, arousal, mentalizing }, turn) => {
    const skill = session.turns[turn + 1]?.skill ?? session.skill;
    return [String(turn + 1), decimal(arousal), decimal(mentalizing), move, decimal(skill)];
  });
  return dataTable({
    caption: "Arousal and mentalizing before each move, and skill after it",
    columns: ["Turn", "Arousal", "Mentalizing", "Move", "Skill after"], rows,
  });
}

function policyResult(session, others) {
  const total = session.shocks.length;
  const rows = [["You", session], ...others].map(([name, { skill, above }]) => [name, decimal(skill), `${above} of ${total}`]);
  const [[, fit]] = others;
  const gap = session.skill - fit.skill;
  const judged = Math.abs(gap) < 0.005 ? "as much skill as the fitted policy"
    : `${decimal(Math.abs(gap))} ${gap > 0 ? "more" : "less"} skill than the fitted policy`;
  const used = Object.keys(session.moves).map((move) => [move, session.past.filter((one) => one === move).length]);
  const counted = listing(used.filter(([, count]) => count).map(([move, count]) => `${move} ${count}`));
  return [
    el("p", {}, `You ended with ${judged}, and spent ${plural(session.above, "turn")} above the switch point. `
      + `Your moves: ${counted}.`),
    scrollBox("You and three policies, as a table", dataTable({
      caption: "You and three policies that met the same shocks (skill began at 0.20)",
      columns: ["Policy", "Skill at the end", "Turns above the switch point"], rows,
    })),
    el("p", {}, "That always supporting ends where it began was decided by whoever wrote the moves: in this model "
      + "support asks nothing, and so teaches nothing. One session is one draw; try another."),
  ];
}

// ------------------------------------------------------------------- widget
function renderPolicy({ model, el: host }) {
  const [moves, settings, sessions] = ["moves", "settings", "shocks"].map((name) => model.get(name));
  const names = Object.keys(moves);
  const ids = { select: uniqueId(), result: uniqueId() };
  let number = 0;
  let session;

  const select = el("select", { id: ids.select, "data-part": "setting" },
    Object.entries(settings).map(([name, theta]) => el("option", { value: String(theta), text: `${name} (${decimal(theta)})` })));
  const buttons = names.map((move, i) => el("button", { type: "button", class: "om-policy-move", "data-move": move },
    el("strong", {}, `${i + 1} ${move}`), el("span", {}, POLICY_ABOUT[move] ?? "")));
  const status = el("p", { class: "om-policy-status", role: "status", "data-part": "status" });
  const drawing = el("div", { class: "om-policy-drawing", "data-part": "drawing" });
  const turns = el("div", { "data-part": "turns" });
  const result = el("div", { class: "om-policy-result", "data-part": "result", hidden: true });
  const again = actionButton("again", "Start this session again");
  const another = actionButton("another", "Another session");
  const root = el(
    "div", { class: "om-policy", role: "group", "aria-label": "Policy game", "data-lm-suppress-shortcuts": "true" },
    el("p", { class: "om-policy-setting" }, el("label", { htmlFor: ids.select, text: "Switch point:" }), select),
    status,
    el("div", { class: "om-policy-moves", role: "group", "aria-label": `Your move: press a button, or a key from 1 to ${names.length}` },
      buttons),
    drawing, result,
    el("p", { class: "om-policy-again" }, again, another),
    el("details", {}, el("summary", {}, "Turn by turn, as a table"), turns),
  );

  const fresh = () => new PolicySession({ moves, shocks: sessions[number], theta: Number(select.value) });
  const start = () => {
    session = fresh();
    show();
  };
  const show = () => {
    const others = session.over ? [
      ["Fit the move to arousal", fresh().run(policyFit)],
      ["Always challenge", fresh().run(() => "challenge")],
      ["Always support", fresh().run(() => "support")],
    ] : null;
    const said = policySaid(session);
    const other = others?.[0][1];
    status.textContent = said;
    drawing.replaceChildren(policyDrawing(session, other, `Arousal and mentalizing over the turns. ${said}`), policyLegend(other));
    turns.replaceChildren(scrollBox("Turn by turn", policyTable(session)));
    for (const button of buttons) button.disabled = session.over;
    result.hidden = !session.over;
    if (!session.over) return;
    const title = el("p", { class: "om-policy-title", tabIndex: -1, text: "How it went" });
    result.replaceChildren(title, ...policyResult(session, others));
    title.focus(); // the button that had the focus is off now
  };
  const play = (move) => {
    if (session.over) return;
    session.play(move);
    show();
  };

  root.addEventListener("click", (event) => {
    const { move, action } = event.target.closest("button")?.dataset ?? {};
    if (move) play(move);
    if (action === "another") number = (number + 1) % sessions.length;
    if (action) {
      start();
      buttons[0].focus();
    }
  });
  root.addEventListener("keydown", (event) => {
    const move = names[Number(event.key) - 1];
    if (!move || event.target === select || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    play(move);
  });
  select.addEventListener("change", start);
  start();
  host.append(root);
}

export default { render: renderPolicy };
