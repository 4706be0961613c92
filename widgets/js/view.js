// Make elements and words for the page: text is always set as text, never as markup.

const AS_ATTRIBUTE = /^role$|-/; // everything else is a property

// el("p", { class: "om-note", "data-part": "note" }, "words", anotherNode); null and false leave a property out.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (AS_ATTRIBUTE.test(name)) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function actionButton(action, text, props = {}) {
  return el("button", { type: "button", class: "om-button", "data-action": action, text, ...props });
}

// Words for people who cannot see a sign or a position.
export function unseen(text) {
  return el("span", { class: "om-unseen", text });
}

// Text of a unit: what is said, and [cues] set apart.
export function cuedText(text) {
  return text.split(/(\[[^\]]*\])/).filter(Boolean)
    .map((part) => (part.startsWith("[") ? el("span", { class: "om-cue", text: part }) : part));
}

export function uniqueId() {
  return `om-${Math.random().toString(36).slice(2, 10)}`; // several copies of this module may share a page
}

// The level that a heading inside `root` should have: one below the heading it follows.
export function headingLevel(root) {
  const before = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter((node) => node.compareDocumentPosition(root) & Node.DOCUMENT_POSITION_FOLLOWING && !node.closest(".om-coder, .om-drill, .om-library"));
  return before.length ? Math.min(4, Number(before.at(-1).tagName[1]) + 1) : 2;
}

export function heading(level, text, props = {}) {
  return el(`h${Math.min(6, level)}`, { text, ...props });
}

// Rounded as Python prints: a tie goes to the even digit, so that 0.625 reads the same in both.
const ROUNDED = { roundingMode: "halfEven", signDisplay: "negative" };
const TWO_DIGITS = new Intl.NumberFormat("en", { ...ROUNDED, minimumFractionDigits: 2, maximumFractionDigits: 2 });
const WHOLE = new Intl.NumberFormat("en", { ...ROUNDED, maximumFractionDigits: 0 });

export function decimal(number) {
  return number === null ? "undefined" : TWO_DIGITS.format(number).replace("-", "\u2212");
}

export function percentText(share) {
  return share === null ? "undefined" : `${WHOLE.format(100 * share)}\u00a0%`;
}

export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

export function listing(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

// A box that scrolls sideways on a narrow screen and can be reached by keyboard to do so.
export function scrollBox(label, ...children) {
  return el("div", { class: "om-scroll", role: "group", "aria-label": label, tabIndex: 0 }, ...children);
}

export function dataTable({ caption, columns, rows }) {
  const head = el("tr", {}, columns.map((text) => el("th", { scope: "col", text })));
  const body = rows.map((row) => el("tr", {}, row.map((text, i) => (
    i ? el("td", { text }) : el("th", { scope: "row", text })
  ))));
  return el("table", { class: "om-table" },
    el("caption", { text: caption }), el("thead", {}, head), el("tbody", {}, body));
}

// A figure with its caption, an empty place for the plot, and its table twin.
export function figureBox(figure) {
  const table = dataTable({ caption: figure.caption, ...figure.table });
  const plot = el("div", { class: "om-plot", role: "img", "aria-label": figure.alt });
  plot.style.minHeight = `${figure.layout.height}px`; // nothing moves when the plot arrives
  return el("figure", { class: "om-figure", "data-figure": figure.id },
    el("figcaption", { text: figure.caption }), plot,
    el("details", {}, el("summary", { text: "The same as a table" }), scrollBox(`${figure.caption} As a table.`, table)));
}

export function downloadText(name, type, text) {
  const link = el("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Run small steps while the page is idle; `finish` runs what is left at once.
export function runIdle(steps, done = () => {}) {
  const left = [...steps];
  let handle = 0;
  const [ask, drop] = globalThis.requestIdleCallback
    ? [(work) => requestIdleCallback(work, { timeout: 400 }), cancelIdleCallback]
    : [(work) => setTimeout(() => work({ timeRemaining: () => 0 }), 20), clearTimeout];
  const work = (deadline) => {
    do left.shift()?.(); while (left.length && deadline.timeRemaining() > 3);
    if (left.length) handle = ask(work);
    else done();
  };
  handle = ask(work);
  const cancel = () => { drop(handle); left.length = 0; };
  const finish = () => {
    if (!left.length) return;
    drop(handle);
    while (left.length) left.shift()();
    done();
  };
  return { cancel, finish };
}
