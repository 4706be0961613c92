// What a reader has coded so far: how much, how it compares with the key over time and by code, what is confused.
import { curveFigure, drawFigure, eraseFigure } from "./figures.js";
import { WINDOW, answersIn, firstSights, overTime } from "./progress.js";
import { agreementViews } from "./takes.js";
import { actionButton, el, figureBox, heading, plural, uniqueId } from "./view.js";

export class OverviewView {
  // confused: as `confusedPairs` gives it. practice(codes) is called when the reader wants to drill a pair.
  constructor({ place, model, store, columns, catalog, pairs, confused, level, practice }) {
    Object.assign(this, { place, model, columns, level, finished: firstSights(store.finished) });
    const units = this.finished.reduce((sum, { answers }) => sum + new Set(answers.map(([unit]) => unit)).size, 0);
    const settled = pairs.filter(({ id }) => store.mastery(id).reached).length;
    const titles = new Map(catalog.map(({ id, title }) => [id, title]));
    place.append(
      el("p", { text: `${plural(units, "unit")} coded in ${plural(this.finished.length, "excerpt")}, counting only what you met for the first time; `
        + `${settled} of ${plural(pairs.length, "pair")} settled; ${plural(Object.keys(store.produced).length, "turn")} written.` }),
      this.finished.length ? el("p", { class: "om-note", text: `Last: ${titles.get(this.finished.at(-1).excerpt) ?? this.finished.at(-1).excerpt}.` }) : el("p", { text: "Nothing to show yet. Finish one excerpt, and come back." }));
    if (!this.finished.length) return;
    this.addCurve();
    place.append(heading(level, "Still confused"), confused.length
      ? el("ul", {}, confused.slice(0, 6).map(({ codes, apart, met }) => el("li", {}, `${codes.join(" and ")}: apart from the key ${apart} times of ${met}. `,
        actionButton("practice-pair", "Practice this pair", { onclick: () => practice(codes) }))))
      : el("p", { text: "No pair of the codebook was confused so far." }));
    place.append(heading(level, "Agreement with the provisional key"),
      el("p", { class: "om-note", text: "Intervals are 95\u00a0%. From five excerpts on, the intervals of kappa draw whole excerpts, because units of one conversation hang together." }),
      ...agreementViews({ finished: this.finished, columns, level: level + 1 }));
  }

  addCurve() {
    const some = this.columns.filter(({ id, fold }) => answersIn(this.finished, id, fold).length);
    const choose = el("select", { id: uniqueId(), "data-action": "curve-of" }, some.flatMap((column) => [
      el("option", { value: column.id, text: `${column.name}: all codes` }),
      ...column.codes.map(({ id, name }) => el("option", { value: `${column.id} ${id}`, text: `${column.name}: ${id} ${name}` })),
    ]));
    this.curve = el("div");
    choose.addEventListener("change", () => this.draw(choose.value));
    this.place.append(heading(this.level, "Agreement over time"),
      el("p", { class: "om-field" }, el("label", { htmlFor: choose.id, text: "Show" }), choose), this.curve);
    this.redraw = () => this.draw(choose.value);
    this.theme = new MutationObserver(this.redraw);
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.draw(choose.value);
  }

  async draw(value) {
    const [columnId, code = null] = value.split(" ");
    const column = this.columns.find(({ id }) => id === columnId);
    const label = code ? `${code} ${column.codes.find(({ id }) => id === code).name}` : `${column.name}, all codes`;
    const figure = curveFigure({ points: overTime(this.finished, columnId, code, column.fold), label, window: WINDOW });
    const box = figureBox(figure);
    this.clearPlot();
    this.curve.replaceChildren(box);
    this.plot = box.querySelector(".om-plot");
    try {
      await drawFigure(this.plot, figure, this.model);
    } catch (error) {
      this.plot.style.minHeight = "";
      this.plot.replaceChildren(el("p", { class: "om-note", text: `This plot could not be drawn: ${error.message}. Its numbers stand in the table below it.` }));
    }
  }

  clearPlot() {
    if (this.plot) eraseFigure(this.plot);
    this.plot = null;
  }

  destroy() {
    this.theme?.disconnect();
    this.clearPlot();
    this.place.replaceChildren();
  }
}
