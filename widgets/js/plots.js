// The plots of a reader's codings: their places on the page, drawn when they come near the screen.
import { accuracyFigure, confusionFigure, drawFigure, eraseFigure, profileFigure } from "./figures.js";
import { watchTheme } from "./plotting.js";
import { numbersForPlots } from "./results.js";
import { el, figureBox, heading } from "./view.js";

export class Plots {
  #figures = new Map(); // plot element -> figure
  #drawn = new Set();

  constructor(place, model) {
    this.place = place;
    this.model = model;
    this.near = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) this.#draw(target);
    }, { rootMargin: "400px" });
    this.unwatch = watchTheme(() => this.#drawn.forEach((plot) => this.#draw(plot)));
  }

  show(numbers, level) {
    this.clear();
    const { confusions, accuracy, profile } = numbersForPlots(numbers);
    const figures = [...confusions.map(confusionFigure), accuracyFigure(accuracy), profileFigure(profile)];
    this.place.append(heading(level, "The same in pictures"), ...figures.map((figure) => {
      const box = figureBox(figure);
      const plot = box.querySelector(".om-plot");
      this.#figures.set(plot, figure);
      this.near.observe(plot);
      return box;
    }));
  }

  async #draw(plot) {
    this.near.unobserve(plot);
    try {
      await drawFigure(plot, this.#figures.get(plot), this.model);
      this.#drawn.add(plot);
    } catch (error) {
      plot.style.minHeight = "";
      plot.replaceChildren(el("p", { class: "om-note", text: `This plot could not be drawn: ${error.message}. Its numbers stand in the table below it; everything else works.` }));
    }
  }

  clear() {
    for (const plot of this.#drawn) eraseFigure(plot);
    for (const plot of this.#figures.keys()) this.near.unobserve(plot);
    this.#drawn.clear();
    this.#figures.clear();
    this.place.replaceChildren();
  }

  destroy() {
    this.clear();
    this.near.disconnect();
    this.unwatch();
  }
}
