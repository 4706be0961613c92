// Load a part of the data when it is needed: on a static page from its host, else from the kernel.

const PART_PATIENCE = 20_000; // milliseconds; an excerpt takes the kernel a fraction of a second
const partsAsked = new WeakMap(); // model -> Map of name -> promise

// Parts: "excerpt/<id>" = { excerpt, keys: { lens: key } }, "lens/<id>", and what else Python's `library.part` names.
// Rejects with an error in words; the next call tries again.
export function loadPart(model, name) {
  if (globalThis.openingMinds?.part) return globalThis.openingMinds.part(name); // which keeps what it has loaded
  if (!partsAsked.has(model)) partsAsked.set(model, new Map());
  const asked = partsAsked.get(model);
  if (!asked.has(name)) {
    asked.set(name, partOfKernel(model, name).catch((error) => {
      asked.delete(name);
      throw error;
    }));
  }
  return asked.get(name);
}

function partOfKernel(model, name) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(late);
      model.off("msg:custom", take);
    };
    const late = setTimeout(() => { end(); reject(new Error("the kernel did not answer")); }, PART_PATIENCE);
    function take(message) {
      if (message?.type !== "part" || message.name !== name) return;
      end();
      if ("error" in message) reject(new Error(message.error));
      else resolve(message.value);
    }
    model.on("msg:custom", take);
    model.send({ type: "part", name });
  });
}
