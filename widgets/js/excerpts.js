// The widget of all excerpts: the library in a place of its own.
import { LibraryView } from "./library.js";
import { PracticeStore } from "./practice.js";
import { headingLevel } from "./view.js";

function render({ model, el: place }) {
  const [catalog, lenses, coder, repository] = ["catalog", "lenses", "coder", "repository"].map((name) => model.get(name));
  const view = new LibraryView({ place, model, catalog, lenses, store: new PracticeStore(coder), level: headingLevel(place), coder, repository });
  return () => view.destroy();
}

export default { render };
