// A question in a widget of its own.
import { QuestionView } from "./questionview.js";

function render({ model, el: place }) {
  const view = new QuestionView({ place, task: model.get("task") });
  return () => view.destroy();
}

export default { render };
