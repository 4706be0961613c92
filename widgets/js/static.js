// The host of widgets and Plotly figures on a page without a kernel. A classic script, so that it also runs from disk
// (file://), where modules may not be imported. The build puts before it `openingMinds.theme`, the colours of
// theme.json, and `openingMinds.edition`, which changes with the data.
(() => {
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
  // Figures are stored in the colours of the light theme; on dark ground each has its counterpart.
  const { light, dark } = host.theme;
  const darkFor = new Map();
  for (const [name, colour] of Object.entries(light)) {
    [colour].flat().forEach((one, i) => darkFor.set(one.toLowerCase(), [dark[name]].flat()[i]));
  }
  function recoloured(value) {
    if (typeof value === "string") return darkFor.get(value.toLowerCase()) ?? value;
    if (Array.isArray(value)) return value.map(recoloured);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, recoloured(inner)]));
    }
    return value;
  }

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const drawn = new Set();

  function themed({ data, layout, frames }) {
    const inDark = document.documentElement.dataset.theme === "dark";
    const colours = inDark ? dark : light;
    const spec = inDark ? recoloured({ data, layout, frames }) : { data, layout, frames };
    const { sliders = [], ...rest } = spec.layout;
    const axis = { gridcolor: colours.line, zerolinecolor: colours.line, linecolor: colours.line, automargin: true };
    const names = new Set(["xaxis", "yaxis", ...Object.keys(rest).filter((key) => /^[xy]axis\d*$/.test(key))]);
    const axes = Object.fromEntries([...names].map((name) => [name, { ...axis, ...rest[name] }]));
    return {
      data: spec.data,
      frames: spec.frames,
      sliders,
      layout: {
        dragmode: false, ...rest, ...axes, autosize: true, width: undefined,
        font: { ...rest.font, color: colours.ink }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
        margin: { ...rest.margin, t: Math.min(rest.margin?.t ?? 32, 32) }, // the room for a title is not needed
      },
    };
  }

  class Figure {
    constructor(box) {
      this.box = box;
      this.plot = box.querySelector(".om-plot");
      this.spec = JSON.parse(box.querySelector("script").textContent);
      this.steps = (this.spec.layout.sliders ?? []).map((slider) => slider.active ?? 0);
    }
    async draw() {
      const { sliders, ...figure } = themed(this.spec);
      await Plotly.react(this.plot, { ...figure, config: { responsive: true, displayModeBar: false } });
      if (!drawn.has(this)) {
        drawn.add(this);
        this.plot.after(...sliders.map((slider, i) => this.range(slider, i)));
      }
      this.sliders = sliders;
      for (const i of sliders.keys()) this.step(i);
    }
    step(i) {
      const { method = "animate", args } = this.sliders[i].steps[this.steps[i]];
      const options = still.matches && method === "animate"
        ? [args[0], { ...args[1], transition: { duration: 0 }, frame: { ...args[1]?.frame, duration: 0 } }] : args;
      if (method !== "skip") Plotly[method](this.plot, ...options)?.catch?.(() => {}); // rejects when interrupted
    }
    // Plotly draws its slider without a role and a tab stop; the page gets a range input with the same steps.
    range({ steps, currentvalue }, i) {
      const label = Object.assign(document.createElement("label"), { className: "om-range" });
      const name = label.appendChild(document.createElement("span"));
      const input = label.appendChild(document.createElement("input"));
      const value = label.appendChild(document.createElement("output"));
      name.textContent = currentvalue?.prefix || "Step";
      Object.assign(input, { type: "range", min: 0, max: steps.length - 1, step: 1, value: this.steps[i] });
      input.setAttribute("aria-label", name.textContent.replace(/[\s:=]+$/, ""));
      const show = () => {
        value.textContent = `${steps[this.steps[i]].label}${currentvalue?.suffix ?? ""}`;
        input.setAttribute("aria-valuetext", value.textContent);
      };
      input.addEventListener("input", () => {
        this.steps[i] = Number(input.value);
        show();
        this.step(i);
      });
      show();
      return label;
    }
  }

  async function drawFigure(box) {
    const figure = new Figure(box);
    try {
      await host.plotly();
      await figure.draw();
    } catch (error) {
      console.error(error);
      say(box, `This figure could not be drawn: ${error.message}. Its numbers are in the table.`);
    }
  }

  // ---------------------------------------------------------------- the page
  document.querySelectorAll(".om-mount").forEach(mount);

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      drawFigure(target);
    }
  }, { rootMargin: "400px" });
  document.querySelectorAll(".om-plotly").forEach((box) => near.observe(box));

  new MutationObserver(() => drawn.forEach((figure) => figure.draw()))
    .observe(document.documentElement, { attributeFilter: ["data-theme"] });
  addEventListener("beforeprint", () => { // a figure that nobody has scrolled to is printed as its table
    for (const table of document.querySelectorAll(".om-plotly:not(:has(.main-svg)) > details")) table.open = true;
  });

  if (!fromDisk) addEventListener("load", () => keepPlotly().catch(() => {})); // without it, figures load when seen
})();
