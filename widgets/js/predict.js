// A prediction in a widget of its own.
import { PredictView } from "./predictview.js";

function render({ model, el: place }) {
  const view = new PredictView({ place, task: model.get("task"), answer: model.get("answer"), figure: model.get("figure"), model });
  return () => view.destroy();
}

export default { render };
