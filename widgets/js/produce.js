// Writing the next turn, in a widget of its own.
import { PracticeStore } from "./practice.js";
import { ProduceTurnView } from "./produceturn.js";
import { headingLevel } from "./view.js";

function render({ model, el: place }) {
  const store = new PracticeStore(model.get("coder"));
  const view = new ProduceTurnView({ place, tasks: model.get("tasks"), store, level: headingLevel(place) });
  return () => view.destroy();
}

export default { render };
