// The pairs of codes, in a widget of its own.
import { PracticeStore } from "./practice.js";
import { PairDrillView } from "./pairdrill.js";
import { headingLevel } from "./view.js";

function render({ model, el: place }) {
  const store = new PracticeStore(model.get("coder"));
  const view = new PairDrillView({ place, pairs: model.get("pairs"), store, level: headingLevel(place) });
  return () => view.destroy();
}

export default { render };
