// Which command a pressed key stands for, and the list of them that the help panel shows.

// `codes`: Map from a shortcut to { column, value } for the unit that has the focus.
export function commandFor(event, codes) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (event.isComposing || event.target.closest("input, textarea, select, dialog, summary, a, [contenteditable]")) return null;
  if ((ctrlKey || metaKey) && !altKey) {
    if (key.toLowerCase() === "z") return { name: shiftKey ? "redo" : "undo" };
    return key.toLowerCase() === "y" && ctrlKey && !shiftKey ? { name: "redo" } : null;
  }
  if (ctrlKey || metaKey || altKey) return null;
  if (key in MOVES && !shiftKey) return { name: "move", ...MOVES[key] };
  if (key in PLAIN) return { name: PLAIN[key] };
  return codes.has(key) ? { name: "code", ...codes.get(key) } : null;
}

const MOVES = {
  ArrowLeft: { along: -1 },
  ArrowRight: { along: 1 },
  ArrowUp: { across: -1 },
  ArrowDown: { across: 1 },
  Home: { end: 0 },
  End: { end: -1 },
  ".": { unit: 1 },
  ",": { unit: -1 },
};
const PLAIN = { "?": "help", 0: "none", Enter: "enter", Escape: "escape" };

export const SHORTCUT_HELP = [
  ["Tab", "to the next unit, or out of the list"],
  ["\u2190 \u2192", "from code to code"],
  ["\u2191 \u2193", "from column to column, and on to the unit before or after"],
  ["Home, End", "first or last code of the column"],
  [". and ,", "next unit, unit before"],
  ["Space", "choose the code in focus; choose it again to clear it"],
  ["0", "none of these, in the column in focus"],
  ["Enter", "choose the code in focus; once it is chosen, check the unit (guided); once checked, go to the next unit"],
  ["Ctrl or \u2318 + Z", "undo"],
  ["Ctrl or \u2318 + Shift + Z, Ctrl + Y", "redo"],
  ["Esc", "hide the definition"],
  ["?", "this list"],
];
