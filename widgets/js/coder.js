// The transcript coder: one excerpt with its key, in a widget of its own.
import { CoderView } from "./coderview.js";

function render({ model, el: root }) {
  const view = new CoderView(model, root);
  return () => view.destroy();
}

export default { render };
