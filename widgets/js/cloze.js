// The definitions with a gap, in a widget of its own.
import { PracticeStore } from "./practice.js";
import { ClozeDrillView } from "./clozedrill.js";
import { headingLevel } from "./view.js";

function render({ model, el: place }) {
  const store = new PracticeStore(model.get("coder"));
  const view = new ClozeDrillView({ place, items: model.get("items"), store, level: headingLevel(place) });
  return () => view.destroy();
}

export default { render };
