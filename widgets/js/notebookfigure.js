// A notebook's Plotly figure on a page: in the page's colours, with its sliders as labelled range inputs.
import STORED from "../theme.json" with { type: "json" };
import { findPlotly, schemeOf } from "./plotting.js";

// Figures are stored in the colours of the light theme; on dark ground each has its counterpart.
const DARK_FOR = new Map(Object.entries(STORED.light).flatMap(([name, colours]) => (
  [colours].flat().map((one, i) => [one.toLowerCase(), [STORED.dark[name]].flat()[i]]))));

function recoloured(value) {
  if (typeof value === "string") return DARK_FOR.get(value.toLowerCase()) ?? value;
  if (Array.isArray(value)) return value.map(recoloured);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, recoloured(inner)]));
  }
  return value;
}

function themed({ data, layout, frames }, scheme) {
  const colours = STORED[scheme];
  const spec = scheme === "dark" ? recoloured({ data, layout, frames }) : { data, layout, frames };
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

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

// spec: { data, layout, frames }. plot: the element that it is drawn in; the range inputs come after it.
export class NotebookFigure {
  constructor(plot, spec, model = null) {
    this.plot = plot;
    this.spec = spec;
    this.model = model;
    this.scheme = null; // in which it is drawn
    this.drawing = Promise.resolve();
    this.steps = (spec.layout.sliders ?? []).map((slider) => slider.active ?? 0);
  }

  // Draw, or draw again where the ground has changed; one drawing after the other, since Plotly loses the ranges of the
  // axes when it draws anew while something moves. Rejects when plotly.js cannot be had.
  draw() {
    this.drawing = this.drawing.catch(() => {}).then(() => this.drawNow());
    return this.drawing;
  }

  async drawNow() {
    this.plotly = await findPlotly(this.model);
    const scheme = schemeOf(this.plot);
    if (scheme === this.scheme) return;
    this.scheme = scheme;
    const { sliders, ...figure } = themed(this.spec, scheme);
    await this.plotly.react(this.plot, { ...figure, config: { responsive: true, displayModeBar: false } });
    if (!this.sliders) this.plot.after(...sliders.map((slider, i) => this.range(slider, i)));
    this.sliders = sliders;
    for (const i of sliders.keys()) await this.step(i, true);
  }

  step(i, still = stillness.matches) {
    const { method = "animate", args } = this.sliders[i].steps[this.steps[i]];
    const options = still && method === "animate"
      ? [args[0], { ...args[1], transition: { duration: 0 }, frame: { ...args[1]?.frame, duration: 0 } }] : args;
    return method === "skip" ? null : this.plotly[method](this.plot, ...options)?.catch?.(() => {}); // rejects when interrupted
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

// Call `draw` once, when `node` comes near the screen. Returns the function that calls it off.
export function whenNear(node, draw) {
  const near = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    near.disconnect();
    draw();
  }, { rootMargin: "400px" });
  near.observe(node);
  return () => near.disconnect();
}
