// The host of widgets and Plotly figures on a page without a kernel. The build joins it with what it imports into a
// classic script, so that it also runs from disk (file://), where modules may not be imported, and puts before it
// `openingMinds.edition`, which changes with the data.
import { watchTheme } from "./plotting.js";
import { NotebookFigure, whenNear } from "./notebookfigure.js";

const host = globalThis.openingMinds;
const base = new URL(".", document.currentScript.src).href;
const fromDisk = location.protocol === "file:";
host.assets = { plotly: `${base}plotly.min.js` };
host.sources = {}; // module name -> text, filled by the classic twins of the modules
host.parts = {}; // name -> a part of the data, filled by the script of that part
const models = new Map();

// ---------------------------------------------------------------- loading
const scripts = new Map();
function script(src) {
  if (!scripts.has(src)) {
    scripts.set(src, new Promise((resolve, reject) => {
      const failed = () => {
        scripts.delete(src); // the next attempt tries again
        reject(new Error("a part of this page could not be loaded; check the connection and reload the page"));
      };
      document.head.append(Object.assign(document.createElement("script"), { src, onload: resolve, onerror: failed }));
    }));
  }
  return scripts.get(src);
}

// A part of the data, such as one excerpt with its key, when it is needed.
host.part = async (name) => {
  const src = `${base}parts/${name.split("/").map(encodeURIComponent).join("/")}.js?v=${host.edition}`;
  if (!Object.hasOwn(host.parts, name)) {
    await script(src).catch(() => { throw new Error("it did not arrive; check the connection"); });
  }
  if (Object.hasOwn(host.parts, name)) return host.parts[name];
  scripts.delete(src); // the server sent something else, such as a page of its own
  throw new Error("what arrived is no part of this book");
};

let plotlyText; // kept in memory after `load`, so that figures can be drawn when the network is gone
host.plotly = async () => {
  const keptText = () => document.head.append(Object.assign(document.createElement("script"), { text: plotlyText }));
  if (!globalThis.Plotly && plotlyText && !navigator.onLine) keptText();
  if (!globalThis.Plotly) {
    // By its address first: the browser compiles it aside, and keeps the result for the next page.
    await script(host.assets.plotly).catch((error) => {
      if (!plotlyText) throw error;
      keptText();
    });
  }
  return globalThis.Plotly;
};
async function keepPlotly() {
  const answer = await fetch(host.assets.plotly, { priority: "low" });
  if (answer.ok) plotlyText = await answer.text();
}

async function importModule(name) {
  const url = `${base}widgets/${name}`;
  if (!fromDisk) return import(url);
  await script(`${url}.classic.js`);
  return import(URL.createObjectURL(new Blob([host.sources[name]], { type: "text/javascript" })));
}

function say(box, message) {
  box.append(Object.assign(document.createElement("p"), { className: "om-failed", textContent: message }));
}

// ---------------------------------------------------------------- widgets
// The part of a widget's model that front ends use; there is no kernel to tell.
class Model {
  #state;
  #listeners = [];
  constructor(state) { this.#state = state; }
  get(name) { return this.#state[name]; }
  set(name, value) {
    const entries = typeof name === "object" ? Object.entries(name) : [[name, value]];
    const changed = entries.filter(([key, to]) => this.#state[key] !== to);
    for (const [key, to] of changed) this.#state[key] = to;
    for (const [key, to] of changed) this.#emit(`change:${key}`, this, to);
    if (changed.length) this.#emit("change", this);
  }
  save_changes() {}
  send() {}
  on(events, callback, context) {
    for (const event of events.split(/\s+/)) this.#listeners.push({ event, callback, context });
  }
  off(events, callback, context) {
    const names = events?.split(/\s+/);
    this.#listeners = this.#listeners.filter((one) => !((!names || names.includes(one.event))
      && (!callback || one.callback === callback) && (!context || one.context === context)));
  }
  #emit(event, ...details) {
    for (const one of [...this.#listeners]) if (one.event === event) one.callback.apply(one.context, details);
  }
}

// state[path] = the bytes that the notebook stored in base64
function withBuffers(state, buffers) {
  for (const { path, data } of buffers) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    path.slice(0, -1).reduce((at, key) => at[key], state)[path.at(-1)] = new DataView(bytes.buffer);
  }
  return state;
}

async function mount(box) {
  const { id, js, state, buffers } = JSON.parse(box.querySelector("script").textContent);
  const signal = new AbortController().signal; // the page lives as long as its widgets
  try {
    let widget = (await importModule(js)).default;
    if (typeof widget === "function") widget = await widget();
    if (!models.has(id)) {
      const model = new Model(withBuffers(state, buffers));
      models.set(id, { model, ready: Promise.resolve(widget.initialize?.({ model, signal })) });
    }
    const { model, ready } = models.get(id);
    await ready;
    const el = box.appendChild(Object.assign(document.createElement("div"), { className: "om-widget" }));
    await widget.render?.({ model, el, signal });
  } catch (error) {
    console.error(error);
    say(box, `This exercise could not start: ${error.message}.`);
  }
  box.removeAttribute("aria-busy");
}

// ---------------------------------------------------------------- figures
const drawn = new Set();

async function drawFigure(box) {
  const figure = new NotebookFigure(box.querySelector(".om-plot"), JSON.parse(box.querySelector("script").textContent));
  try {
    await figure.draw();
    drawn.add(figure);
  } catch (error) {
    console.error(error);
    say(box, `This figure could not be drawn: ${error.message}. Its numbers are in the table.`);
  }
}

// ---------------------------------------------------------------- the page
document.querySelectorAll(".om-mount").forEach(mount);

document.querySelectorAll(".om-plotly").forEach((box) => whenNear(box, () => drawFigure(box)));
watchTheme(() => drawn.forEach((figure) => figure.draw()));
addEventListener("beforeprint", () => { // a figure that nobody has scrolled to is printed as its table
  for (const table of document.querySelectorAll(".om-plotly:not(:has(.main-svg)) > details")) table.open = true;
});

if (!fromDisk) addEventListener("load", () => keepPlotly().catch(() => {})); // without it, figures load when seen
