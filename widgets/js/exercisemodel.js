// The model of an exercise that lives inside another widget: its state stays in the page.
import { loadPart } from "./loading.js";

export class ExerciseModel {
  #state;
  #listeners = [];

  // host: the model of the widget around it, which talks with the kernel for both.
  constructor(host, state) {
    this.host = host;
    this.#state = state;
  }

  get(name) {
    return this.#state[name];
  }

  set(changes) {
    const changed = Object.keys(changes).filter((name) => this.#state[name] !== changes[name]);
    Object.assign(this.#state, changes);
    for (const name of changed) for (const [event, f] of [...this.#listeners]) if (event === `change:${name}`) f();
  }

  save_changes() {}

  send(message) {
    this.host.send(message);
  }

  on(event, f) {
    if (event === "msg:custom") this.host.on(event, f);
    else this.#listeners.push([event, f]);
  }

  off(event, f) {
    if (event === "msg:custom") this.host.off(event, f);
    else this.#listeners = this.#listeners.filter(([one, g]) => one !== event || g !== f);
  }
}

// The model of one excerpt through one lens, as CoderView wants it, with what has to be loaded for it.
export async function loadExercise(host, { excerpt, lens, mode = "guided", coder = "reader", round = 1, repository = "" }) {
  const [text, codes, published] = await Promise.all([`excerpt/${excerpt}`, `lens/${lens}`, "published"].map((name) => loadPart(host, name)));
  const key = text.keys[lens];
  if (!key) throw new Error("it has no key for this lens");
  return new ExerciseModel(host, { excerpt: text.excerpt, lens: codes, key, mode, codes: {}, seen: [], coder, round, published, repository });
}
