// The MISC tree: a drawing whose parts are buttons, a panel for the open part, and the same content as a list.
import { el, uniqueId } from "./view.js";

// Where the parts of the crown stand, in per cent of its width and height, from the first component to the last:
// symmetrical, because the five are no steps.
const TREE_PLACES = [
  { part: [20, 79], leaf: [15.5, 44], foot: 44 },
  { part: [32, 62], leaf: [17, 13], foot: 47 },
  { part: [50, 38], leaf: [50, 9], foot: 50 },
  { part: [68, 62], leaf: [83, 13], foot: 53 },
  { part: [80, 79], leaf: [84.5, 44], foot: 56 },
];
const TREE_TIERS = {
  leaves: { name: "Leaves: needs", kind: "Leaf: a need" },
  trunk: { name: "Trunk: mediational components", kind: "Trunk: a mediational component" },
  roots: { name: "Roots: emotional components", kind: "Root: an emotional component" },
};

// ------------------------------------------------------------------ drawing
function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A band that narrows along a chain of cubic curves (points: start, then two handles and an end for each curve).
function band(points, wide, narrow) {
  const left = [];
  const right = [];
  const steps = 14;
  const curves = (points.length - 1) / 3;
  for (let curve = 0; curve < curves; curve++) {
    const [a, b, c, d] = points.slice(curve * 3, curve * 3 + 4);
    for (let step = curve ? 1 : 0; step <= steps; step++) {
      const t = step / steps;
      const s = 1 - t;
      const at = (i) => s * s * s * a[i] + 3 * s * s * t * b[i] + 3 * s * t * t * c[i] + t * t * t * d[i];
      const slope = (i) => s * s * (b[i] - a[i]) + 2 * s * t * (c[i] - b[i]) + t * t * (d[i] - c[i]);
      const length = Math.hypot(slope(0), slope(1)) || 1;
      const half = (wide + (narrow - wide) * ((curve + t) / curves)) / 2;
      const [x, y] = [(-slope(1) / length) * half, (slope(0) / length) * half];
      left.push([at(0) + x, at(1) + y]);
      right.unshift([at(0) - x, at(1) - y]);
    }
  }
  return `M${[...left, ...right].map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}Z`;
}

// A strand rises from the foot of the trunk, bends at its component and goes on to its leaf.
function strand({ part: [x, y], leaf: [u, v], foot }) {
  const waist = 50 + (foot - 50) * 0.8;
  return band(
    [[foot, 101], [waist, 97], [waist, 94], [waist, 91], [waist, y + 6], [x + (waist - x) * 0.35, y + 3], [x, y],
      [x + (x - waist) * 0.3, y - 6], [u, v + 16], [u, v]],
    3.9, 1,
  );
}

function rootlet(index, count) {
  const place = index / (count - 1);
  const end = 4 + 92 * place;
  const foot = 42.5 + 15 * place;
  const depth = 60 + 38 * Math.sin(Math.PI * place);
  return band([[foot, 0], [foot, 24], [foot + (end - foot) * 0.7, 12], [end, depth]], 2.6, 0.5);
}

function drawing(tier, shapes) {
  // The buttons carry the meaning; the drawing stretches with them and says nothing to a screen reader.
  const paths = shapes.map(([id, d]) => svg("path", { d, "data-path": id }));
  return svg("svg", {
    class: `om-tree-drawing om-tree-drawing-${tier}`, viewBox: "0 0 100 100", preserveAspectRatio: "none",
    "aria-hidden": "true", focusable: "false",
  }, ...paths);
}

// ------------------------------------------------------------------ content
// Every part by its id, with its tier, what lies on its way from root to leaf, and the names at the other end.
function treeIndex({ roots, trunk, leaves }) {
  const index = new Map();
  const ids = (parts) => parts.map((part) => part.id);
  for (const leaf of leaves) {
    const strands = trunk.filter((part) => part.feeds === leaf.id);
    index.set(leaf.id, {
      ...strands[0], ...leaf, definition: "", tier: "leaves", lit: [leaf.id, ...ids(strands)],
      ends: ["Fed by", strands.map((part) => part.name).join(", ")],
    });
  }
  for (const part of trunk) {
    const leaf = index.get(part.feeds).name;
    index.set(part.id, { ...part, tier: "trunk", lit: [part.id, part.feeds, ...ids(roots)], ends: ["Feeds", leaf] });
  }
  for (const part of roots) {
    index.set(part.id, { ...part, tier: "roots", lit: [part.id, ...ids(trunk)], ends: ["Carries", "the whole trunk"] });
  }
  return index;
}

function treeFacts(part) {
  const rows = [["What it is", part.definition], part.ends, ["In therapy", part.therapy], ["In care", part.care]];
  return el("dl", {}, ...rows.filter(([, text]) => text).map(([term, text]) =>
    el("div", {}, el("dt", {}, term), el("dd", {}, text))));
}

function treeList(index) {
  return Object.entries(TREE_TIERS).reverse().flatMap(([tier, { name }]) => [
    el("p", {}, el("strong", {}, name)),
    el("ul", {}, ...[...index.values()].filter((part) => part.tier === tier).map((part) =>
      el("li", {}, el("strong", {}, part.name), treeFacts(part)))),
  ]);
}

// ------------------------------------------------------------------- widget
function renderTree({ model, el: host }) {
  const parts = model.get("parts");
  const index = treeIndex(parts);
  const panelId = uniqueId();
  const buttons = new Map();
  let open = null;

  const button = (part, place) => {
    const node = el("button", {
      type: "button", class: `om-tree-part om-tree-${part.tier}`, "data-part": part.id,
      "aria-expanded": "false", "aria-controls": panelId,
    }, part.name);
    node.tabIndex = buttons.size ? -1 : 0; // one tab stop, arrow keys inside
    if (place) [node.style.left, node.style.top] = place.map((n) => `${n}%`);
    paintTone(node, part.colour);
    buttons.set(part.id, node);
    return node;
  };
  const tier = (name, ...children) => el("div", {
    class: `om-tree-tier-${name}`, role: "group", "aria-label": TREE_TIERS[name].name,
  }, ...children);

  const crown = drawing("crown", parts.trunk.map((part, i) => [part.id, strand(TREE_PLACES[i])]));
  parts.trunk.forEach((part, i) => paintTone(crown.children[i], part.colour));
  const ground = drawing("ground", parts.roots.map((part, i) => [part.id, rootlet(i, parts.roots.length)]));
  const tree = el(
    "div", { class: "om-tree-plant", role: "toolbar", "aria-label": "The MISC tree" },
    el("div", { class: "om-tree-crown" }, crown,
      tier("leaves", ...parts.leaves.map((leaf, i) => button(index.get(leaf.id), TREE_PLACES[i].leaf))),
      tier("trunk", ...parts.trunk.map((part, i) => button(index.get(part.id), TREE_PLACES[i].part)))),
    el("div", { class: "om-tree-ground" }, ground,
      tier("roots", ...parts.roots.map((part) => button(index.get(part.id))))),
  );
  const panel = el("div", { class: "om-tree-panel", id: panelId, "data-part": "panel", "aria-live": "polite" });
  const list = el("details", { class: "om-tree-list" }, el("summary", {}, "The tree as a list"), ...treeList(index));
  const root = el("div", { class: "om-tree", "data-lm-suppress-shortcuts": "true" },
    el("div", { class: "om-tree-stage" }, tree, panel), list);

  const show = (id) => {
    open = id;
    const part = index.get(id);
    const lit = new Set(part?.lit);
    root.classList.toggle("om-tree-open", Boolean(part));
    for (const [other, node] of buttons) {
      node.setAttribute("aria-expanded", String(other === id));
      node.classList.toggle("om-tree-lit", lit.has(other));
    }
    for (const path of root.querySelectorAll("[data-path]")) path.classList.toggle("om-tree-lit", lit.has(path.dataset.path));
    panel.replaceChildren(...(part
      ? [el("p", { class: "om-tree-kind" }, TREE_TIERS[part.tier].kind),
        el("p", { class: "om-tree-name" }, part.name), treeFacts(part)]
      : [el("p", {}, "Choose a part of the tree: leaf, trunk or root. With the keyboard, the arrow keys move, "
        + "Enter opens and Escape closes.")]));
    paintTone(panel, part?.colour);
    if (part) panel.scrollIntoView({ block: "nearest" });
  };
  const move = (id) => {
    for (const [other, node] of buttons) node.tabIndex = other === id ? 0 : -1;
    buttons.get(id).focus();
  };

  tree.addEventListener("click", (event) => {
    const id = event.target.closest("button")?.dataset.part;
    if (!id) return;
    move(id);
    show(id === open ? null : id);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open) {
      move(open);
      show(null);
    } else {
      const id = tree.contains(event.target) && neighbour(index, event.target.dataset.part, event.key);
      if (!id) return;
      move(id);
    }
    event.preventDefault();
    event.stopPropagation();
  });

  // On paper nothing can be opened, so the list stands open there.
  const print = matchMedia("print");
  const unfold = () => { list.open = print.matches; };
  print.addEventListener("change", unfold);
  show(null);
  host.append(root);
  return () => print.removeEventListener("change", unfold);
}

function paintTone(node, colour) {
  node.style.setProperty("--om-tone-light", colour?.light ?? "currentColor");
  node.style.setProperty("--om-tone-dark", colour?.dark ?? "currentColor");
}

// Where an arrow key leads: left and right within a tier, up and down to the nearest part of the next one.
function neighbour(index, id, key) {
  const tiers = Object.keys(TREE_TIERS).map((tier) => [...index.values()].filter((part) => part.tier === tier));
  const row = tiers.findIndex((tier) => tier.some((part) => part.id === id));
  const column = tiers[row].findIndex((part) => part.id === id);
  const last = tiers[row].length - 1;
  const across = { ArrowLeft: Math.max(0, column - 1), ArrowRight: Math.min(last, column + 1), Home: 0, End: last };
  if (key in across) return tiers[row][across[key]].id;
  const next = tiers[row + { ArrowUp: -1, ArrowDown: 1 }[key]];
  return next?.[Math.round((column / last) * (next.length - 1))].id;
}

export default { render: renderTree };
