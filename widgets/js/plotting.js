// What every plot needs: plotly.js, the ground on which it stands, and word when that changes.

export function schemeOf(element) {
  const [red, green, blue] = getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128 ? "dark" : "light"; // light ink stands on a dark ground
}

// redraw is called when the page turns light or dark, or is printed: paper is light. Returns the function that ends it.
export function watchTheme(redraw) {
  const theme = new MutationObserver(redraw);
  const print = matchMedia("print");
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  print.addEventListener("change", redraw);
  return () => {
    theme.disconnect();
    print.removeEventListener("change", redraw);
  };
}

// plotly.js: already on the page, else from the static page's host, else from the kernel.
let plotlyComing = null;
export function findPlotly(model) {
  if (globalThis.Plotly) return Promise.resolve(globalThis.Plotly);
  if (globalThis.openingMinds) return globalThis.openingMinds.plotly();
  plotlyComing ??= plotlyOfKernel(model).then(addPlotly).catch((error) => {
    plotlyComing = null; // the next figure may try again
    throw error;
  });
  return plotlyComing;
}

const KERNEL_PATIENCE = 20_000; // milliseconds; the copy in the plotly wheel is 5 MB

function plotlyOfKernel(model) {
  if (!model) return Promise.reject(new Error("this page has no plotly.js"));
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => { model.off("msg:custom", take); reject(new Error("the kernel did not answer")); }, KERNEL_PATIENCE);
    function take(message, buffers) {
      if (message?.type !== "plotly.js") return;
      clearTimeout(late);
      model.off("msg:custom", take);
      resolve(URL.createObjectURL(new Blob(buffers, { type: "text/javascript" })));
    }
    model.on("msg:custom", take);
    model.send({ type: "plotly.js" });
  });
}

function addPlotly(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = () => (globalThis.Plotly ? resolve(globalThis.Plotly) : reject(new Error("plotly.js did not start")));
    script.onerror = () => { script.remove(); reject(new Error("plotly.js did not load")); };
    document.head.append(script);
  });
}
