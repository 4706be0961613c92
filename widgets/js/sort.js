// A sorting task in a widget of its own.
import { SortView } from "./sortview.js";

function render({ model, el: place }) {
  const view = new SortView({ place, task: model.get("task") });
  return () => view.destroy();
}

export default { render };
